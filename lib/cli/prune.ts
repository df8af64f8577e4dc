/** `build prune [NAME…]`: lists what the spec does not name any more; with --yes removes it. */

import { graphFrom } from '../graph.ts'
import { isAtOrBelow } from '../model/paths.ts'
import { Places } from '../model/places.ts'
import type { Graph } from '../model/plan.ts'
import { openReceipts, type Receipts } from '../receipts/receipts.ts'
import { isEmpty, type PrunedAll, prunePage } from '../report/prune.ts'
import { livingPlaces, type Vanished, vanishedPlaces, vanishedTasks } from '../run/prune/vanished.ts'
import { forgetPruned, type Pruned, type PruneGround, Pruning } from '../run/prune.ts'
import { Removal } from '../run/removal.ts'
import { type Strangers, strangersIn } from '../run/strangers.ts'
import { targetsNamed, targetsOf } from '../spec/targets.ts'
import type { Command } from './arguments.ts'
import { type Desk, looking } from './desk.ts'
import { exitCodes } from './exit.ts'
import { whileHeld } from './hold.ts'
import { openPlayground, type Playground } from './playground.ts'

export async function prune(given: Desk): Promise<number> {
  const desk = whole(looking(given))
  const { command, kinds, console } = desk
  const playground = await openPlayground({ ...command, names: [] }, kinds)
  const isMeant = command.options.yes && !command.options.dryRun
  const listed = await survey(desk, playground)
  const { result, interrupted } =
    isMeant && !isEmpty(listed)
      ? await whileHeld(desk, { ...playground, graph: nothing }, ({ known, signal }) =>
          work(desk, playground, { receipts: known.receipts, signal, isMeant }),
        )
      : { result: listed, interrupted: false }
  tell(desk, result, isMeant)
  return console.summary({ exitCode: interrupted ? exitCodes.interrupted : exitCodes.done })
}

const nothing: Graph = graphFrom([], [])

/** Everything that the spec names, however a build would be narrowed. */
function whole(desk: Desk): Desk {
  const options = { ...desk.command.options, onlyNeeded: false, locked: false }
  return { ...desk, command: { ...desk.command, options } }
}

function survey(desk: Desk, playground: Playground): Promise<PrunedAll> {
  const receipts = openReceipts(playground.state, { readOnly: true })
  for (const diagnostic of receipts.problems) desk.console.report({ event: 'diagnostic', diagnostic })
  return work(desk, playground, { receipts, signal: new AbortController().signal, isMeant: false })
}

interface Work {
  readonly receipts: Receipts
  readonly signal: AbortSignal
  readonly isMeant: boolean
}

async function work(
  { command }: Desk,
  { root, spec, whole }: Playground,
  { receipts, signal, isMeant }: Work,
): Promise<PrunedAll> {
  const vanished = vanishedTasks(receipts, whole)
  const named = namesOf(command, spec, vanished)
  const living = livingPlaces(receipts, whole)
  const ground: PruneGround = { receipts, whole, living, tier: command.options.check, signal }
  const removal = new Removal(root, isMeant)
  const pruning = new Pruning(ground, removal)
  const tasks: Pruned[] = []
  const strangers: Strangers[] = []
  let orphans = { files: 0, bytes: 0 }
  try {
    for await (const task of pruning.tasks(vanished.filter(named.has))) tasks.push(task)
    if (command.names.length === 0) orphans = pruning.orphans()
    if (command.options.extra) {
      const places = [living, vanishedPlaces(receipts, vanished)]
      const world = { removal, places, targets: new Places(whole.targets.map(at => ({ at }))), signal }
      for (const target of named.targets) strangers.push(await strangersIn(target, world))
    }
  } catch (error) {
    // Ended by the user: what is removed by now is told, and the next prune goes on.
    if (!signal.aborted) throw error
  } finally {
    const done = tasks.filter(({ unbuilt }) => unbuilt === undefined).map(({ task }) => task)
    if (isMeant) forgetPruned(receipts, done)
  }
  return { tasks, orphans, strangers: command.options.extra ? strangers : undefined }
}

interface Named {
  readonly targets: readonly string[]
  readonly has: (task: Vanished) => boolean
}

/** A name may be one that only records know. Throws `unknown-target`. */
function namesOf({ names }: Command, spec: Playground['spec'], vanished: readonly Vanished[]): Named {
  if (names.length === 0) return { targets: Object.keys(spec.targets), has: () => true }
  const gone = new Set(vanished.flatMap(({ targets }) => targets))
  const unknown = names.filter(
    name => targetsOf(spec, name).length === 0 && ![...gone].some(target => isAtOrBelow(target, name)),
  )
  if (unknown.length > 0) targetsNamed(spec, unknown)
  const living = new Set(names.flatMap(name => targetsOf(spec, name)))
  const isNamed = (target: string): boolean =>
    living.has(target) || names.some(name => isAtOrBelow(target, name))
  return { targets: [...living], has: ({ targets }) => targets.every(isNamed) }
}

function tell({ command, console }: Desk, all: PrunedAll, isMeant: boolean): void {
  for (const { results: _, ...task } of all.tasks)
    console.object({ event: 'prune', ...task, removed: isMeant && task.unbuilt === undefined })
  for (const strangers of all.strangers ?? [])
    console.object({ event: 'extra', ...strangers, removed: isMeant })
  const sum = (of: 'files' | 'bytes'): number =>
    [...all.tasks, all.orphans, ...(all.strangers ?? [])].reduce((total, each) => total + each[of], 0)
  console.object({
    event: 'pruned',
    files: sum('files'),
    bytes: sum('bytes'),
    orphans: all.orphans,
    removed: isMeant,
  })
  console.result(prunePage(all, { isMeant, command: commandOf(command) }))
}

/** The same command with --yes, as it can be typed. */
function commandOf({ names, options: { spec, root, extra } }: Command): string {
  const words = [
    'npx tsx build prune',
    ...names.map(quoted),
    ...(extra ? ['--extra'] : []),
    ...(spec === 'datasets.yaml' ? [] : ['--spec', quoted(spec)]),
    ...(root === undefined ? [] : ['--root', quoted(root)]),
    '--yes',
  ]
  return words.join(' ')
}

const quoted = (word: string): string =>
  /^[\w./@:+-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
