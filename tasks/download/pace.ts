/**
 * How fast the connections of a crew are: whether all together stay under the floor of their host, and which of them
 * crawls beside the others. Pure: is told bytes and the time.
 */

/** What is looked at: the bytes that a connection brought so far. */
interface Paced {
  readonly received: number
}

interface Seen {
  received: number
  bytesPerSecond: number
  slowSinceMs: number | undefined
}

/** A connection slower than this share of the usual one crawls. */
const crawlingShare = 0.1
/** Bytes behind a crawling connection wait: it is given less time than a slow host. */
const crawlingTime = 1 / 3

export class Pace {
  readonly #slowMs: number
  readonly #floor: number
  readonly #seen = new WeakMap<Paced, Seen>()
  #usual = 0
  #received = 0
  #lookedMs: number | undefined
  #slowSinceMs: number | undefined

  constructor(options: { readonly slowMs: number; readonly floorBytesPerSecond: number }) {
    this.#slowMs = options.slowMs
    this.#floor = options.floorBytesPerSecond
  }

  /** Bytes a second at the last look. */
  rateOf(member: Paced): number {
    return this.#seen.get(member)?.bytesPerSecond ?? 0
  }

  /** Nobody is at work: what was seen before tells nothing of what comes after. */
  rest(): void {
    this.#slowSinceMs = undefined
    this.#lookedMs = undefined
  }

  /** `slowRate`: in bytes a second, where all together were under the floor for too long. */
  look<M extends Paced>(
    busy: readonly M[],
    received: number,
    nowMs: number,
  ): { readonly slowRate: number | undefined; readonly crawlers: readonly M[] } {
    const seconds = (nowMs - (this.#lookedMs ?? nowMs)) / 1000
    const rate = seconds > 0 ? (received - this.#received) / seconds : Number.POSITIVE_INFINITY
    this.#lookedMs = nowMs
    this.#received = received
    if (rate >= this.#floor) this.#slowSinceMs = undefined
    else this.#slowSinceMs ??= nowMs
    const isSlow = this.#slowSinceMs !== undefined && nowMs - this.#slowSinceMs >= this.#slowMs
    return { slowRate: isSlow ? rate : undefined, crawlers: this.#crawlers(busy, seconds, nowMs) }
  }

  #crawlers<M extends Paced>(busy: readonly M[], seconds: number, nowMs: number): readonly M[] {
    for (const member of busy) {
      const { received, slowSinceMs } = this.#seen.get(member) ?? { received: 0, slowSinceMs: undefined }
      const bytesPerSecond = seconds > 0 ? (member.received - received) / seconds : 0
      this.#seen.set(member, { received: member.received, bytesPerSecond, slowSinceMs })
    }
    const rates = busy.map(member => this.rateOf(member)).toSorted((a, b) => a - b)
    const middle = rates[rates.length >> 1] ?? 0
    // The last one at work is held against what was usual while there were others.
    if (busy.length > 1) this.#usual = Math.max(middle, this.#usual / 2)
    const usual = busy.length > 1 ? middle : this.#usual
    const crawlers = busy.filter(member => {
      const seen = this.#seen.get(member) as Seen
      if (seen.bytesPerSecond >= usual * crawlingShare) seen.slowSinceMs = undefined
      else seen.slowSinceMs ??= nowMs
      return seen.slowSinceMs !== undefined && nowMs - seen.slowSinceMs >= this.#slowMs * crawlingTime
    })
    // Once: who comes after it may not be faster.
    if (crawlers.length > 0 && busy.length === 1) this.#usual = 0
    return crawlers
  }
}
