/**
 * One address, asked until its bytes are all there or it brings nothing new: over as many connections as its host is
 * given, continued where an earlier attempt stopped, begun anew where the file is another one by now. Does not know the
 * other addresses, and does not compare digests.
 */

import type { Answer } from '../../lib/io/http.ts'
import type { Host } from '../../lib/model/host.ts'
import type { Problem } from '../../lib/model/problem.ts'
import { Anew, Spoiled, whyAnew } from './anew.ts'
import { checkAnnouncement, checkEncoding, checkPage, checkRoomForWhole } from './checks.ts'
import { firstMissing, ifRange, isBegun, mayContinue } from './continuation.ts'
import { type Crew, type CrewWork, type Member, Setback } from './crew.ts'
import { asked, endOf, toldEnd } from './ends.ts'
import type { Fetch } from './fetch.ts'
import { type Asked, isAnother, isWrongFile, judgeAnswer } from './judge.ts'
import { Line } from './line.ts'
import type { Origin } from './note.ts'
import { crewOf, persist, restIfExhausted } from './persist.ts'
import { type Arrived, Elsewhere, type Position } from './position.ts'
import { pour } from './pour.ts'
import * as problems from './problems.ts'
import { type Claim, Segments } from './segments.ts'
import type { WebSource } from './sources.ts'

/** Throws what ends the address, or Elsewhere. */
export const transfer = (source: WebSource, fetch: Fetch, position: Position): Promise<Arrived> =>
  new Transfer(source, fetch, position).run()

class Transfer implements CrewWork {
  readonly #source: WebSource
  readonly #fetch: Fetch
  readonly #at: number
  readonly #position: Position
  readonly #host: Host
  readonly #line: Line
  #crew: Crew | undefined
  #segments: Segments | undefined
  #total: number | undefined
  #etag: string | undefined
  #linked: Answer['linked'] = {}
  #pieces = 0
  /** Pieces of this host proved not to go together: it is asked over one connection, without ranges. */
  #isRangeless = false
  #unhear: () => void = () => {}

  constructor(source: WebSource, fetch: Fetch, position: Position) {
    this.#source = source
    this.#fetch = fetch
    this.#at = position.at
    this.#position = position
    this.#host = fetch.bench.host(source.hostname)
    this.#line = new Line(source, fetch.bench, fetch.patience)
  }

  async run(): Promise<Arrived> {
    await persist(this.#source, this.#fetch, () => this.#round())
    return { bytes: this.#total ?? 0, etag: this.#etag, linked: this.#linked, pieces: this.#pieces }
  }

  /** Until all is there, or everybody had a setback. */
  async #round(): Promise<Setback | undefined> {
    const { bench, part } = this.#fetch
    this.#crew = crewOf(this, this.#source, this.#host, this.#fetch)
    try {
      const setback = await this.#crew.finish()
      if (this.#segments?.isClosed && !this.#segments.isDone) throw new Elsewhere(this.#source.shown)
      return setback
    } catch (error) {
      bench.signal.throwIfAborted()
      if (error instanceof Anew) return this.#beginAnew(error)
      if (error instanceof Spoiled) {
        await part.empty(this.#at)
        throw error.problem
      }
      throw error
    } finally {
      this.#unhear()
    }
  }

  async open(member: Member, signal: AbortSignal): Promise<void> {
    const { part } = this.#fetch
    if (isBegun(part, this.#at) && !mayContinue(this.#fetch, this.#source, this.#at))
      await part.empty(this.#at)
    const was = part.originAt(this.#at)
    const from = this.#position.ahead
      ? this.#position.ahead.from - this.#at
      : firstMissing(part, was, this.#at)
    const piece = { from, ifRange: ifRange(this.#source, was) }
    const answer = await asked(() => this.#line.askAnew(piece, signal))
    restIfExhausted(this.#host, answer)
    try {
      await this.#begin(member, answer, from, was, signal)
    } finally {
      answer.close()
    }
  }

  async fetch(member: Member, claim: Claim, signal: AbortSignal): Promise<void> {
    const was = this.#fetch.part.originAt(this.#at)
    const from = claim.at - this.#at
    const piece = { from, to: claim.end - this.#at, ifRange: ifRange(this.#source, was) }
    const askedMs = this.#fetch.tuning.now()
    const answer = await asked(() => this.#line.ask(piece, signal))
    member.waitedMs = this.#fetch.tuning.now() - askedMs
    if ('expired' in answer) throw new Setback(problems.serverError(this.#source, answer.expired), 0)
    restIfExhausted(this.#host, answer)
    try {
      const judgement = judgeAnswer(answer, this.#askedFor(from, true, was))
      switch (judgement.is) {
        case 'fit':
          await this.#pour(member, answer, claim, signal)
          return this.#expectFilled(claim, this.#at + from, judgement.end)
        case 'whole-file':
        case 'unfit':
          // Pieces of this host do not go together: one connection, from now on.
          this.#isRangeless = true
          if (judgement.is === 'unfit') throw endOf(judgement)
          throw new Anew(was && isAnother(was, judgement.origin) ? 'another' : 'ignored', judgement.origin)
        case 'try-again':
        case 'refused':
          throw endOf(judgement)
      }
    } finally {
      answer.close()
    }
  }

  /** The first answer: what it says of the file, then its bytes. */
  async #begin(
    member: Member,
    answer: Answer,
    from: number,
    was: Origin | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const { params, part, bench } = this.#fetch
    const judgement = judgeAnswer(answer, this.#askedFor(from, from > 0, was))
    if (judgement.is !== 'fit' && judgement.is !== 'whole-file') throw endOf(judgement)
    const { origin } = judgement
    if (answer.status === 200) await checkPage(params, this.#source, answer)
    checkEncoding(params, this.#source, answer)
    if (this.#isAlone) checkAnnouncement(params, this.#source, origin.total, answer.linked)
    const isOther = was !== undefined && isAnother(was, origin)
    if (isBegun(part, this.#at) && (judgement.is === 'whole-file' || isOther)) {
      bench.tell(whyAnew(this.#source, isOther, part.length))
      await part.empty(this.#at)
    }
    if (origin.total !== undefined) {
      const total = this.#at + origin.total
      checkRoomForWhole(params, bench, { total, left: total - part.length })
    }
    await part.continueFrom(origin)
    this.#total = origin.total
    if (origin.total !== undefined) this.#position.onTotal(origin.total)
    this.#etag = answer.headers.etag
    this.#linked = answer.linked
    const start = judgement.is === 'whole-file' ? 0 : from
    const claim = this.#claimFirst(member, answer, this.#at + start)
    await this.#pour(member, answer, claim, signal)
    if (this.#total === undefined) this.#total = claim.at - this.#at
    else this.#expectFilled(claim, this.#at + start, member.claim && toldEnd(judgement))
  }

  /** A host may send less than it was asked for, and says so: no reason to complain, where others fetch the rest. */
  #expectFilled(claim: Claim, from: number, toldEnd: number | undefined): void {
    const isAsTold = claim.at > from && claim.at - this.#at === toldEnd
    if (claim.at < claim.end && !isAsTold)
      throw new Setback(
        problems.tooShort(this.#source, claim.at - this.#at, this.#total ?? claim.end - this.#at),
      )
  }

  /** What the first connection takes. Others may join where ranges work and bytes of several answers go together. */
  #claimFirst(member: Member, answer: Answer, from: number): Claim {
    const { part, tuning } = this.#fetch
    if (this.#total === undefined) {
      part.keepWhole()
      return { at: from, end: Number.POSITIVE_INFINITY }
    }
    const end = this.#at + this.#total
    const { ahead } = this.#position
    const missing = part.gaps(ahead?.from ?? this.#at, Math.min(end, ahead?.to ?? end))
    const takesRanges = answer.status === 206 || answer.headers['accept-ranges'] === 'bytes'
    const segments = new Segments(missing, tuning.leastBytes)
    const claim = segments.claim(Number.POSITIVE_INFINITY)
    if (!claim || !takesRanges || this.#isRangeless || !mayContinue(this.#fetch, this.#source, this.#at)) {
      part.keepWhole()
      return { at: from, end }
    }
    const first = Math.min(tuning.claimBytes, part.claimBytes(this.#host.connections))
    if (this.#host.connections > 1) segments.shorten(claim, first)
    this.#unhear()
    this.#segments = segments
    this.#unhear = part.growing.hear(wish => {
      if (this.#position.isElsewhere(wish)) return segments.close(tuning.leastTakenBytes)
      segments.wish(Math.max(wish.from, this.#at), Math.min(wish.to, end), first)
      this.#crew?.welcome()
    })
    this.#crew?.share(segments, member, claim)
    return claim
  }

  async #pour(member: Member, answer: Answer, claim: Claim, signal: AbortSignal): Promise<void> {
    this.#pieces += 1
    const { bench, params, part } = this.#fetch
    const total = this.#isAlone ? (this.#total ?? params.download.size?.bytes) : params.download.size?.bytes
    const end = this.#total === undefined ? undefined : this.#at + this.#total
    const onBytes = (bytes: number): void => {
      bench.received(bytes)
      this.#crew?.took(member, bytes)
      bench.progress(part.length, total, 'bytes')
    }
    const pouring = {
      ...this.#fetch,
      source: this.#source,
      host: this.#host,
      at: this.#at,
      end,
      signal,
      onBytes,
      onHeld: (isHeld: boolean) => this.#crew?.hold(member, isHeld),
    }
    try {
      await asked(() => pour(answer, claim, pouring))
    } catch (error) {
      signal.throwIfAborted()
      throw isWrongFile(error) ? new Spoiled(error as Problem) : error
    }
  }

  async #beginAnew({ why, origin, found }: Anew): Promise<Setback> {
    const { part, bench } = this.#fetch
    const was = part.originAt(this.#at)
    const isOther = was !== undefined && origin !== undefined && isAnother(was, origin)
    if (isOther || why === 'ignored') bench.tell(whyAnew(this.#source, isOther, part.length))
    await part.empty(this.#at)
    return new Setback(problems.unfitRange(this.#source, found ?? 'the whole file'), 0)
  }

  #askedFor(from: number, isPart: boolean, was: Origin | undefined): Asked {
    return { params: this.#fetch.params, source: this.#source, from, isPart, was, at: this.#at }
  }

  /** The file has no other parts: what is told of it is told of the whole. */
  get #isAlone(): boolean {
    return this.#fetch.parts === 1
  }
}
