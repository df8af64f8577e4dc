/**
 * Who fetches which bytes: pieces of a file are claimed front to back, so that its beginning is whole early; near the
 * end a free connection takes over half of what a busy one has left. Pure: knows no connection.
 */

import { type ByteRange, ByteRanges } from '../../lib/model/byte-ranges.ts'

/** Bytes `[at, end)` that one connection fetches. `end` comes nearer where another one takes over the rest. */
export interface Claim {
  at: number
  end: number
}

export class Segments {
  readonly #free: ByteRanges
  readonly #claims = new Set<Claim>()
  /** What somebody waits for: fetched ahead of everything else. */
  readonly #wishes = new ByteRanges()
  readonly #leastBytes: number
  #isClosed = false

  /** `missing`: what is to be fetched. Less than `leastBytes` is not worth a connection of its own. */
  constructor(missing: ByteRanges, leastBytes: number) {
    this.#free = missing
    this.#leastBytes = leastBytes
  }

  /** Nobody needs to fetch anything any more; what was claimed may still be on its way. */
  get isClaimed(): boolean {
    return this.#free.firstIn(0) === undefined
  }

  /** Bytes were asked for ahead of everything else, and nobody fetches them. */
  get isWished(): boolean {
    return !this.#isClosed && this.#wished() !== undefined
  }

  /** Somebody waits for bytes that nobody fetches: asked for ahead of everything else, or before `at`. */
  isWantedBefore(at: number): boolean {
    if (this.#isClosed) return false
    return this.#wished() !== undefined || this.#free.firstIn(0, at) !== undefined
  }

  get isDone(): boolean {
    return this.isClaimed && this.#claims.size === 0
  }

  /** Nothing more is handed out: who fetches ends soon, and the rest is left. */
  get isClosed(): boolean {
    return this.#isClosed
  }

  close(bytes: number): void {
    this.#isClosed = true
    for (const claim of this.#claims) this.shorten(claim, bytes)
  }

  /** How many connections can be of use now, those at work included. */
  get useful(): number {
    if (this.#isClosed) return this.#claims.size
    const left = [...this.#claims].reduce((sum, { at, end }) => sum + end - at, this.#free.bytes())
    return Math.max(this.#claims.size, Math.ceil(left / this.#leastBytes), 1)
  }

  /**
   * The next bytes to fetch, about `bytes` of them; undefined where nothing worth it is left. From a busy connection no
   * less than `leastTaken` is taken over.
   */
  claim(bytes: number, leastTaken = this.#leastBytes): Claim | undefined {
    if (this.#isClosed) return undefined
    const wished = this.#wished()
    if (wished) return this.#take(wished)
    const free = this.#free.firstIn(0)
    if (!free) return this.#takeOver(leastTaken)
    const [from, to] = free
    // A rest that is not worth a connection of its own goes along.
    return this.#take([from, to - from - bytes < this.#leastBytes ? to : from + bytes])
  }

  /** Bytes that somebody waits for. Who holds more than `bytes` gives up the rest, so that there is somebody to fetch them. */
  wish(from: number, to: number, bytes: number): void {
    this.#wishes.add(from, to)
    // One that claimed everything would come to it last.
    for (const claim of this.#claims) if (claim.at < from) this.#cut(claim, from)
    if (this.#wished()) for (const claim of this.#claims) this.shorten(claim, bytes)
  }

  /** The claim is not worked on any more; what is left of it is free again. */
  release(claim: Claim): void {
    if (!this.#claims.delete(claim)) return
    this.#free.add(claim.at, claim.end)
  }

  /** Cut to about `bytes`: the rest is free for others. */
  shorten(claim: Claim, bytes: number): void {
    const end = claim.at + bytes
    if (claim.end - end >= this.#leastBytes) this.#cut(claim, end)
  }

  #cut(claim: Claim, end: number): void {
    if (claim.end <= end) return
    this.#free.add(end, claim.end)
    claim.end = end
  }

  /** The first of what is wished and free. */
  #wished(): ByteRange | undefined {
    for (let at = 0; ; ) {
      const wish = this.#wishes.firstIn(at)
      if (!wish) return undefined
      const free = this.#free.firstIn(...wish)
      if (free) return free
      at = wish[1]
    }
  }

  #take([at, end]: ByteRange): Claim {
    this.#free.remove(at, end)
    return this.#hold({ at, end })
  }

  #hold(claim: Claim): Claim {
    this.#claims.add(claim)
    return claim
  }

  #takeOver(leastTaken: number): Claim | undefined {
    const [largest] = [...this.#claims].toSorted((a, b) => b.end - b.at - (a.end - a.at))
    if (!largest || largest.end - largest.at < 2 * leastTaken) return undefined
    const middle = largest.at + Math.ceil((largest.end - largest.at) / 2)
    const taken = { at: middle, end: largest.end }
    largest.end = middle
    return this.#hold(taken)
  }
}
