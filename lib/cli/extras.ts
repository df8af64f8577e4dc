/** Tells of files in targets that no record names, for the verbs that look at trees. */

import type { Run } from '../run/context.ts'
import { type Extras, type ExtrasGround, extraFiles, extrasOf } from '../run/extras.ts'
import { nextTick } from '../run/times.ts'
import { quietFolders } from '../settled.ts'
import type { Desk } from './desk.ts'

const none: Extras = { strangers: [], quiet: new Map() }

/** At the end of a run: a folder that changes later has a later time, by the filesystem's clock. Not of one that was ended. */
export async function extrasAfter(desk: Desk, run: Run): Promise<Extras> {
  try {
    const now = await nextTick(run.staging)
    const { strangers, quiet } = await tellExtras(desk, run)
    return { strangers, quiet: new Map([...quiet].filter(([, ctimeMs]) => ctimeMs < now)) }
  } catch (error) {
    if (run.signal.aborted && error === run.signal.reason) return none
    throw error
  }
}

/** Where records are trusted, targets are not walked. */
export async function tellExtras({ console, command }: Desk, ground: ExtrasGround): Promise<Extras> {
  if (command.options.check === 'record') return none
  const extras = await extrasOf(ground, quietFolders(ground.root))
  for (const strangers of extras.strangers)
    console.report({ event: 'diagnostic', diagnostic: extraFiles(strangers) })
  return extras
}
