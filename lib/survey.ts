/**
 * Looks at what lies on disk and holds it against manifests. Changes nothing, and does not know what should happen
 * when something differs: that is judge's and run's business.
 */

import type { Stats } from 'node:fs'
import { join } from 'node:path'
import { sha256OfFile } from './io/digest.ts'
import { look, lookThrough } from './io/disk.ts'
import type { Manifest } from './model/manifest.ts'
import type { ReadFile } from './model/receipt.ts'
import type { Survey } from './model/verdict.ts'

/** How deep to look: only that the place exists · every file's size and times · every byte. */
export type Tier = 'record' | 'tree' | 'hash'

/** What was seen of one artifact. */
export interface Look {
  readonly survey: Survey
  /** Indexes of entries that are missing or edited. */
  readonly bad: ReadonlySet<number>
  /** Entries whose times changed but not their bytes, with what `lstat` says now. */
  readonly touched: ReadonlyMap<number, Stats>
}

export interface LookOptions {
  readonly tier: Tier
  /** A link counts as the file that it leads to. */
  readonly throughLinks?: boolean
  readonly signal?: AbortSignal
  /** After each file that had to be read, with its bytes. */
  readonly onHashed?: (bytes: number) => void
}

/** More names than this are counted, not listed. */
const listed = 200

/**
 * The artifact at `place` (absolute; the file itself, or the top folder of a tree) against its manifest. Files whose
 * size, times and inode are as recorded count as unchanged unless the tier is `hash`; others are read.
 */
export async function lookAt(
  place: string,
  form: 'file' | 'tree',
  manifest: Manifest,
  options: LookOptions,
): Promise<Look> {
  const bad = new Set<number>()
  const touched = new Map<number, Stats>()
  const missing: string[] = []
  const edited: string[] = []
  let missingCount = 0
  if (options.tier === 'record' && look(place) !== undefined)
    return { survey: { state: 'intact', refreshed: 0 }, bad, touched }

  for (let i = 0; i < manifest.count; i += 1) {
    const path = manifest.path(i)
    const file = form === 'file' ? place : join(place, path)
    const stats = options.throughLinks === true ? lookThrough(file) : look(file)
    if (stats === undefined) {
      bad.add(i)
      missingCount += 1
      if (missing.length < listed) missing.push(path)
    } else if (options.tier === 'hash' || !isAsRecorded(stats, manifest, i)) {
      options.signal?.throwIfAborted()
      if (await hasRecordedBytes(file, stats, manifest, i, options.onHashed)) {
        if (!isAsRecorded(stats, manifest, i)) touched.set(i, stats)
      } else {
        bad.add(i)
        if (edited.length < listed) edited.push(path)
      }
    }
  }

  const editedCount = bad.size - missingCount
  const survey: Survey =
    bad.size === 0
      ? { state: 'intact', refreshed: touched.size }
      : { state: 'damaged', missing, edited, missingCount, editedCount }
  return { survey, bad, touched }
}

/**
 * Whether `lstat` alone vouches for an entry. An entry that is not older than its record is racy: within the clock's
 * granularity a later edit could leave the same size and time (git's rule, by the filesystem's clock).
 */
export function isAsRecorded(stats: Stats, manifest: Manifest, i: number): boolean {
  return (
    stats.isFile() &&
    stats.size === manifest.size(i) &&
    stats.mtimeMs === manifest.mtimeMs(i) &&
    stats.ctimeMs === manifest.ctimeMs(i) &&
    stats.ino === manifest.inode(i) &&
    Math.max(stats.mtimeMs, stats.ctimeMs) < manifest.takenAtMs
  )
}

async function hasRecordedBytes(
  file: string,
  stats: Stats,
  manifest: Manifest,
  i: number,
  onHashed: LookOptions['onHashed'],
): Promise<boolean> {
  if (!stats.isFile() || stats.size !== manifest.size(i)) return false
  const { sha256 } = await sha256OfFile(file)
  onHashed?.(stats.size)
  return sha256 === manifest.sha256(i)
}

/**
 * A file outside of the root (absolute) that is not as it was when it was read, by size and time. One that is gone
 * changes nothing.
 */
export function changedRead(paths: readonly string[], then: readonly ReadFile[]): string | undefined {
  return paths.find((path, i) => {
    const now = look(path)
    const was = then[i]
    return now !== undefined && was !== undefined && (now.size !== was.bytes || now.mtimeMs !== was.mtimeMs)
  })
}
