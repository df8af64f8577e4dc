/**
 * The playground that files were taken from. A hard link changes a time of the file that it is to (`ctime`), and its record
 * would vouch for none of them any more: so that record is renewed, as a build there would do it after reading them all.
 */

import { join } from 'node:path'
import { errorCode, lookThrough } from '../../io/disk.ts'
import { takeLock } from '../../lock.ts'
import { stateFolder } from '../../model/layout.ts'
import { type Manifest, type Times, withTimes } from '../../model/manifest.ts'
import { Problem } from '../../model/problem.ts'
import { openReceipts } from '../../receipts/receipts.ts'
import type { Run } from '../context.ts'
import { nextTick } from '../times.ts'
import type { Recorded } from './other.ts'
import type { Seen, Spot } from './seen.ts'

/** Right behind the links. Where that playground is at work, or not ours to write to, it finds out by itself. */
export async function renewGivers(run: Run, seen: Seen): Promise<void> {
  for (const [i, spot] of seen.spots.entries()) {
    if (spot.vouching === undefined || spot.isHome) continue
    try {
      await renew(spot.vouching, { seen, spot: i, run })
    } catch (error) {
      const isRefused = error instanceof Problem || refused.has(errorCode(error))
      if (!isRefused) throw error
    }
  }
}

const refused: ReadonlySet<string | undefined> = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOENT', 'ENOSPC'])

interface Linked {
  readonly seen: Seen
  /** Where the files that were linked lie, by its index. */
  readonly spot: number
  readonly run: Run
}

async function renew({ record, entry }: NonNullable<Spot['vouching']>, linked: Linked): Promise<void> {
  const { root, receipt, manifest } = record
  const { id: runId, root: own } = linked.run
  // Held by us already, and its records are open.
  if (root === own) return
  const state = join(root, stateFolder)
  const lock = takeLock(state, { runId, onLost: () => {} })
  try {
    const receipts = openReceipts(state, { readOnly: false, runId })
    try {
      const memory = receipts.memoryOf(receipt.task)
      if (memory?.state !== 'done' || memory.receipt.manifest !== receipt.manifest) return
      const takenAtMs = await nextTick(state)
      const renewed = withTimes(manifest, takenAtMs, timesOf(manifest, entry, linked))
      receipts.done({ ...receipt, manifest: receipts.saveManifest(receipt.task, renewed) })
      receipts.dropUnused()
    } finally {
      receipts.close()
    }
  } finally {
    lock.release()
  }
}

const untrusted: Times = { mtimeMs: 0, ctimeMs: 0, ino: 0 }

/** Of files that are the very ones that were read or vouched for. What was racy and is none of those is read again there. */
function* timesOf(
  manifest: Recorded['manifest'],
  entry: (k: number) => number,
  { seen, spot }: Linked,
): Generator<readonly [number, Times]> {
  for (const i of racyIn(manifest)) yield [i, untrusted]
  for (let k = 0; k < seen.files.count; k += 1) {
    const i = entry(k)
    if (i < 0 || !seen.isRight(k) || seen.spot(k) !== spot || seen.sha256(k) !== manifest.sha256(i)) continue
    const stats = lookThrough(seen.pathOf(k))
    if (stats !== undefined && seen.isStill(k, stats)) yield [i, stats]
  }
}

function* racyIn(manifest: Manifest): Generator<number> {
  for (let i = 0; i < manifest.count; i += 1)
    if (Math.max(manifest.mtimeMs(i), manifest.ctimeMs(i)) >= manifest.takenAtMs) yield i
}
