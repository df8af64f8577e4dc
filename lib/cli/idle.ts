/** A build that has nothing to do: known at once, where the last one left nothing to do and only the disk can have changed. */

import { join } from 'node:path'
import type { Known } from '../knowledge.ts'
import { stateFolder } from '../model/layout.ts'
import { formatCount, formatSeconds, plural } from '../model/units.ts'
import type { Extras } from '../run/extras.ts'
import { isStillSo, rememberSettled, settledAt, settledKey } from '../settled.ts'
import { lookUpSpec } from '../spec/cache.ts'
import type { Seen } from '../survey.ts'
import type { Desk } from './desk.ts'
import { exitCodes } from './exit.ts'
import { formsOf } from './kinds.ts'
import type { Playground } from './playground.ts'
import { clockAt, tellingOfReads } from './reading.ts'
import { refuseForeignRoots } from './roots.ts'

/** How many tasks are fresh, if that is all there is to say; undefined where a plan has to be made, from `seen` then. */
export async function idleTasks(
  { command, kinds, console }: Desk,
  seen: Seen,
  signal: AbortSignal,
): Promise<number | undefined> {
  const { names, options } = command
  if (options.dryRun || options.force || options.locked || options.check !== 'tree') return undefined
  const { content, seemingRoot, rootOf } = lookUpSpec(options.spec, formsOf(kinds), options)
  const root = rootOf(seemingRoot ?? '')
  const settled = settledAt(root, settledKey({ content, file: options.spec, root }, names, options, kinds))
  if (settled === undefined || (options.root === undefined && settled.specRoot !== seemingRoot))
    return undefined
  const looking = { ...tellingOfReads(console, signal, 'to build'), clock: clockAt(join(root, stateFolder)) }
  const isSo = await isStillSo(settled, root, seen, {
    ...looking,
    onWays: folders => refuseForeignRoots(root, folders),
  })
  return isSo ? settled.tasks : undefined
}

/** So that the next build knows it at once. While the playground is held, after a run that left nothing to do. */
export function rememberIdle(
  { command, kinds }: Desk,
  { content, root, graph, spec }: Playground,
  known: Known,
  { strangers, quiet }: Extras,
): void {
  const { names, options } = command
  rememberSettled(known, graph, {
    key: settledKey({ content, file: options.spec, root }, names, options, kinds),
    specRoot: spec.root,
    quiet,
    isStrange: strangers.length > 0,
  })
}

interface Looked {
  /** By the clock of `performance`. */
  readonly began: number
  readonly seen: Seen
}

export function nothingToDo({ command, console }: Desk, fresh: number, { began, seen }: Looked): number {
  const { check, quiet } = command.options
  const seconds = (performance.now() - began) / 1000
  const read = [...seen.values()].reduce((sum, { look }) => sum + look.touched.size, 0)
  const looked = {
    record: 'by their records',
    tree: `files checked by size and time${read > 0 ? `, ${formatCount(read)} of them read` : ''}`,
    hash: 'every byte checked',
  }[check]
  if (!quiet)
    console.result(`Nothing to do: ${plural(fresh, 'task')} fresh (${looked}, ${formatSeconds(seconds)}).\n`)
  return console.summary({ fresh, seconds, exitCode: exitCodes.done })
}
