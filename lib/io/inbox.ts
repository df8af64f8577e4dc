/**
 * Takes the bytes of a stream as they come and keeps them until somebody asks, so that what arrived before a connection
 * broke is not lost with it: a stream that is destroyed drops its own buffer. Knows no HTTP.
 */

import type { Readable } from 'node:stream'

/** Nothing came in time. */
export class Stall extends Error {
  override readonly name = 'Stall'
}

type State =
  | { readonly is: 'open' }
  | { readonly is: 'ended' }
  | { readonly is: 'broken'; readonly error: Error }

export class Inbox {
  readonly #stream: Readable
  readonly #mostBytes: number
  readonly #pieces: Buffer[] = []
  #bytes = 0
  #state: State = { is: 'open' }
  #wake: (() => void) | undefined

  /** Reads ahead by about `mostBytes`. */
  constructor(stream: Readable, mostBytes = 256 << 10) {
    this.#stream = stream
    this.#mostBytes = mostBytes
    stream.on('data', (piece: Buffer) => this.#take(piece))
    stream.once('end', () => this.#settle({ is: 'ended' }))
    stream.on('error', error => this.#settle({ is: 'broken', error }))
    stream.once('close', () => this.#settle({ is: 'broken', error: new Error('closed before its end') }))
  }

  /** All pieces in order. Then the end, the error of the stream, or a Stall when it is silent for `stallMs` while we wait. */
  async *pieces(stallMs: number): AsyncGenerator<Buffer> {
    for await (const batch of this.batches(stallMs)) yield* batch
  }

  /** The same, with all that came since the last time at once. */
  async *batches(stallMs: number): AsyncGenerator<readonly Buffer[]> {
    for (;;) {
      if (this.#pieces.length > 0) {
        const batch = this.#pieces.splice(0)
        this.#bytes = 0
        this.#stream.resume()
        yield batch
      } else if (this.#state.is === 'open') await this.#wait(stallMs)
      else if (this.#state.is === 'ended') return
      else throw this.#state.error
    }
  }

  #take(piece: Buffer): void {
    this.#pieces.push(piece)
    this.#bytes += piece.length
    if (this.#bytes >= this.#mostBytes) this.#stream.pause()
    this.#wake?.()
  }

  /** The first word counts: an error after the end, or the closing after an error, tells nothing new. */
  #settle(state: State): void {
    if (this.#state.is === 'open') this.#state = state
    this.#wake?.()
  }

  async #wait(stallMs: number): Promise<void> {
    const watchdog = setTimeout(() => {
      this.#settle({ is: 'broken', error: new Stall() })
      this.#stream.destroy()
    }, stallMs)
    try {
      await new Promise<void>(resolve => {
        this.#wake = resolve
      })
    } finally {
      clearTimeout(watchdog)
      this.#wake = undefined
    }
  }
}
