/**
 * Graph + receipts + survey → plan: a verdict for every task, what it would move, and in which order.
 * Pure: dry-run prints it, run carries it out, and both judge with the same function.
 */

import type { Graph, Plan, Step } from './model/plan.ts'
import type { Memory } from './model/receipt.ts'
import type { Task, TaskId } from './model/task.ts'
import { type DigestOf, judge, type Survey, type Verdict } from './model/verdict.ts'
import { totalsOf } from './plan/totals.ts'
import { weightsOf } from './plan/weights.ts'

/** What is known when a plan is made. */
export interface Knowledge {
  memoryOf(task: TaskId): Memory | undefined
  surveyOf(task: TaskId): Survey
  /** A file outside the root that the task read and that changed since. */
  changedRead(task: TaskId): string | undefined
  /** Bytes of an earlier attempt that a download can go on from. */
  resumableBytes(task: TaskId): number
}

export interface PlanOptions {
  /** Run everything that is asked for, whatever the verdict. */
  readonly force?: boolean
  /** Free bytes where the playground lies; archives wait for one another when they do not all fit. */
  readonly freeBytes?: number
  readonly keepArchives?: boolean
}

export function planOf(graph: Graph, known: Knowledge, options: PlanOptions = {}): Plan {
  const verdicts = verdictsOf(graph, known, options.force ?? false)
  const weights = weightsOf(graph, verdicts, known)
  const steps = new Map<TaskId, Step>()
  for (const [id, task] of graph.tasks) {
    const verdict = verdicts.get(id) as Verdict
    steps.set(id, { task, verdict, ...movesOf(task, verdict, known), weight: weights.get(id) ?? 0 })
  }
  return { graph, steps, totals: totalsOf(steps, options) }
}

/** The tasks that a plan would run or has to ask again, in order. */
export const openSteps = (plan: Plan): readonly Step[] =>
  [...plan.steps.values()].filter(({ verdict }) => verdict.state !== 'fresh')

/**
 * Forward: is each task's record current? Backward: does a task that will run read something that is not on disk any
 * more? What it reads must then be made again, which may unsettle others: repeated until nothing changes, at most once
 * for each level of the graph.
 */
function verdictsOf(graph: Graph, known: Knowledge, force: boolean): ReadonlyMap<TaskId, Verdict> {
  const demanded = new Map<TaskId, TaskId>()
  for (;;) {
    const verdicts = forward(graph, known, force, demanded)
    const before = demanded.size
    demand(graph, known, verdicts, demanded)
    if (demanded.size === before) return verdicts
  }
}

function forward(
  graph: Graph,
  known: Knowledge,
  force: boolean,
  demanded: ReadonlyMap<TaskId, TaskId>,
): Map<TaskId, Verdict> {
  const verdicts = new Map<TaskId, Verdict>()
  const digestOf: DigestOf = id => foreseenDigest(graph.tasks.get(id), verdicts.get(id), known.memoryOf(id))
  for (const [id, task] of graph.tasks) {
    const judged = judge(task, known.memoryOf(id), surveyForJudge(task, known), digestOf)
    const by = demanded.get(id)
    if (force) verdicts.set(id, { state: 'stale', reason: { code: 'forced' } })
    else if (judged.state === 'fresh' && by)
      verdicts.set(id, { state: 'stale', reason: { code: 'needed', by } })
    else if (judged.state === 'stale' && by === undefined && isSettledUnmade(task))
      verdicts.set(id, { state: 'fresh' })
    else verdicts.set(id, judged)
  }
  return verdicts
}

/** Whether a result that does not last is on disk makes nothing stale; a changed file outside of the root does. */
export function surveyForJudge(task: Task, known: Knowledge): Survey {
  if (task.gives?.lasting) return known.surveyOf(task.id)
  const path = known.changedRead(task.id)
  return path === undefined ? { state: 'not-looked' } : { state: 'reads-changed', path }
}

/** A result that does not last and whose digest is pinned: there is nothing to learn from making it unasked. */
const isSettledUnmade = ({ gives }: Task): boolean =>
  gives?.lasting === false && gives.pins?.sha256 !== undefined

/** The digest that a task has or, for a reason that only says that bytes are gone, will have again. */
export function foreseenDigest(
  task: Task | undefined,
  verdict: Verdict | undefined,
  memory: Memory | undefined,
): string | undefined {
  if (task === undefined) return undefined
  const pinned = task.gives?.pins?.sha256
  if (pinned !== undefined) return pinned
  const recorded = memory?.state === 'done' ? memory.receipt.digest : undefined
  if (verdict?.state === 'fresh') return recorded
  if (verdict?.state !== 'stale' || task.outline.takes.length === 0) return undefined
  return verdict.reason.code === 'output-damaged' || verdict.reason.code === 'needed' ? recorded : undefined
}

function demand(
  graph: Graph,
  known: Knowledge,
  verdicts: ReadonlyMap<TaskId, Verdict>,
  demanded: Map<TaskId, TaskId>,
): void {
  for (const task of [...graph.tasks.values()].toReversed()) {
    const verdict = verdicts.get(task.id)
    const runs = verdict?.state === 'stale' || demanded.has(task.id)
    if (!runs || (verdict?.state === 'stale' && canRework(task, verdict, known))) continue
    if (task.gives === undefined) continue
    for (const input of task.outline.takes) {
      const giver = graph.tasks.get(input)
      if (giver && !demanded.has(input) && !isOnDisk(giver, known)) demanded.set(input, task.id)
    }
  }
}

/** Its own result lies there as recorded and only the definition changed: the inputs are not needed. */
export function canRework(task: Task, verdict: Verdict & { state: 'stale' }, known: Knowledge): boolean {
  return (
    task.kind.reworks === true &&
    verdict.reason.code === 'definition-changed' &&
    known.surveyOf(task.id).state === 'intact'
  )
}

const isOnDisk = (task: Task, known: Knowledge): boolean =>
  known.memoryOf(task.id)?.state === 'done' && known.surveyOf(task.id).state === 'intact'

function movesOf(task: Task, verdict: Verdict, known: Knowledge): Pick<Step, 'download' | 'write' | 'files'> {
  if (verdict.state !== 'stale') return { download: 0, write: 0, files: 0 }
  const { forecast } = task.outline
  const memory = known.memoryOf(task.id)
  const last = memory?.state === 'done' ? memory.receipt : undefined
  const { reason } = verdict
  if (reason.code === 'output-damaged' && task.outline.takes.length > 0) {
    const count = reason.missingCount + reason.editedCount
    const share = last && last.files > 0 ? Math.round((last.bytes * count) / last.files) : undefined
    return { download: 0, write: share, files: count }
  }
  // New names for the files that lie there.
  if (canRework(task, verdict, known)) return { download: 0, write: 0, files: 0 }
  const whole = forecast.bytes ?? last?.bytes
  const left = (bytes: number | undefined) =>
    bytes === undefined ? undefined : Math.max(0, bytes - known.resumableBytes(task.id))
  return {
    download: forecast.download ? left(forecast.download.bytes ?? last?.bytes) : 0,
    write: task.gives === undefined ? 0 : whole,
    files: task.gives === undefined ? 0 : (forecast.files ?? last?.files),
  }
}
