/**
 * How many connections a file is worth: as many as the host's budget at once, then one fewer now and then, for as long
 * as that costs nothing, and one more again where that brings something. A host that throttles each connection keeps
 * all of them; one that is fast by itself keeps few. Pure: is told rates and the time.
 */

/** How long a number of connections is looked at before it is judged. */
const trialMs = 3_000
/** How long one that proved right is left alone. */
const contentMs = 30_000
/** A file that is here sooner is worth no trial. */
const firstMs = 10_000

interface Trial {
  readonly step: 1 | -1
  /** What the number before it brought, in bytes a millisecond. */
  readonly before: number
}

export class Tuner {
  readonly #most: number
  #wanted: number
  #trial: Trial | undefined
  #lastStep: 1 | -1 = 1
  #sinceMs: number
  #receivedThen = 0
  #waitMs = firstMs

  constructor(connections: number, nowMs: number) {
    this.#most = connections
    this.#wanted = connections
    this.#sinceMs = nowMs
  }

  /** Connections to use, given all bytes received so far, and how many are at work. */
  wanted(received: number, nowMs: number, atWork: number): number {
    // Who leaves first ends what it fetches: until then a trial tells nothing.
    const isEarly = this.#trial !== undefined && atWork > this.#wanted
    const elapsedMs = nowMs - this.#sinceMs
    if (!isEarly && elapsedMs < this.#waitMs) return this.#wanted
    const rate = (received - this.#receivedThen) / Math.max(1, elapsedMs)
    if (!isEarly) {
      if (this.#trial) this.#judge(rate, this.#trial)
      else this.#try(rate)
    }
    this.#sinceMs = nowMs
    this.#receivedThen = received
    return this.#wanted
  }

  /** Down and up in turns, where both can be. */
  #try(before: number): void {
    const canGoDown = this.#wanted > 1
    const canGoUp = this.#wanted < this.#most
    if (!canGoDown && !canGoUp) return
    const step = canGoDown && (this.#lastStep === 1 || !canGoUp) ? -1 : 1
    this.#lastStep = step
    this.#trial = { step, before }
    this.#wanted += step
    this.#waitMs = trialMs
  }

  /** A connection is worth its place where it brings half of its share or more. */
  #judge(rate: number, { step, before }: Trial): void {
    const connectionsBefore = this.#wanted - step
    const halfAShare = before / connectionsBefore / 2
    const isRight = step === -1 ? rate >= before - halfAShare : rate >= before + halfAShare
    this.#trial = undefined
    if (isRight) this.#lastStep = step === -1 ? 1 : -1
    else this.#wanted = connectionsBefore
    this.#waitMs = isRight ? trialMs : contentMs
  }
}
