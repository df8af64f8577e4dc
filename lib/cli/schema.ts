/** `build schema`: prints the JSON Schema of datasets.yaml. */

import { schemaOf } from '../spec/schema.ts'
import type { Desk } from './desk.ts'
import { exitCodes } from './exit.ts'
import { formsOf } from './kinds.ts'

/** With `--json` too the schema alone: it is what a program asks for. */
export function schema({ kinds }: Desk): number {
  process.stdout.write(schemaText(kinds))
  return exitCodes.done
}

export const schemaText = (kinds: Desk['kinds']): string =>
  `${JSON.stringify(schemaOf(formsOf(kinds)), undefined, 2)}\n`
