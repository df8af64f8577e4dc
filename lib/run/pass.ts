/**
 * One pass over a plan: starts what is ready, in order of weight, until nothing can start any more.
 * States of a step: waiting → running → done | failed; or skipped (something before it failed) or postponed (what it
 * reads was given back and must be planned for).
 */

import { setMaxListeners } from 'node:events'
import { type Audience, Forsaken } from '../model/growing-file.ts'
import type { Plan, Step } from '../model/plan.ts'
import type { Task, TaskId } from '../model/task.ts'
import { type DigestOf, judge, type Reason, type Verdict } from '../model/verdict.ts'
import { isSpendable } from '../plan/held.ts'
import { doesWithout, isAtHand, mayReadEarly } from '../plan/means.ts'
import { isArchive } from '../plan/totals.ts'
import { isSpare, surveyForJudge } from '../plan.ts'
import { subjectOf, Wanting } from './attempt.ts'
import type { Run } from './context.ts'
import { Awaited, directDependants, discard, isLeft } from './discard.ts'
import { problemOf } from './failure.ts'
import { Pool } from './pools.ts'
import { Readers } from './readers.ts'
import { carryOut } from './step.ts'

type State = 'waiting' | 'running' | 'done' | 'failed' | 'skipped' | 'postponed'

export interface PassOptions {
  readonly keepGoing: boolean
  /** Bytes that archives may hold at once beside the trees. */
  readonly archiveBytes: number
}

/** Each holds files open, of which a process may have a thousand; others read what is made. */
const mostOverlapping = 100

export class Pass {
  postponed = 0
  ran = 0
  readonly #run: Run
  readonly #plan: Plan
  readonly #options: PassOptions
  readonly #failed: Set<TaskId>
  readonly #states = new Map<TaskId, State>()
  readonly #room: Pool
  /** Archives that hold room, and how to give it back. */
  readonly #held = new Map<TaskId, () => void>()
  /** Artifacts on disk that do not last. */
  readonly #passing = new Set<Task>()
  /** Steps that read what is still being made. */
  readonly #overlapping = new Set<TaskId>()
  readonly #readers: Readers
  readonly #awaited: Awaited
  #running = 0
  #end: () => void = () => {}

  constructor(run: Run, plan: Plan, options: PassOptions, failed: Set<TaskId>) {
    this.#run = run
    this.#plan = plan
    this.#options = options
    this.#failed = failed
    this.#room = new Pool(Math.max(1, options.archiveBytes))
    this.#readers = new Readers(plan, run)
    this.#awaited = new Awaited(run.whole)
    run.overlaps.listen({
      onOffer: id => this.#startReady(this.#readers.of(id)),
      audienceOf: id => this.#audienceOf(id),
    })
    for (const [id, { task, verdict }] of plan.steps) {
      this.#states.set(id, failed.has(id) ? 'failed' : verdict.state === 'fresh' ? 'done' : 'waiting')
      if (task.gives?.lasting === false && isLeft(run.known, task)) this.#passing.add(task)
    }
  }

  /** Resolves when nothing runs and nothing can start. */
  async finish(): Promise<void> {
    const end = new Promise<void>(resolve => {
      this.#end = resolve
    })
    this.#startReady(this.#plan.steps.values())
    if (this.#running === 0) this.#end()
    await end
    this.#giveBack()
  }

  /** Steps that were not tried, or could not be in this pass. */
  get untried(): number {
    const untried: readonly State[] = ['waiting', 'skipped', 'postponed']
    return [...this.#states.values()].filter(state => untried.includes(state)).length
  }

  /** Nothing more is to be begun. Nothing is made of what only checks: that one fails ends nobody's work. */
  get isStopped(): boolean {
    const { signal, graph } = this.#run
    const hasFailed = (): boolean => [...this.#failed].some(id => graph.tasks.get(id)?.gives !== undefined)
    return signal.aborted || (!this.#options.keepGoing && hasFailed())
  }

  /** Of those that something happened to: to ask all each time would take the square of their number. */
  #startReady(steps: Iterable<Step>): void {
    if (this.isStopped) return
    const waiting = [...steps].filter(({ task }) => this.#states.get(task.id) === 'waiting')
    for (const step of waiting.toSorted((a, b) => b.weight - a.weight)) {
      const inputs = this.#readers.awaitedBy(step.task)
      if (!inputs.every(input => this.#states.get(input) === 'done' || this.#mayOverlap(step, input)))
        continue
      this.#states.set(step.task.id, 'running')
      this.#running += 1
      void this.#see(step)
    }
  }

  /** Whether it may begin although `input` is still being made: it will run whatever comes out. */
  #mayOverlap({ task, verdict }: Step, input: TaskId): boolean {
    const { graph, overlaps } = this.#run
    if (this.#overlapping.size >= mostOverlapping || !overlaps.isOffered(input)) return false
    return mayReadEarly(task, verdict, graph.tasks.get(input), this.#run)
  }

  #isBeingMade(id: TaskId): boolean {
    return this.#states.get(id) === 'running'
  }

  async #see(step: Step): Promise<void> {
    const signal = AbortSignal.any([this.#run.signal, this.#run.overlaps.begin(step.task.id)])
    setMaxListeners(0, signal)
    const state = await this.#carry(step, signal)
    this.#states.set(step.task.id, state)
    if (state === 'skipped') this.#run.started.stop(step.task, this.#whyStopped(signal))
    this.#run.overlaps.end(step.task.id, state === 'done')
    if (state !== 'done') this.#stopUnread(step.task)
    this.#running -= 1
    if (state === 'postponed') this.postponed += 1
    this.#giveBack()
    this.#startReady(this.#readers.of(step.task.id))
    // Everybody waits for room: what is only held for checks, unfinished targets and what nobody asked for goes as well.
    if (this.#running > 0 && this.#running === this.#room.waiting)
      this.#giveBack(id => directDependants(this.#plan.graph, id).every(reader => this.#isSettled(reader)))
    if (this.#running === 0) this.#end()
  }

  #whyStopped(signal: AbortSignal): string {
    if (this.#run.signal.aborted) return 'the build was ended'
    return signal.aborted ? 'nobody reads it any more' : 'what it reads was not made'
  }

  /** Who is done has read all that it ever will. Only what is pinned can be proven when it is gone. */
  #audienceOf(id: TaskId): Audience {
    const { whole, keepArchives, overlaps } = this.#run
    if (keepArchives || !isSpendable(whole, id)) return 'kept'
    const readers = directDependants(whole, id).filter(reader => !this.#isSettled(reader))
    if (readers.length === 0 || !readers.every(reader => this.#overlapping.has(reader))) return 'later'
    return readers.every(reader => overlaps.isReading(reader, id)) ? 'reading' : 'coming'
  }

  /** What was being made for nobody but a task that failed is not made. */
  #stopUnread({ outline }: Task): void {
    for (const input of outline.takes)
      if (
        this.#isBeingMade(input) &&
        !directDependants(this.#plan.graph, input).some(id => this.#isExpected(id))
      )
        this.#run.overlaps.stop(input)
  }

  /** It runs, or will. */
  #isExpected(id: TaskId): boolean {
    const state = this.#states.get(id)
    return state === 'running' || (state === 'waiting' && !this.isStopped)
  }

  async #carry(step: Step, signal: AbortSignal): Promise<State> {
    const { task } = step
    // Its bytes come as fast as they are fetched: it holds no core of its own.
    if (task.outline.takes.some(input => this.#isBeingMade(input))) {
      this.#overlapping.add(task.id)
      return this.#attempt(step, signal).finally(() => this.#overlapping.delete(task.id))
    }
    // What is kept gives no room back: to wait for some would be for ever.
    const isPassing = isArchive(task) && !this.#run.keepArchives
    const leaveRoom = isPassing ? await this.#room.enter(step.weight, step.held ?? 0) : () => {}
    const state = await this.#run.lanes[task.kind.lane].use(() => this.#attempt(step, signal), step.weight)
    if (state === 'done' && this.#passing.has(task)) this.#held.set(task.id, leaveRoom)
    else leaveRoom()
    return state
  }

  async #attempt(step: Step, signal: AbortSignal): Promise<State> {
    if (this.isStopped || signal.aborted) return 'skipped'
    // From here on it has all that it needs, so those that the spec names later wait for it.
    this.#run.precedence.begin(step.task)
    try {
      const reason = await this.#reasonToRun(step)
      if (reason === 'fresh') return 'done'
      return reason === 'postponed' ? reason : await this.#perform(step.task, reason, signal)
    } catch (error) {
      return signal.aborted || error instanceof Forsaken ? 'skipped' : this.#fail(step.task, error)
    } finally {
      this.#run.precedence.end(step.task.id)
    }
  }

  /** Judged again with what is known now: earlier steps may have given the same bytes as before, or others. */
  async #reasonToRun({ task, verdict }: Step): Promise<Reason | 'fresh' | 'postponed'> {
    const { known, graph } = this.#run
    if (verdict.state === 'unsettled' && isSpare(graph, task)) return 'fresh'
    // What will be reworked or kept has to be as it was, however little was looked at for the plan.
    if (task.gives?.lasting && (verdict.state !== 'fresh' || known.surveyOf(task.id).state !== 'intact'))
      await known.lookCloser(task)
    if (verdict.state === 'stale' && task.outline.takes.some(input => this.#isBeingMade(input)))
      return verdict.reason
    const digestOf: DigestOf = id =>
      graph.tasks.get(id)?.gives?.pins?.sha256 ??
      known.receiptOf(id)?.digest ??
      (graph.tasks.has(id) ? undefined : '')
    const now = judge(task, known.memoryOf(task.id), surveyForJudge(task, known), digestOf)
    const reason = reasonOf(now) ?? reasonOf(verdict)
    if (reason === undefined || (now.state === 'fresh' && !['forced', 'needed'].includes(reason.code)))
      return 'fresh'
    if (task.gives === undefined || doesWithout(task, { state: 'stale', reason }, this.#run)) return reason
    const givers = task.outline.takes.map(input => graph.tasks.get(input) as Task)
    return givers.every(giver => isAtHand(giver, known)) ? reason : 'postponed'
  }

  async #perform(task: Task, reason: Reason, signal: AbortSignal): Promise<State> {
    const run = this.#run
    const { tally } = run
    run.started.begin(task, reason)
    const done = await carryOut(run, task, reason, signal).catch((error: unknown) => {
      if (!(error instanceof Wanting)) throw error
      run.wishes.set(task.id, { ...error.wish, reason })
    })
    if (done === undefined) return 'postponed'
    run.wishes.delete(task.id)
    const { receipt, made } = done
    // Its bytes were hashed a moment ago.
    await run.known.lookAgain(task, 'tree')
    if (task.gives?.lasting === false) this.#passing.add(task)
    this.ran += 1
    tally.ran += 1
    if (reason.code === 'output-damaged') tally.repaired += 1
    if (task.gives?.lasting) {
      tally.filesWritten += made.written.length
      tally.bytesWritten += made.bytesWritten
    }
    run.started.finish(task, receipt, made)
    return 'done'
  }

  #fail(task: Task, error: unknown): State {
    return this.#failTelling(task, error, this.#diskOf(task))
  }

  #diskOf({ id }: Task): string {
    const memory = this.#run.known.memoryOf(id)
    if (memory?.state === 'started') return halfway
    const isDone = memory?.state === 'done' && Date.parse(memory.receipt.finished) >= this.#run.began
    return isDone ? unremoved : unplaced
  }

  #failTelling(task: Task, error: unknown, disk: string): State {
    if (this.#run.signal.aborted) return 'skipped'
    const problem = problemOf(error, { subject: subjectOf(task), disk })
    this.#failed.add(task.id)
    this.#run.started.fail(task, problem)
    return 'failed'
  }

  /** Done in this pass, or not part of it and recorded as done. */
  #isSettled(id: TaskId): boolean {
    const state = this.#states.get(id)
    return state === undefined ? this.#run.known.receiptOf(id) !== undefined : state === 'done'
  }

  /** Removes what does not last and is not needed any more. */
  #giveBack(isFree = (id: TaskId) => this.#awaited.hasNone(id, by => this.#isSettled(by))): void {
    for (const task of this.#passing) {
      if (this.#states.get(task.id) !== 'done') continue
      if (!isFree(task.id) || !this.#discard(task)) continue
      this.#passing.delete(task)
      this.#held.get(task.id)?.()
      this.#held.delete(task.id)
    }
  }

  /** False where it is to be kept. */
  #discard(task: Task): boolean {
    try {
      return discard(this.#run, task)
    } catch (error) {
      this.#states.set(task.id, this.#failTelling(task, error, unremoved))
      return true
    }
  }
}

const unremoved = 'Everything made from it is in place; some of it is left, and the next build removes it.'
const unplaced = 'Nothing of this task was placed; what was there before is as it was.'
const halfway = 'Some of its files may be in place, each of them whole; the next build goes on from there.'

const reasonOf = (verdict: Verdict): Reason | undefined =>
  verdict.state === 'stale' ? verdict.reason : undefined
