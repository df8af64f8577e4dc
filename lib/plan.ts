/**
 * Graph + receipts + survey → plan: a verdict for every task, what it would move, and in which order.
 * Pure: dry-run prints it, run carries it out, and both judge with the same function.
 */

import type { Graph, Measured, Plan, Step } from './model/plan.ts'
import type { Memory } from './model/receipt.ts'
import { inputsOf, type Task, type TaskId } from './model/task.ts'
import { type DigestOf, judge, type Reason, type Survey, type Verdict } from './model/verdict.ts'
import { heldBeside } from './plan/held.ts'
import { doesWithout, isAtHand, isMade, mayRework, type Wishing } from './plan/means.ts'
import { foretell, type IsFresh, movesOf, onDiskOf, treesByArchive } from './plan/moves.ts'
import { totalsOf } from './plan/totals.ts'
import { weightsOf } from './plan/weights.ts'

/** What is known when a plan is made. */
export interface Knowledge {
  memoryOf(task: TaskId): Memory | undefined
  surveyOf(task: TaskId): Survey
  /** A file outside the root that the task read and that changed since. */
  changedRead(task: Task): string | undefined
  /** Size of a file outside of the root, if it is there. */
  bytesOutside(path: string): number | undefined
  /** Bytes of an earlier attempt that a download can go on from. */
  resumableBytes(task: TaskId): number
}

/** A task that had begun when it found that it needs an artifact of `Outline.mayTake`. */
export interface Wish {
  readonly input: TaskId
  /** Why the task runs. */
  readonly reason: Reason
  /** What it remarked of the hosts until then. */
  readonly ranges?: string | number
}

export interface PlanOptions {
  /** By the task that wishes. */
  readonly wishes?: ReadonlyMap<TaskId, Wish>
  /** Run everything that is asked for, whatever the verdict. */
  readonly force?: boolean
  /** Free bytes where the playground lies; archives wait for one another when they do not all fit. */
  readonly freeBytes?: number
  /** What the disk gives to a file is a multiple of it. */
  readonly blockBytes?: number
  readonly keepArchives?: boolean
  /** Whether the filesystem takes back the beginning of a file while its end is still to come; asked where it matters. */
  readonly givesBack?: () => boolean
  /** Whether a file outside of the root can get a second name below it, which takes no room; asked where it matters. */
  readonly canLink?: (path: string) => boolean
  /** What was looked up of what tasks will give. */
  readonly measured?: ReadonlyMap<TaskId, Measured>
  /** Everything that the spec names: others may still need an archive. Else what is planned for. */
  readonly whole?: Graph
}

export function planOf(graph: Graph, known: Knowledge, options: PlanOptions = {}): Plan {
  const verdicts = verdictsOf(graph, known, options)
  const weights = weightsOf(graph, verdicts, known)
  const isFresh: IsFresh = id => verdicts.get(id)?.state === 'fresh'
  const trees = treesByArchive(graph)
  const steps = new Map<TaskId, Step>()
  for (const [id, task] of graph.tasks) {
    const verdict = verdicts.get(id) as Verdict
    const foretold = foretell(task, trees, steps, known, options.measured?.get(id))
    const moves = movesOf(task, verdict, known, foretold, isFresh)
    steps.set(id, {
      task,
      verdict,
      ...moves,
      onDisk: onDiskOf(moves, foretold, options),
      weight: weights.get(id) ?? 0,
    })
  }
  const held = heldBeside(steps, { ...options, whole: options.whole ?? graph })
  for (const [id, bytes] of held) steps.set(id, { ...(steps.get(id) as Step), held: bytes })
  return { graph, steps, totals: totalsOf(steps, options) }
}

/** The tasks that a plan would run or has to ask again, in order. */
export const openSteps = (plan: Plan): readonly Step[] =>
  [...plan.steps.values()].filter(({ verdict }) => verdict.state !== 'fresh')

/** What is made again only because its result is not on disk any more. */
interface Demands {
  /** By a task that will read it. */
  readonly certain: Map<TaskId, TaskId>
  /** By a task that will read it unless the one named here turns out to be as it was. */
  readonly possible: Map<TaskId, TaskId>
}

/**
 * Forward: is each task's record current? Backward: does a task that will or may run read something that is not on disk
 * any more? What it reads must then be made again, which may unsettle others: repeated until nothing changes, at most
 * once for each level of the graph.
 */
function verdictsOf(
  graph: Graph,
  known: Knowledge,
  { force = false, wishes = new Map() }: PlanOptions,
): ReadonlyMap<TaskId, Verdict> {
  const demands: Demands = { certain: new Map(), possible: new Map() }
  for (const [by, { input }] of wishes) {
    const giver = graph.tasks.get(input)
    if (giver && !isAtHand(giver, known)) demands.certain.set(input, by)
  }
  const count = (): number => demands.certain.size + demands.possible.size
  for (;;) {
    const before = count()
    const verdicts = forward(graph, known, { force, wishes }, demands)
    demand(graph, known, verdicts, { ...demands, wishes })
    if (count() === before) return verdicts
  }
}

function forward(
  graph: Graph,
  known: Knowledge,
  { force, wishes }: Required<Pick<PlanOptions, 'force' | 'wishes'>>,
  { certain, possible }: Demands,
): Map<TaskId, Verdict> {
  const verdicts = new Map<TaskId, Verdict>()
  const digestOf = digestsForeseen(graph, known, verdicts)
  for (const [id, task] of graph.tasks) {
    const judged = judge(task, known.memoryOf(id), surveyForJudge(task, known), digestOf)
    const by = certain.get(id)
    const until = possible.get(id)
    const wish = wishes.get(id)
    if (force) verdicts.set(id, { state: 'stale', reason: { code: 'forced' } })
    else if (by !== undefined)
      verdicts.set(id, judged.state === 'stale' ? judged : { state: 'stale', reason: { code: 'needed', by } })
    else if (judged.state === 'stale' && !isLeftUnmade(graph, task)) verdicts.set(id, judged)
    else if (wish !== undefined) verdicts.set(id, { state: 'stale', reason: wish.reason })
    else if (until !== undefined) verdicts.set(id, { state: 'unsettled', until })
    else verdicts.set(id, judged.state === 'stale' ? { state: 'fresh' } : judged)
  }
  return verdicts
}

/** Whether a result that does not last is on disk makes nothing stale; a changed file outside of the root does. */
export function surveyForJudge(task: Task, known: Knowledge): Survey {
  if (task.gives?.lasting) return known.surveyOf(task.id)
  const path = known.changedRead(task)
  return path === undefined ? { state: 'not-looked' } : { state: 'reads-changed', path }
}

/**
 * A result that does not last and is not made unasked: its digest is pinned, so there is nothing to learn from it, or it
 * serves only tasks that may do without.
 */
export const isLeftUnmade = (graph: Graph, task: Task): boolean =>
  task.gives?.lasting === false && (task.gives.pins?.sha256 !== undefined || isSpare(graph, task))

/** Read only by tasks that may turn out to need it. */
export function isSpare(graph: Graph, { id }: Task): boolean {
  const readers = graph.dependants.get(id) ?? []
  return readers.length > 0 && readers.every(reader => !graph.tasks.get(reader)?.outline.takes.includes(id))
}

/** The digest that each task has or, where only bytes are gone and what it reads stays the same, will have again. */
function digestsForeseen(graph: Graph, known: Knowledge, verdicts: ReadonlyMap<TaskId, Verdict>): DigestOf {
  const digestOf: DigestOf = id => {
    const task = graph.tasks.get(id)
    const pinned = task?.gives?.pins?.sha256
    if (pinned !== undefined) return pinned
    const memory = known.memoryOf(id)
    const recorded = memory?.state === 'done' ? memory.receipt.digest : undefined
    // Only looked at, and not asked for.
    if (task === undefined) return recorded ?? ''
    const verdict = verdicts.get(id)
    const { takes } = task.outline
    const isAsBefore =
      verdict?.state === 'fresh' ||
      (mayOnlyRestore(verdict) && takes.length > 0 && takes.every(input => digestOf(input) !== undefined))
    return isAsBefore ? recorded : undefined
  }
  return digestOf
}

/** Nothing that decides the result is known to have changed. */
const mayOnlyRestore = (verdict: Verdict | undefined): boolean =>
  verdict?.state === 'unsettled' ||
  (verdict?.state === 'stale' && ['output-damaged', 'needed', 'moved'].includes(verdict.reason.code))

function demand(
  graph: Graph,
  known: Knowledge,
  verdicts: ReadonlyMap<TaskId, Verdict>,
  demands: Demands & Required<Pick<PlanOptions, 'wishes'>>,
): void {
  const digestOf = digestsForeseen(graph, known, verdicts)
  for (const task of [...graph.tasks.values()].toReversed()) {
    const reading = readingOf(task, verdicts.get(task.id), { known, wishes: demands.wishes }, digestOf)
    if (task.gives === undefined || reading.form === 'never') continue
    for (const input of inputsOf(task.outline)) {
      const giver = graph.tasks.get(input)
      if (giver === undefined || isAtHand(giver, known) || demands.certain.has(input)) continue
      const isTaken = task.outline.takes.includes(input)
      if (isTaken && reading.form === 'certain') demands.certain.set(input, task.id)
      else if (!demands.possible.has(input))
        demands.possible.set(input, isTaken && reading.form === 'possible' ? reading.until : task.id)
    }
  }
}

type Reading =
  | { readonly form: 'certain' }
  /** Unless that task turns out to be as it was. */
  | { readonly form: 'possible'; readonly until: TaskId }
  | { readonly form: 'never' }

/** Whether a task will read what it takes. */
function readingOf(task: Task, verdict: Verdict | undefined, wishing: Wishing, digestOf: DigestOf): Reading {
  if (verdict === undefined || verdict.state === 'fresh') return { form: 'never' }
  if (verdict.state === 'unsettled') return { form: 'possible', until: verdict.until }
  const unmade = task.outline.takes.find(input => !isMade(input, wishing.known))
  if (unmade !== undefined && mayRework(task, verdict, wishing.known))
    return { form: 'possible', until: unmade }
  if (!doesWithout(task, verdict, wishing)) return { form: 'certain' }
  const until = task.outline.takes.find(input => digestOf(input) === undefined)
  return until === undefined ? { form: 'never' } : { form: 'possible', until }
}
