/**
 * A file at one address of which only some ranges are wanted: they lie in a sparse file, at the positions that they have
 * in the whole, and can be read while others still come. Knows no format, and not the other addresses.
 */

import { closeSync, openSync } from 'node:fs'
import { Growing } from '../../lib/io/growing.ts'
import { type RandomAccess, readAt } from '../../lib/io/zip/random-access.ts'
import { type ByteRange, ByteRanges } from '../../lib/model/byte-ranges.ts'
import type { GrowingFile } from '../../lib/model/growing-file.ts'
import type { Host } from '../../lib/model/host.ts'
import { checkAnnouncement, checkEncoding, checkRoom } from './checks.ts'
import { ifRange } from './continuation.ts'
import { type Crew, type CrewWork, type Member, Setback } from './crew.ts'
import { asked, endOf } from './ends.ts'
import type { Asking, Fetch } from './fetch.ts'
import { isAnother, type Judgement, judgeAnswer } from './judge.ts'
import { Line } from './line.ts'
import type { Origin } from './note.ts'
import { crewOf, persist, restIfExhausted } from './persist.ts'
import { pour } from './pour.ts'
import * as problems from './problems.ts'
import { type Claim, Segments } from './segments.ts'
import type { WebSource } from './sources.ts'
import { tailBytes } from './tuning.ts'

/** The host gives no ranges, or no version that would say that they go together. */
export class Rangeless extends Error {
  override readonly name = 'Rangeless'
}

/** The host has another file by now than that of the ranges that are there. */
export class Replaced extends Error {
  override readonly name = 'Replaced'
}

/** Less than this is not worth a connection of its own: pieces are small, and most of the time is waiting. */
const leastBytes = 256 << 10
/** Who reads so much at once goes on reading: so much more is asked for along with it. */
const longReadBytes = 1 << 20
const aheadBytes = 64 << 20

export class RangedFile implements CrewWork, RandomAccess {
  readonly host: string
  readonly #source: WebSource
  readonly #fetch: Fetch<Asking>
  readonly #host: Host
  readonly #line: Line
  readonly #stop = new AbortController()
  #bytes: number | undefined
  #handle: number | undefined
  #segments = new Segments(new ByteRanges(), leastBytes)
  #crew: Crew | undefined
  /** What ended the asking. */
  failure: unknown

  private constructor(source: WebSource, fetch: Fetch<Asking>, bytes: number | undefined) {
    const { bench } = fetch
    this.host = source.host
    this.#source = source
    this.#fetch = {
      ...fetch,
      bench: { ...bench, signal: AbortSignal.any([bench.signal, this.#stop.signal]) },
    }
    this.#host = bench.host(source.hostname)
    this.#line = new Line(source, this.#fetch.bench, fetch.patience)
    this.#bytes = bytes
  }

  /** Asks for the end of the file first. `bytes`: how large it should be, where anybody knows. Throws Rangeless. */
  static async open(source: WebSource, fetch: Fetch<Asking>, bytes: number | undefined): Promise<RangedFile> {
    const { part } = fetch
    const was = part.originAt(0)
    if (part.length > 0 && !(was && isOfSource(was, source))) await part.empty()
    const file = new RangedFile(source, fetch, part.originAt(0)?.total ?? bytes)
    if (file.#bytes === undefined) await file.#bring([[0, 1]])
    else await file.#bringTail(file.#bytes)
    const total = part.originAt(0)?.total
    if (total === undefined) throw new Rangeless(`${source.host} tells no size`)
    file.#bytes = total
    await file.#bringTail(total)
    file.#handle = openSync(part.growing.path, 'r')
    return file
  }

  get name(): string {
    return this.#fetch.params.fileName
  }

  get bytes(): number {
    return this.#bytes as number
  }

  /** Of the sparse file. */
  get handle(): number {
    return this.#handle as number
  }

  async read(offset: number, length: number): Promise<Buffer> {
    await this.#bring([[offset, this.#endOfRead(offset, length)]])
    return readAt(this.handle, this.name, offset, length)
  }

  /** Brings these ranges (sorted) while `use` reads them: up to the watermark, those of them that lie before it are there. */
  async bringWhile(
    ranges: readonly ByteRange[],
    use: (growing: GrowingFile) => Promise<void>,
  ): Promise<void> {
    const { part } = this.#fetch
    const growing = new Growing(part.growing.path)
    const reader = growing.read()
    let first = 0
    const advance = (): void => {
      while (first < ranges.length && part.gaps(...(ranges[first] as ByteRange)).bytes() === 0) first += 1
      const [from, to] = ranges[first] ?? [this.bytes, this.bytes]
      growing.reach(part.gaps(from, to).firstIn(from)?.[0] ?? from)
    }
    growing.measure(this.bytes)
    const unwatch = part.growing.watch(advance)
    advance()
    const brought = this.#bring(ranges).then(advance, (error: Error) => growing.fail(error))
    try {
      await use(reader)
    } catch (error) {
      this.#stop.abort(error)
      throw error
    } finally {
      await brought
      unwatch()
      reader.close()
    }
  }

  close(): Promise<void> {
    if (this.#handle !== undefined) closeSync(this.#handle)
    this.#handle = undefined
    return Promise.resolve()
  }

  #bringTail = (bytes: number): Promise<void> => this.#bring([[Math.max(0, bytes - tailBytes), bytes]])

  /** A long read is one of many: what lies behind it comes along, up to what is there already. */
  #endOfRead(offset: number, length: number): number {
    const end = offset + length
    if (length < longReadBytes) return end
    const missing = this.#fetch.part.gaps(offset, Math.min(this.bytes, offset + aheadBytes)).firstIn(offset)
    return Math.max(end, missing?.[1] ?? end)
  }

  async #bring(ranges: readonly ByteRange[]): Promise<void> {
    const { part, params, bench } = this.#fetch
    const missing = (): ByteRanges =>
      new ByteRanges(ranges.flatMap(([from, to]) => part.gaps(from, to).toJSON()))
    const bytes = missing().bytes()
    if (bytes === 0) return
    checkRoom(params, bench.shelf, bytes)
    try {
      await persist(this.#source, this.#fetch, () => {
        this.#segments = new Segments(missing(), leastBytes)
        this.#crew = crewOf(this, this.#source, this.#host, this.#fetch)
        return this.#crew.finish()
      })
    } catch (error) {
      this.failure = error
      throw error
    }
  }

  async open(member: Member, signal: AbortSignal): Promise<void> {
    const { tuning } = this.#fetch
    const claim = this.#segments.claim(this.#host.connections === 1 ? Infinity : tuning.claimBytes)
    if (!claim) throw new Error('nothing of the file is wanted')
    this.#crew?.share(this.#segments, member, claim)
    await this.fetch(member, claim, signal)
  }

  async fetch(member: Member, claim: Claim, signal: AbortSignal): Promise<void> {
    const { params, part, tuning } = this.#fetch
    const was = part.originAt(0)
    const from = claim.at
    const askedMs = tuning.now()
    const piece = { from, to: claim.end, ifRange: ifRange(this.#source, was) }
    const answer = await asked(() => this.#line.ask(piece, signal))
    member.waitedMs = tuning.now() - askedMs
    if ('expired' in answer) throw new Setback(problems.serverError(this.#source, answer.expired), 0)
    restIfExhausted(this.#host, answer)
    try {
      const judgement = judgeAnswer(answer, { params, source: this.#source, from, isPart: true, was, at: 0 })
      const { origin, end } = this.#fitting(judgement, answer.status, was)
      checkEncoding(params, this.#source, answer)
      checkAnnouncement(params, this.#source, origin.total, answer.linked)
      if (!was) await part.continueFrom(origin)
      this.#bytes ??= origin.total
      const onBytes = (bytes: number): void => {
        this.#fetch.bench.received(bytes)
        this.#crew?.took(member, bytes)
      }
      const onHeld = (isHeld: boolean): void => this.#crew?.hold(member, isHeld)
      const pouring = {
        ...this.#fetch,
        source: this.#source,
        host: this.#host,
        at: 0,
        signal,
        onBytes,
        onHeld,
      }
      await asked(() => pour(answer, claim, { ...pouring, end: origin.total }))
      const isAsTold = claim.at > from && claim.at === end
      if (claim.at < claim.end && !isAsTold)
        throw new Setback(problems.tooShort(this.#source, claim.at, claim.end))
    } finally {
      answer.close()
    }
  }

  /** What is as it was asked for; everything else ends in its own way. */
  #fitting(
    judgement: Judgement,
    status: number,
    was: Origin | undefined,
  ): Judgement & { readonly is: 'fit' } {
    switch (judgement.is) {
      case 'fit':
        // Later answers may leave out what the first one told.
        if (status === 206 && (was ?? judgement.origin.validator ?? judgement.origin.sha256)) return judgement
        throw new Rangeless(`${this.host} gives no ranges`)
      case 'whole-file':
      case 'unfit':
        throw was && (!judgement.origin || isAnother(was, judgement.origin))
          ? new Replaced(`${this.host} has another file by now`)
          : new Rangeless(`${this.host} gives no ranges`)
      case 'try-again':
      case 'refused':
        throw endOf(judgement)
    }
  }
}

/** Whether what was kept of it may stand beside what that address gives. */
const isOfSource = (was: Origin, { identity }: WebSource): boolean =>
  was.identity === identity && (was.validator !== undefined || was.sha256 !== undefined)
