/** Named budgets: connections of a host, cores, disk, bytes per second. Knows no task and no clock but the one given. */

/** A number of places; who does not get one waits in order of weight, then of coming. */
export class Pool {
  readonly #waiting: { readonly weight: number; readonly amount: number; readonly enter: () => void }[] = []
  #size: number
  #used = 0

  constructor(size: number) {
    this.#size = size
  }

  get size(): number {
    return this.#size
  }

  /** Who holds a place keeps it, also where there are fewer than are held now. */
  resize(size: number): void {
    this.#size = size
    this.#admit()
  }

  /** Runs `work` while holding `amount` places. More than there are is cut to all of them. */
  async use<T>(work: () => Promise<T>, weight = 0, amount = 1): Promise<T> {
    const leave = await this.enter(weight, amount)
    try {
      return await work()
    } finally {
      leave()
    }
  }

  /** Resolves to the function that gives the places back; calling it twice is harmless. */
  enter(weight = 0, amount = 1): Promise<() => void> {
    const places = Math.min(amount, this.#size)
    return new Promise(resolve => {
      const enter = (): void => {
        this.#used += places
        let left = false
        resolve(() => {
          if (left) return
          left = true
          this.#used -= places
          this.#admit()
        })
      }
      const at = this.#waiting.findIndex(other => other.weight < weight)
      this.#waiting.splice(at < 0 ? this.#waiting.length : at, 0, { weight, amount: places, enter })
      this.#admit()
    })
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiting.length
  }

  #admit(): void {
    for (
      let next = this.#waiting[0];
      next && this.#used + Math.min(next.amount, this.#size) <= this.#size;
      next = this.#waiting[0]
    ) {
      this.#waiting.shift()
      next.enter()
    }
  }
}

/** A rate that many share: each taker waits until the bytes taken before it have had their time. */
export class Rate {
  readonly #bytesPerSecond: number
  readonly #now: () => number
  #freeAtMs = 0

  /** `now` in milliseconds. */
  constructor(bytesPerSecond: number, now: () => number = () => performance.now()) {
    this.#bytesPerSecond = bytesPerSecond
    this.#now = now
  }

  /** Milliseconds to wait before `bytes` may be used. */
  take(bytes: number): number {
    const now = this.#now()
    const start = Math.max(now, this.#freeAtMs)
    this.#freeAtMs = start + (bytes / this.#bytesPerSecond) * 1000
    return start - now
  }
}
