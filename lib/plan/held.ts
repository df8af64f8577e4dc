/**
 * How much of each archive lies beside the trees at once: all of it, or, of one that is given back while it is unpacked and
 * that nobody else wants, only what is not unpacked yet. Pure.
 */

import { groupedBy } from '../model/grouped.ts'
import type { Graph, Step } from '../model/plan.ts'
import { heldBytes } from '../model/spending.ts'
import type { Artifact, TaskId } from '../model/task.ts'
import { isArchive } from './totals.ts'

interface Options {
  readonly keepArchives?: boolean
  /** Whether the filesystem takes back the beginning of a file while its end is still to come. */
  readonly givesBack?: () => boolean
  /** Whether a file outside of the root can get a second name below it. */
  readonly canLink?: (path: string) => boolean
  /** Everything that the spec names. */
  readonly whole: Graph
}

export function* heldBeside(
  steps: ReadonlyMap<TaskId, Step>,
  options: Options,
): Generator<readonly [TaskId, number]> {
  const moved = options.keepArchives === true ? new Set<TaskId>() : movedOn(steps)
  for (const [id, step] of steps) {
    if (step.verdict.state !== 'stale' || !isArchive(step.task)) continue
    const isFree = moved.has(id) || isLinked(step, options)
    yield [id, isFree ? 0 : bytesBeside(step, steps, options)]
  }
}

function bytesBeside(step: Step, steps: ReadonlyMap<TaskId, Step>, options: Options): number {
  const bytes = step.write ?? step.download ?? 0
  return isGivenBack(step, steps, options) ? aheadOf(readersOf(step, options), bytes, steps) : bytes
}

/** A file of this machine, under a second name. */
function isLinked({ task }: Step, { canLink }: Options): boolean {
  const { copyOf, mayLink } = task.outline.forecast
  return copyOf !== undefined && mayLink === true && canLink?.(copyOf) === true
}

/** A host that gives no ranges sends all of it before anything is unpacked: it lies where the trees will be. */
function aheadOf(readers: readonly TaskId[], bytes: number, steps: ReadonlyMap<TaskId, Step>): number {
  const trees = readers.reduce((sum, id) => sum + (steps.get(id)?.write ?? 0), 0)
  return Math.max(heldBytes(bytes), bytes - trees)
}

const readersOf = ({ task }: Step, { whole }: Options): readonly TaskId[] =>
  whole.dependants.get(task.id) ?? []

function isGivenBack(step: Step, steps: ReadonlyMap<TaskId, Step>, options: Options): boolean {
  const { task } = step
  const { keepArchives = false, givesBack, whole } = options
  if (keepArchives || !isSpendable(whole, task.id) || task.outline.forecast.download === undefined)
    return false
  const readers = readersOf(step, options)
  const runAll = readers.every(id => steps.get(id)?.verdict.state === 'stale')
  return readers.length > 0 && runAll && givesBack?.() === true
}

/**
 * Whether what a task gives may be given back while it is read: its digest, which is compared at its end, says that it was
 * the right one, and whoever reads it needs nothing of it twice.
 */
export function isSpendable({ tasks, dependants }: Graph, id: TaskId): boolean {
  const gives = tasks.get(id)?.gives
  return (
    gives !== undefined &&
    isProvable(gives) &&
    (dependants.get(id) ?? []).every(reader => tasks.get(reader)?.kind.takesGrowing === 'once')
  )
}

const isProvable = ({ form, lasting, borrowed, pins }: Artifact): boolean =>
  form === 'file' && !lasting && borrowed !== true && (pins?.sha256 ?? pins?.md5) !== undefined

/** Files that become what they are for under another name: no second copy lies beside them. */
function movedOn(steps: ReadonlyMap<TaskId, Step>): ReadonlySet<TaskId> {
  const takings = [...steps.values()].flatMap(({ task }) =>
    task.outline.takes.map(input => ({ input, task })),
  )
  const moved = new Set<TaskId>()
  for (const [input, [first, ...others]] of groupedBy(takings, taking => taking.input)) {
    const isMoved = first.task.kind.consumes === true && first.task.outline.isExcerpt !== true
    if (isMoved && others.every(({ task }) => task.gives === undefined)) moved.add(input)
  }
  return moved
}
