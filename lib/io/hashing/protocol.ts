/** What is said between a hashing thread and who orders it. Types only. */

import type { Digests } from '../digest.ts'
import type { Failure } from '../failure.ts'

/** A digest under way, of the bytes before `position`: what it takes to go on from there, in another process too. */
export interface SavedHash {
  readonly position: number
  readonly state: string
}

export type HashingOrder =
  /** `from`: where an earlier one stopped. */
  | {
      readonly do: 'open'
      readonly job: number
      readonly path: string
      readonly md5: boolean
      readonly from: SavedHash | undefined
    }
  /** All bytes before `to` are there; `isLast`: there will be no more. */
  | { readonly do: 'hash'; readonly job: number; readonly to: number; readonly isLast: boolean }
  /** Tell how far it is, and go on. */
  | { readonly do: 'save'; readonly job: number }
  | { readonly do: 'close'; readonly job: number }

export type HashingAnswer =
  /** After `open`. Where nobody can go on from `from`, the job failed. */
  | { readonly job: number; readonly is: 'begun' }
  /** After each `save`, in their order. */
  | { readonly job: number; readonly is: 'saved'; readonly saved: SavedHash }
  /** Now and then. */
  | { readonly job: number; readonly is: 'under-way'; readonly position: number }
  | { readonly job: number; readonly is: 'done'; readonly digests: Digests }
  | { readonly job: number; readonly is: 'failed'; readonly failed: Failure }
