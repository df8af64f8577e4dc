/**
 * A file that is being written and can already be read up to its watermark: all bytes before it are there. Who reads it
 * waits for more. Knows neither who writes nor who reads.
 */

export class Growing {
  readonly path: string
  #watermark = 0
  #state: 'growing' | 'whole' | Error = 'growing'
  readonly #waiting: {
    readonly bytes: number
    readonly wake: () => void
    readonly fail: (error: Error) => void
  }[] = []
  readonly #watchers = new Set<() => void>()

  /** Absolute. */
  constructor(path: string) {
    this.path = path
  }

  get watermark(): number {
    return this.#watermark
  }

  get isWhole(): boolean {
    return this.#state === 'whole'
  }

  /** The watermark moved on, or back to 0 where the file is written anew. */
  reach(watermark: number): void {
    this.#watermark = watermark
    this.#tell()
  }

  /** Nothing follows. */
  end(): void {
    this.#state = 'whole'
    this.#tell()
  }

  /** It will never be whole: who waits hears why. */
  fail(error: Error): void {
    this.#state = error
    this.#tell()
  }

  /** Resolves to the watermark once it is at `bytes`, or once the file is whole. Rejects where it never will be. */
  async until(bytes: number): Promise<number> {
    if (this.#state instanceof Error) throw this.#state
    if (this.#watermark < bytes && this.#state === 'growing')
      await new Promise<void>((wake, fail) => void this.#waiting.push({ bytes, wake, fail }))
    return this.#watermark
  }

  /** Calls `tell` after each move; the returned function ends that. */
  watch(tell: () => void): () => void {
    this.#watchers.add(tell)
    return () => void this.#watchers.delete(tell)
  }

  #tell(): void {
    for (const tell of this.#watchers) tell()
    const state = this.#state
    for (const waiter of this.#waiting.splice(0)) {
      if (state instanceof Error) waiter.fail(state)
      else if (state === 'whole' || this.#watermark >= waiter.bytes) waiter.wake()
      else this.#waiting.push(waiter)
    }
  }
}
