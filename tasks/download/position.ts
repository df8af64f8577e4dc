/** Where the bytes of one address belong in a file that has several, and what comes before what. Fetches nothing. */

import type { Answer } from '../../lib/io/http.ts'

/** An address whose bytes are all in the file. */
export interface Arrived {
  readonly bytes: number
  readonly etag: string | undefined
  readonly linked: Answer['linked']
  /** How many answers its bytes came in. */
  readonly pieces: number
}

/** Thrown where a transfer gave way to another address: what is missing is left for a later one. */
export class Elsewhere extends Error {
  override readonly name = 'Elsewhere'
}

/** Bytes `[from, to)` of the file. */
export interface Bytes {
  readonly from: number
  readonly to: number
}

export interface Position {
  /** Where the first byte of the address lies in the file. */
  readonly at: number
  /** Only these are fetched now, ahead of the turn of this address. */
  readonly ahead?: Bytes | undefined
  /** Hears the size of what lies at the address as soon as its host tells. */
  readonly onTotal: (bytes: number) => void
  /** Whether bytes that somebody waits for are to come from another address, and before these. */
  readonly isElsewhere: (wish: Bytes) => boolean
}
