/** What the threads of a survey are told and what they answer. */

import type { Failure } from '../io/failure.ts'
import type { Differences, Reading, Subject } from './compare.ts'

/** A piece of work that one thread takes: entries in a row, to be looked at, or any entries, to be read. */
export type Part =
  | { readonly do: 'look'; readonly subject: number; readonly from: number; readonly to: number }
  | { readonly do: 'read'; readonly subject: number; readonly entries: Uint32Array }

export interface SweepOrder {
  readonly sweep: number
  readonly subjects: readonly Subject[]
  readonly parts: readonly Part[]
  /** Shared: the next part that nobody has taken; 1 when the sweep is to end; then 1 for each thread that has begun. */
  readonly claims: Int32Array
  /** Of `Stretching`. */
  readonly tellsUnreadable: boolean
  /** Which of the threads this is told. */
  readonly thread: number
}

export type SweepAnswer = { readonly sweep: number } & (
  | { readonly is: 'looked'; readonly part: number; readonly differences: Differences }
  | { readonly is: 'read'; readonly part: number; readonly found: Reading }
  | { readonly is: 'done' }
  | { readonly is: 'failed'; readonly failed: Failure }
)
