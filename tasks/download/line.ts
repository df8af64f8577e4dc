/**
 * The way to the bytes of one address: remembers where redirects led, so that each piece is asked for there, and goes
 * the whole way again when that address has expired. Does not judge answers.
 */

import { type Answer, type Ask, get, getStraight, type Patience } from '../../lib/io/http.ts'
import type { Inquiry } from '../../lib/model/task.ts'
import type { WebSource } from './sources.ts'

interface Piece {
  /** Within the file of the address. */
  readonly from: number
  readonly to?: number
  readonly ifRange?: string | undefined
}

export class Line {
  readonly #source: WebSource
  readonly #bench: Inquiry
  readonly #patience: Patience
  #shortcut: string | undefined

  constructor(source: WebSource, bench: Inquiry, patience: Patience) {
    this.#source = source
    this.#bench = bench
    this.#patience = patience
  }

  /** Goes the whole way: the first answer on it tells what only the first host knows. */
  async askAnew(piece: Piece, signal: AbortSignal): Promise<Answer> {
    this.#shortcut = undefined
    const { url, resolve } = this.#source
    const way = (await resolve?.(step => this.#get(step, { from: 0 }, signal))) ?? url
    const answer = await this.#get(way, piece, signal)
    if (answer.status === 200 || answer.status === 206) this.#shortcut = answer.url
    return answer
  }

  /** Straight to where the bytes were found. `expired`: the status where that opens nothing any more, and the whole way may. */
  async ask(piece: Piece, signal: AbortSignal): Promise<Answer | { readonly expired: number }> {
    const { url, hostname } = this.#source
    if (this.#shortcut === undefined) return this.askAnew(piece, signal)
    const { connections } = this.#bench.host(hostname)
    const answer = await getStraight(this.#asked(this.#shortcut, piece, signal), connections, this.#patience)
    if (this.#shortcut === url || !refusals.has(answer.status)) return answer
    answer.close()
    this.#shortcut = undefined
    return { expired: answer.status }
  }

  #get = (url: string, piece: Piece, signal: AbortSignal): Promise<Answer> =>
    get(this.#asked(url, piece, signal), this.#patience)

  #asked(url: string, { from, to, ifRange }: Piece, signal: AbortSignal): Ask {
    const { authorization, host } = this.#source
    return {
      url,
      isNamed: url === this.#source.url,
      ...(authorization !== undefined && new URL(url).host === host && { authorization }),
      from,
      ...(to !== undefined && { to }),
      ...(ifRange !== undefined && { ifRange }),
      headersOf: this.#bench.headersOf,
      signal,
      onRequest: () => this.#bench.requested(),
    }
  }
}

/** How hosts answer to a signature that is too old. */
const refusals: ReadonlySet<number> = new Set([400, 401, 403, 404, 410])
