/** What is said between a hashing thread and who orders it. Types only. */

import type { Digests } from '../digest.ts'

export type HashingOrder =
  | { readonly do: 'open'; readonly job: number; readonly path: string; readonly md5: boolean }
  /** All bytes before `to` are there; `isLast`: there will be no more. */
  | { readonly do: 'hash'; readonly job: number; readonly to: number; readonly isLast: boolean }
  | { readonly do: 'close'; readonly job: number }

export type HashingAnswer =
  | { readonly job: number; readonly bytes: number; readonly digests: Digests }
  | { readonly job: number; readonly failed: string }
