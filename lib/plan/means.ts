/** What a task has to work with: whether what it takes is on disk, and whether it can do without. Pure. */

import { lackedBy, rangesMark } from '../model/receipt.ts'
import type { Task, TaskId } from '../model/task.ts'
import type { Verdict } from '../model/verdict.ts'
import type { Knowledge } from '../plan.ts'

/** Its own result lies there as recorded and only the definition changed: the inputs are not needed. */
export const canRework = (task: Task, verdict: Verdict & { state: 'stale' }, known: Knowledge): boolean =>
  mayRework(task, verdict, known) && task.outline.takes.every(input => isMade(input, known))

/** As `canRework`, once what was never made of what it takes is made. */
export const mayRework = (task: Task, { reason }: Verdict & { state: 'stale' }, known: Knowledge): boolean =>
  reason.code === 'definition-changed' &&
  task.kind.reworks?.(reason.changes) === true &&
  known.surveyOf(task.id).state === 'intact'

/** One that was never made, such as a pinned file under a new address, is known by its digest but not by its contents. */
export const isMade = (input: TaskId, known: Knowledge): boolean => known.memoryOf(input)?.state === 'done'

/** More than this share of the files is not fetched piece by piece. */
const mostRepaired = 0.2
/** The same where files were taken over from a person, and some were not among them: a larger share is less work, too. */
const mostCompleted = 0.8

/** A few files of its result are damaged, and those can be had without all that it takes. */
export function canRepair(task: Task, verdict: Verdict & { state: 'stale' }, known: Knowledge): boolean {
  const { reason } = verdict
  const memory = known.memoryOf(task.id)
  if (!task.outline.pieces || reason.code !== 'output-damaged' || memory?.state !== 'done') return false
  const isLacking = lackedBy(memory.receipt) > 0
  if (memory.receipt.remarks[rangesMark] === 'none') return false
  if (isLacking && task.outline.pieces.needsDigests === true) return false
  const most = isLacking ? mostCompleted : mostRepaired
  return (
    reason.missingCount + reason.editedCount <= most * memory.receipt.files &&
    task.outline.takes.every(input => known.memoryOf(input)?.state === 'done')
  )
}

/** Its result lies there to be read, and is the one that the spec pins: an archive of before may lie there still. */
export function isAtHand({ id, gives }: Task, known: Knowledge): boolean {
  const memory = known.memoryOf(id)
  if (memory?.state !== 'done' || known.surveyOf(id).state !== 'intact') return false
  const pinned = gives?.pins?.sha256
  return pinned === undefined || pinned === memory.receipt.digest
}

export interface Wishing {
  readonly known: Knowledge
  /** By the task that found out that it needs what it takes. */
  readonly wishes: ReadonlyMap<TaskId, unknown>
}

/** It can do its work without what it takes, unless it found out that it cannot. */
export const doesWithout = (
  task: Task,
  verdict: Verdict & { state: 'stale' },
  { known, wishes }: Wishing,
): boolean =>
  verdict.reason.code === 'moved' ||
  canRework(task, verdict, known) ||
  (!wishes.has(task.id) && canRepair(task, verdict, known))

/**
 * Whether it may begin while `input` is still being made: it will run whatever comes out, and what it keeps of its last
 * result was made of the very same one.
 */
export const mayReadEarly = (
  task: Task,
  verdict: Verdict,
  input: Task | undefined,
  wishing: Wishing,
): boolean =>
  task.kind.takesGrowing !== undefined &&
  verdict.state === 'stale' &&
  !doesWithout(task, verdict, wishing) &&
  (verdict.reason.code !== 'output-damaged' || input?.gives?.pins?.sha256 !== undefined)
