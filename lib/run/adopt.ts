/**
 * Takes files over that lie on disk already, for one target: finds out what they are to be, holds them against that, places
 * and records those that are right, and lets the target's own tasks check the whole. Fetches no file.
 */

import { graphFrom } from '../graph.ts'
import { realPlace } from '../io/disk.ts'
import type { Known } from '../knowledge.ts'
import type { Summary } from '../model/event.ts'
import type { LinkMode } from '../model/link-mode.ts'
import type { Diagnostic } from '../model/problem.ts'
import type { Task, TaskId } from '../model/task.ts'
import { openSteps, planOf } from '../plan.ts'
import { runPlan } from '../run.ts'
import { type Account, accountOf, type Sighting } from './adopt/account.ts'
import { noProof, nothingAdopted } from './adopt/messages.ts'
import { type Records, recordsAbove } from './adopt/other.ts'
import { takeOver } from './adopt/record.ts'
import { see } from './adopt/see.ts'
import type { Seen } from './adopt/seen.ts'
import { type Question, wantedOf } from './adopt/wanted.ts'
import { naming } from './attempt.ts'
import type { Run } from './context.ts'

export interface Adoption extends Pick<Account, 'target' | 'from'> {
  readonly link: LinkMode | undefined
  readonly threads: number
  /** Read every byte, whatever records say. */
  readonly isHashed: boolean
}

/** What is needed to look; a run has most of it. */
export type Looking = Omit<Question, 'records' | 'from' | 'target'>

export interface Found {
  /** As it was seen. */
  readonly account: Account
  /** As it is, where files were written to since. */
  recount(): Account
  readonly sightings: readonly Sighting[]
  readonly requests: number
}

/** Throws `no-proof` and `nothing-adopted`. Changes nothing. */
export async function lookFor(adoption: Adoption, looking: Looking): Promise<Found> {
  const { target } = adoption
  const { root, report, signal } = looking
  const from = adoption.from === undefined ? undefined : realPlace(adoption.from)
  const answer = await wantedOf({ ...looking, target, from, records: recordsFor(root, from, looking) })
  if (answer.wanted.length === 0) throw noProof(answer, { target, root, from })
  for (const diagnostic of answer.failures) report({ event: 'diagnostic', diagnostic: asWarning(diagnostic) })
  const sightings: Sighting[] = []
  for (const wanted of answer.wanted) {
    let done = 0
    const onRead = (bytes: number): void => {
      done += bytes
      const unit = 'bytes'
      report({ event: 'task-progress', ...naming(wanted.task), done, total: undefined, unit })
    }
    const seen = await see(wanted.files, wanted.spots, { ...adoption, signal, onRead })
    sightings.push({ wanted, seen })
  }
  const count = (): Account => accountOf({ ...looking, ...adoption }, sightings, answer.unproven)
  const account = count()
  const recount = (): Account => (sightings.some(({ seen }) => seen.changed > 0) ? count() : account)
  if (account.adopted.files === 0) throw nothingAdopted(account, root)
  return { account, recount, sightings, requests: answer.requests }
}

const asWarning = (diagnostic: Diagnostic): Diagnostic => ({ ...diagnostic, severity: 'warning' })

/** Of the playground that the files come from first. */
function recordsFor(root: string, from: string | undefined, { known }: { known: Known }): readonly Records[] {
  const own = { root: realPlace(root), receipts: known.receipts }
  const other = from === undefined ? undefined : recordsAbove(from)
  return other === undefined || other.root === own.root ? [own] : [other, own]
}

/** What was taken over in one run, and what is still to be done with it. */
export class Takings {
  /** Tasks whose results were recorded. */
  recorded = 0
  /** Files of a person, by the task that would fetch them. */
  readonly offered = new Map<TaskId, readonly string[]>()
  /** They and their readers. */
  readonly mayRun = new Set<TaskId>()
}

/** How many files were put in each way. While the playground is held. */
export async function takeAll(
  run: Run,
  { sightings }: Found,
  link: LinkMode | undefined,
  takings: Takings,
): Promise<ReadonlyMap<LinkMode, number>> {
  const put = new Map<LinkMode, number>()
  for (const { wanted, seen } of sightings) {
    const { task, proof } = wanted
    if (proof.form === 'pin') {
      if (!seen.isRight(0)) continue
      takings.offered.set(proof.download, [seen.pathOf(0)])
      takings.mayRun.add(proof.download).add(task.id)
    } else if (!isRecorded(run, wanted, seen)) {
      for (const [mode, count] of await takeOver(run, wanted, seen, link))
        put.set(mode, (put.get(mode) ?? 0) + count)
      takings.recorded += 1
    }
  }
  return put
}

/** Its own record says all of it already. */
function isRecorded(run: Run, { task, proof }: Sighting['wanted'], seen: Seen): boolean {
  if (proof.form !== 'record' || proof.sample.receipt !== run.known.receiptOf(task.id)) return false
  for (let k = 0; k < seen.files.count; k += 1) if (seen.isRight(k) && !seen.isInPlace(k)) return false
  return true
}

/**
 * Files that are pinned go the way of a download, which finds them at hand; what checks a target is asked where all of it
 * is there. Nothing else is run.
 */
export async function finish(
  { offered, mayRun }: Takings,
  given: Run,
): Promise<Pick<Summary, 'ran' | 'failed'>> {
  const run = { ...given, offered }
  const isOpen = openIn(run)
  const isReady = (id: TaskId): boolean => !isOpen.has(id) || mayRun.has(id)
  const isChecking = ({ gives, outline }: Task): boolean =>
    gives === undefined && [...outline.takes, ...(outline.sees ?? [])].every(isReady)
  const tasks = [...run.graph.tasks.values()].filter(task => isReady(task.id) || isChecking(task))
  if (!tasks.some(({ id }) => isOpen.has(id))) return { ran: 0, failed: 0 }
  const graph = graphFrom(tasks, run.graph.targets)
  const { keepArchives, known } = run
  const plan = planOf(graph, known, { keepArchives, whole: run.whole })
  return runPlan({ ...run, graph }, plan, { keepGoing: true, archiveBytes: plan.totals.archives })
}

const openIn = ({ graph, known, keepArchives }: Run): ReadonlySet<TaskId> =>
  new Set(openSteps(planOf(graph, known, { keepArchives })).map(({ task }) => task.id))
