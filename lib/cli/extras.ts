/** Tells of files in targets that no record names, for the verbs that look at trees. */

import type { Run } from '../run/context.ts'
import { type Extras, type ExtrasGround, extraFiles, extrasOf } from '../run/extras.ts'
import { nextTick } from '../run/times.ts'
import { quietFolders } from '../settled.ts'
import type { Desk } from './desk.ts'

/** At the end of a run: a folder that changes later has a later time, by the filesystem's clock. */
export async function extrasAfter(desk: Desk, run: Run): Promise<Extras> {
  const now = await nextTick(run.staging)
  const { strangers, quiet } = await tellExtras(desk, run)
  return { strangers, quiet: new Map([...quiet].filter(([, ctimeMs]) => ctimeMs < now)) }
}

/** Where records are trusted, targets are not walked. */
export async function tellExtras({ console, command }: Desk, ground: ExtrasGround): Promise<Extras> {
  if (command.options.check === 'record') return { strangers: [], quiet: new Map() }
  const extras = await extrasOf(ground, quietFolders(ground.root))
  for (const strangers of extras.strangers)
    console.report({ event: 'diagnostic', diagnostic: extraFiles(strangers) })
  return extras
}
