/** What is said between the threads that unpack and who orders it. Types only. */

import type { Failure } from '../failure.ts'
import type { SelectionColumns } from './selection.ts'

/** One archive, for all runs of it. */
export interface UnpackingJob {
  /** The archive, open for reading: threads of one process share what is open. */
  readonly handle: number
  readonly selection: SelectionColumns
  /** Absolute folder; the folders below it are there. */
  readonly folder: string
}

/** Neighbours in a selection, `[from, to)`: what one thread does before it asks for more. */
export interface Stretch {
  readonly from: number
  readonly to: number
}

/** `check`: the files lie there already; those that are not whole are removed. */
export type Work = 'unpack' | 'check'

export type UnpackingOrder =
  | { readonly do: 'open'; readonly id: number; readonly job: UnpackingJob }
  | ({ readonly do: Work; readonly id: number } & Stretch)
  /** At once, not in turn: what is being unpacked of it ends. */
  | { readonly do: 'stop'; readonly id: number }
  | { readonly do: 'close'; readonly id: number }

export type UnpackingAnswer =
  | ({ readonly id: number; readonly failed?: Failure } & Stretch)
  /** In the middle of a large entry. */
  | { readonly id: number; readonly wrote: number }
