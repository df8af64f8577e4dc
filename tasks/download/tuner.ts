/**
 * How many connections a file is worth: as many as the host's budget at once, then one fewer now and then, for as long
 * as that costs nothing. A host that throttles each connection keeps all of them; one that is fast by itself keeps few.
 * Pure: is told rates and the time.
 */

/** How long a number of connections is looked at before it is judged. */
const trialMs = 3_000
/** How long one that proved right is left alone. */
const contentMs = 30_000

export class Tuner {
  #wanted: number
  /** What the number before the trial brought; undefined: no trial is on. */
  #before: number | undefined
  #sinceMs: number
  #receivedThen = 0
  #waitMs = trialMs

  constructor(connections: number, nowMs: number) {
    this.#wanted = connections
    this.#sinceMs = nowMs
  }

  /** Connections to use, given all bytes received so far. */
  wanted(received: number, nowMs: number): number {
    const elapsedMs = nowMs - this.#sinceMs
    if (elapsedMs < this.#waitMs) return this.#wanted
    const rate = (received - this.#receivedThen) / elapsedMs
    if (this.#before === undefined) this.#try(rate)
    else this.#judge(rate, this.#before)
    this.#sinceMs = nowMs
    this.#receivedThen = received
    return this.#wanted
  }

  #try(rate: number): void {
    if (this.#wanted === 1) return
    this.#before = rate
    this.#wanted -= 1
    this.#waitMs = trialMs
  }

  /** A connection that brought less than half of its share is not missed. */
  #judge(rate: number, before: number): void {
    const isMissed = rate < before * (1 - 0.5 / (this.#wanted + 1))
    this.#before = undefined
    if (isMissed) this.#wanted += 1
    this.#waitMs = isMissed ? contentMs : trialMs
  }
}
