/** The sizes and times that a transfer works with. Tests have their own. */

import { type SpendingSizes, usualSizes } from '../../lib/model/spending.ts'

export interface Tuning {
  /** Less than this is not worth a connection of its own. */
  readonly leastBytes: number
  /** But a connection that is there takes over less from a busy one, where its host answers at once. */
  readonly leastTakenBytes: number
  /** A claim is at least so large. */
  readonly claimBytes: number
  readonly mostClaimBytes: number
  /** It is what its connection brings in so many times the wait for an answer, or in so many seconds if that is less. */
  readonly claimWaits: number
  readonly claimSeconds: number
  /** A sync begins after so many bytes, or so long. */
  readonly syncBytes: number
  readonly syncMs: number
  /** Where the disk syncs slower than bytes come, they wait here: more than this is never fetched again after a crash. */
  readonly mostUnsyncedBytes: number
  /** A file of less than this is hashed at its end; a longer one while it arrives, so much at once. */
  readonly hashFromBytes: number
  readonly hashPieceBytes: number
  /** What is given back of an archive while it is unpacked. */
  readonly spending: SpendingSizes
  /** How often rates are looked at. */
  readonly tickMs: number
  /** How long a connection may crawl, or a host stay under its floor. */
  readonly slowMs: number
  readonly now: () => number
}

export const usual: Tuning = {
  leastBytes: 4 << 20,
  leastTakenBytes: 1 << 20,
  claimBytes: 16 << 20,
  mostClaimBytes: 64 << 20,
  claimWaits: 50,
  claimSeconds: 4,
  syncBytes: 64 << 20,
  syncMs: 5_000,
  mostUnsyncedBytes: 512 << 20,
  hashFromBytes: 8 << 20,
  hashPieceBytes: 1 << 20,
  spending: usualSizes,
  tickMs: 1_000,
  slowMs: 30_000,
  now: () => performance.now(),
}

/** Of a file of which only parts are wanted: its end, where archives have their directory. It is asked for first. */
export const tailBytes = 128 << 10

/** Large enough for the wait for an answer not to count, and no larger: the file grows from its beginning. */
export function claimBytes(tuning: Tuning, bytesPerSecond: number, waitedMs: number): number {
  const seconds = Math.min(tuning.claimSeconds, (waitedMs * tuning.claimWaits) / 1000)
  const worth = Math.round(bytesPerSecond * seconds)
  return Math.min(tuning.mostClaimBytes, Math.max(tuning.claimBytes, worth))
}

/** So much that asking for it does not last longer than leaving it to who fetches it now; without a rate nobody knows. */
export function leastTakenBytes(tuning: Tuning, bytesPerSecond: number, waitedMs: number): number {
  if (bytesPerSecond === 0) return tuning.leastBytes
  const worth = Math.round((bytesPerSecond * waitedMs * askingWaits) / 1000)
  return Math.min(tuning.leastBytes, Math.max(tuning.leastTakenBytes, worth))
}

/** A new connection, perhaps an encrypted one, and the answer. */
const askingWaits = 4
