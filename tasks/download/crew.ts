/**
 * The connections that fetch one address together: how many there are, who fetches what, who is too slow. Knows no
 * answer: what a connection does is handed in.
 *
 * A connection that fails for a while leaves, and the others go on; the last one that fails ends the crew.
 */

import { ByteRanges } from '../../lib/model/byte-ranges.ts'
import type { Host } from '../../lib/model/host.ts'
import type { Problem } from '../../lib/model/problem.ts'
import { Pace } from './pace.ts'
import { backoffMs, longestWaitMs } from './rules.ts'
import { type Claim, Segments } from './segments.ts'
import { Tuner } from './tuner.ts'
import { claimBytes, leastTakenBytes, type Tuning } from './tuning.ts'

/** Thrown by a connection that may be worth another try. */
export class Setback extends Error {
  override readonly name = 'Setback'
  readonly problem: Problem
  /** What the host asked for; undefined leaves it to us. */
  readonly pauseMs: number | undefined
  /** It had too much of us, perhaps. */
  readonly crowded: boolean

  constructor(problem: Problem, pauseMs?: number, crowded = false) {
    super(problem.message)
    this.problem = problem
    this.pauseMs = pauseMs
    this.crowded = crowded
  }
}

/** One connection, for who watches it. */
export interface Member {
  claim: Claim | undefined
  received: number
  /** How long the host took for the last answer. */
  waitedMs: number
  /** What it brought waits for room on the disk: no fault of the host. */
  isHeld: boolean
  /** Ends this connection alone. */
  readonly leave: AbortController
}

export interface CrewWork {
  /** The first request: nobody knows yet how large the file is. */
  open(member: Member, signal: AbortSignal): Promise<void>
  /** Fetches what the member claimed. */
  fetch(member: Member, claim: Claim, signal: AbortSignal): Promise<void>
}

interface CrewOptions {
  readonly host: Host
  readonly tuning: Tuning
  readonly signal: AbortSignal
  /** No claim is larger, where nobody may be far ahead of the others. */
  readonly mostClaimBytes?: () => number
  /** Under this rate for `tuning.slowMs`, the address is given up. */
  readonly floor?: { readonly bytesPerSecond: number; readonly problem: (rate: number) => Problem }
}

export class Crew {
  readonly #work: CrewWork
  readonly #options: CrewOptions
  readonly #tuner: Tuner
  readonly #pace: Pace
  readonly #members = new Set<Member>()
  readonly #over = new AbortController()
  /** Undefined until the first answer: then one connection is all there is. */
  #segments: Segments | undefined
  #received = 0
  #busy = 0
  #setbacks = 0
  #lastSetback: Setback | undefined
  #fillAfterMs = 0
  #failure: unknown
  #end: () => void = () => {}

  constructor(work: CrewWork, options: CrewOptions) {
    this.#work = work
    this.#options = options
    const { floor, tuning } = options
    this.#pace = new Pace({ slowMs: tuning.slowMs, floorBytesPerSecond: floor?.bytesPerSecond ?? 0 })
    this.#tuner = new Tuner(options.host.connections, tuning.now())
  }

  /** Resolves when nothing is missing or is to be fetched any more, or to the last setback where everybody had one. Throws what ends the address. */
  async finish(): Promise<Setback | undefined> {
    const ended = new Promise<void>(resolve => {
      this.#end = resolve
    })
    const ticking = setInterval(() => this.#tick(), this.#options.tuning.tickMs)
    try {
      this.#start()
      await ended
    } finally {
      clearInterval(ticking)
      this.#over.abort()
    }
    if (this.#failure !== undefined) throw this.#failure
    if (this.#segments?.isDone || this.#segments?.isClosed) return undefined
    if (!this.#lastSetback) throw new Error('all connections left, and the file is not whole')
    return this.#lastSetback
  }

  /** Bytes came over a connection. */
  took(member: Member, bytes: number): void {
    member.received += bytes
    this.#received += bytes
  }

  /** The size is known and ranges work: others may join the first connection, which goes on with `claim`. */
  share(segments: Segments, member: Member, claim: Claim): void {
    this.#segments = segments
    member.claim = claim
    this.#fill()
  }

  /** There is more to do. */
  welcome(): void {
    this.#fill()
    this.#freeOne()
    this.#freeForWish()
  }

  /** What it brought waits for room on the disk, or does not any more. */
  hold(member: Member, isHeld: boolean): void {
    member.isHeld = isHeld
    if (isHeld) this.#freeOne()
  }

  #start(): void {
    const member: Member = {
      claim: undefined,
      received: 0,
      waitedMs: 0,
      isHeld: false,
      leave: new AbortController(),
    }
    this.#members.add(member)
    void this.#serve(member)
  }

  #fill(): void {
    const segments = this.#segments
    const { tuning } = this.#options
    if (!segments || this.#over.signal.aborted || tuning.now() < this.#fillAfterMs) return
    for (let more = this.#wanted(segments) - this.#members.size; more > 0; more -= 1) this.#start()
  }

  /** The last one is replaced whatever happened before: somebody has to go on. */
  #replace(): void {
    if (this.#members.size === 0) this.#start()
    else this.#fill()
  }

  async #serve(member: Member): Promise<void> {
    try {
      while (this.#segments?.isDone !== true && (await this.#options.host.connect(() => this.#turn(member))))
        this.#fill()
    } catch (error) {
      this.#takeSetback(member, error)
    } finally {
      this.#members.delete(member)
      // Its place is free for another.
      if (member.leave.signal.aborted && !this.#over.signal.aborted) this.#replace()
      this.#look()
    }
  }

  /** One request. False where nothing is left for this connection. */
  async #turn(member: Member): Promise<boolean> {
    if (this.#over.signal.aborted) return false
    const signal = AbortSignal.any([this.#options.signal, this.#over.signal, member.leave.signal])
    this.#busy += 1
    try {
      if (!this.#segments) {
        await this.#work.open(member, signal)
        // Nobody could join: it fetched all.
        this.#segments ??= new Segments(new ByteRanges(), 1)
        return true
      }
      if (this.#members.size > this.#allowed()) return !this.#members.delete(member)
      const { tuning } = this.#options
      const pace = [this.#pace.rateOf(member), member.waitedMs] as const
      // One that is alone goes on to the end.
      const bytes =
        this.#options.host.connections === 1
          ? Infinity
          : Math.min(claimBytes(tuning, ...pace), this.#options.mostClaimBytes?.() ?? Infinity)
      member.claim = this.#segments.claim(bytes, leastTakenBytes(tuning, ...pace))
      if (!member.claim) return false
      await this.#work.fetch(member, member.claim, signal)
      this.#setbacks = 0
      return true
    } finally {
      if (member.claim) this.#segments?.release(member.claim)
      member.claim = undefined
      this.#busy -= 1
      this.#look()
    }
  }

  /** More are not started. */
  #wanted(segments: Segments): number {
    return Math.min(segments.useful, this.#allowed())
  }

  /** More are not kept. */
  #allowed(): number {
    const { host, tuning } = this.#options
    return Math.min(host.connections, this.#tuner.wanted(this.#received, tuning.now(), this.#busy))
  }

  #takeSetback(member: Member, error: unknown): void {
    // Sent away because it crawled: its bytes are free again, and another one fetches them.
    if (member.leave.signal.aborted && !this.#over.signal.aborted) return
    if (!(error instanceof Setback)) return this.#fail(error)
    this.#lastSetback = error
    this.#setbacks += 1
    const { host, tuning } = this.#options
    if (error.pauseMs !== undefined) host.rest(Math.min(error.pauseMs, longestWaitMs))
    const others = this.#members.size - 1
    if (others > 0 && (error.crowded || error.problem.code === 'connection-failed')) host.crowded()
    this.#fillAfterMs = tuning.now() + backoffMs(this.#setbacks, Math.random())
  }

  #fail(error: unknown): void {
    this.#failure ??= error
    this.#over.abort()
    this.#look()
  }

  /** Whether that was all. Connections that only wait for their turn are not waited for. */
  #look(): void {
    const isOver = this.#over.signal.aborted || this.#segments?.isDone || this.#segments?.isClosed
    if ((isOver && this.#busy === 0) || this.#members.size === 0) this.#end()
  }

  /** Where everybody waits for room, and there will be none before other bytes are there that nobody fetches, one goes back for those. */
  #freeOne(): void {
    const busy = [...this.#members].filter(({ claim }) => claim !== undefined)
    if (this.#over.signal.aborted || busy.some(({ isHeld }) => !isHeld)) return
    const [last] = busy.toSorted((a, b) => (b.claim?.at ?? 0) - (a.claim?.at ?? 0))
    if (last && this.#segments?.isWantedBefore(last.claim?.at ?? 0)) last.leave.abort()
  }

  /** Where everybody has much to fetch, what somebody waits for is not left until the first is done: the last one goes for it. */
  #freeForWish(): void {
    const members = [...this.#members]
    const isTakenSoon = members.some(({ claim, leave }) => claim === undefined || leave.signal.aborted)
    if (this.#over.signal.aborted || isTakenSoon || this.#segments?.isWished !== true) return
    const { leastTakenBytes: little } = this.#options.tuning
    const busy = members.filter(({ claim }) => claim && claim.end - claim.at > little)
    const [last] = busy.toSorted((a, b) => (b.claim?.at ?? 0) - (a.claim?.at ?? 0))
    if (last && busy.length === members.length) last.leave.abort()
  }

  /** Looks at the rates of the last moments. */
  #tick(): void {
    const { floor, tuning } = this.#options
    // Whoever could end its claim by now has.
    if (this.#segments?.isClosed) return this.#members.forEach(({ leave }) => leave.abort())
    // Nobody at work is no slowness: a host asked for a rest, or others have their turn.
    if (this.#busy === 0) {
      this.#pace.rest()
      return this.#fill()
    }
    const claiming = [...this.#members].filter(({ claim }) => claim !== undefined)
    const busy = claiming.filter(({ isHeld }) => !isHeld)
    if (busy.length === 0) {
      this.#pace.rest()
      return this.#freeOne()
    }
    const { slowRate, crawlers } = this.#pace.look(busy, this.#received, tuning.now())
    for (const member of crawlers) member.leave.abort()
    if (slowRate !== undefined && floor) this.#fail(floor.problem(slowRate))
    else this.#fill()
  }
}
