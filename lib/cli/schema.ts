/** `build schema`: prints the JSON Schema of datasets.yaml. */

import { schemaOf } from '../spec/schema.ts'
import { exitCodes } from './exit.ts'
import type { Desk } from './desk.ts'
import { formsOf } from './kinds.ts'

export function schema({ kinds, console }: Desk): number {
  process.stdout.write(schemaText(kinds))
  return console.json ? exitCodes.done : exitCodes.done
}

export const schemaText = (kinds: Desk['kinds']): string =>
  `${JSON.stringify(schemaOf(formsOf(kinds)), undefined, 2)}\n`
