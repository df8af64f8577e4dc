/** Some pieces of work at once, and no more memory in them than was allowed. Knows no work. */

export class Lanes {
  readonly #most: { readonly count: number; readonly bytes: number }
  readonly #running = new Set<Promise<void>>()
  #bytes = 0
  #failed: { readonly error: unknown } | undefined

  constructor(most: { readonly count: number; readonly bytes: number }) {
    this.#most = most
  }

  /** Resolves when the work has begun; throws the first failure of any before it. */
  async start(bytes: number, work: () => Promise<void>): Promise<void> {
    while (this.#running.size > 0 && !this.#hasRoom(bytes)) await Promise.race(this.#running)
    this.#throwFailure()
    this.#bytes += bytes
    const running: Promise<void> = work()
      .catch((error: unknown) => void (this.#failed ??= { error }))
      .finally(() => {
        this.#bytes -= bytes
        this.#running.delete(running)
      })
    this.#running.add(running)
  }

  /** Resolves when all work is done; throws the first failure of any. */
  async idle(): Promise<void> {
    await this.end()
    this.#throwFailure()
  }

  /** Resolves when nothing is at work any more. */
  async end(): Promise<void> {
    await Promise.all(this.#running)
  }

  #hasRoom(bytes: number): boolean {
    return this.#running.size < this.#most.count && this.#bytes + bytes <= this.#most.bytes
  }

  #throwFailure(): void {
    if (this.#failed) throw this.#failed.error
  }
}
