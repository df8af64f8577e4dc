/** A token bucket: bytes pass at a rate, with a small burst that makes up for late timers. Knows no network. */

/** How far behind its rate it may be and catch up. */
const burstMs = 50

export class Bucket {
  readonly #bytesPerMs: number
  /** When all that was let through would have passed at the rate. */
  #paidMs = performance.now()

  constructor(bytesPerSecond: number) {
    this.#bytesPerMs = bytesPerSecond / 1000
  }

  /** Resolves when `bytes` may pass. First come, first served. */
  async take(bytes: number): Promise<void> {
    const now = performance.now()
    this.#paidMs = Math.max(this.#paidMs, now - burstMs) + bytes / this.#bytesPerMs
    const waitMs = this.#paidMs - now
    if (waitMs > 0) await new Promise(resolve => setTimeout(resolve, waitMs))
  }
}
