/** Bytes that come in pieces, asked for in the lengths that a reader needs. Knows neither where they come from nor what they mean. */

const nothing = Buffer.alloc(0)

export class Pull {
  readonly #pieces: AsyncIterator<Buffer>
  /** Not empty ones; what was taken of the first is cut off. */
  readonly #held: Buffer[] = []
  #heldBytes = 0
  #position = 0

  constructor(pieces: AsyncIterable<Buffer>) {
    this.#pieces = pieces[Symbol.asyncIterator]()
  }

  /** How many bytes were taken. */
  get position(): number {
    return this.#position
  }

  /** The next `length` bytes, which stay; fewer only where the source ends before. */
  async peek(length: number): Promise<Buffer> {
    if (this.#heldBytes < length) await this.#hold(length)
    const [first = nothing] = this.#held
    if (first.length >= length || this.#held.length < 2) return first.subarray(0, length)
    const joined = Buffer.concat(this.#held)
    this.#held.splice(0, this.#held.length, joined)
    return joined.subarray(0, length)
  }

  /** The next `length` bytes; fewer only where the source ends before. */
  async take(length: number): Promise<Buffer> {
    const bytes = await this.peek(length)
    this.#drop(bytes.length)
    return bytes
  }

  /** What is at hand, at most `length` bytes; none only where the source ends. */
  async some(length: number): Promise<Buffer> {
    if (this.#heldBytes === 0) await this.#hold(1)
    const bytes = (this.#held[0] ?? nothing).subarray(0, length)
    this.#drop(bytes.length)
    return bytes
  }

  /** Takes `length` bytes unseen; returns how many there were. */
  async skip(length: number): Promise<number> {
    let skipped = 0
    while (skipped < length) {
      const { length: got } = await this.some(length - skipped)
      if (got === 0) break
      skipped += got
    }
    return skipped
  }

  /** All that follows, piece by piece. */
  async *rest(): AsyncGenerator<Buffer> {
    for (;;) {
      const piece = await this.some(Number.POSITIVE_INFINITY)
      if (piece.length === 0) return
      yield piece
    }
  }

  async close(): Promise<void> {
    await this.#pieces.return?.()
  }

  async #hold(length: number): Promise<void> {
    while (this.#heldBytes < length) {
      const { done, value } = await this.#pieces.next()
      if (done) return
      if (value.length === 0) continue
      this.#held.push(value)
      this.#heldBytes += value.length
    }
  }

  #drop(length: number): void {
    this.#position += length
    this.#heldBytes -= length
    let left = length
    for (let first = this.#held[0]; first && left > 0; first = this.#held[0]) {
      if (first.length > left) {
        this.#held[0] = first.subarray(left)
        return
      }
      left -= first.length
      this.#held.shift()
    }
  }
}
