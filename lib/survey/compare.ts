/**
 * A stretch of a manifest against the disk, for whichever thread takes it: by size, times and inode, or byte by byte.
 * Knows no thread, and not what a difference means.
 */

import { createHash } from 'node:crypto'
import { closeSync, openSync, readSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { errorCode } from '../io/disk.ts'
import type { Lstat } from '../io/lstat.ts'
import type { Columns, Times } from '../model/manifest.ts'

/** An artifact on disk, in a form that crosses into another thread. */
export interface Subject {
  /** Absolute: the file itself, or the top folder of all others. */
  readonly place: string
  /** Of `folders` the entries are folders, whatever their size. */
  readonly form: 'file' | 'tree' | 'folders'
  /** A link counts as the file that it leads to. */
  readonly throughLinks: boolean
  readonly columns: Columns
  readonly takenAtMs: number
}

/** What of a stretch is not as recorded. */
export interface Differences {
  readonly missing: number[]
  /** No file (no folder), or of another size. */
  readonly edited: number[]
  /** Only its bytes can tell. Four numbers each: the index, and mtimeMs, ctimeMs and inode as they are now. */
  readonly unsure: number[]
  /** Empty unless such are to be told. */
  readonly unreadable: Unreadable[]
}

/** What the disk does not tell. */
export interface Unreadable {
  readonly entry: number
  /** Of the system: `EIO`, `EACCES`. */
  readonly code: string
  /** Bytes that came before that. */
  readonly bytes: number
}

/** What whoever takes a stretch is told. */
export interface Stretching {
  /** What cannot be read is told; else it is thrown. */
  readonly tellsUnreadable: boolean
  readonly isEnded: () => boolean
}

/**
 * Whether times and inode alone vouch for a file of the recorded size. An entry that is not older than its record is racy:
 * within the clock's granularity a later edit could leave the same size and time (git's rule, by the filesystem's clock).
 */
export const hasRecordedTimes = (now: Times, columns: Columns, takenAtMs: number, i: number): boolean =>
  now.mtimeMs === columns.mtimeMs[i] &&
  now.ctimeMs === columns.ctimeMs[i] &&
  now.ino === columns.inode[i] &&
  now.mtimeMs < takenAtMs &&
  now.ctimeMs < takenAtMs

/** Entries `from … to - 1`. */
export function lookAtStretch(
  subject: Subject,
  [from, to]: readonly [number, number],
  lstat: Lstat,
  { tellsUnreadable }: Pick<Stretching, 'tellsUnreadable'>,
): Differences {
  const { columns, takenAtMs, throughLinks, form } = subject
  const differences: Differences = { missing: [], edited: [], unsure: [], unreadable: [] }
  const { top, paths, starts } = pathsOf(subject)
  const isThere = (i: number): boolean | undefined => {
    try {
      return lstat.look(paths, starts[i] as number, starts[i + 1] as number, throughLinks)
    } catch (error) {
      differences.unreadable.push({ entry: i, code: codeToTell(error, tellsUnreadable), bytes: 0 })
      return undefined
    }
  }
  lstat.enter(top)
  try {
    for (let i = from; i < to; i += 1) {
      const is = isThere(i)
      if (is === undefined) continue
      if (!is) differences.missing.push(i)
      else if (form === 'folders' ? !lstat.isFolder : !lstat.isFile || lstat.size !== columns.size[i])
        differences.edited.push(i)
      else if (!hasRecordedTimes(lstat, columns, takenAtMs, i))
        differences.unsure.push(i, lstat.mtimeMs, lstat.ctimeMs, lstat.ino)
    }
  } finally {
    lstat.leave()
  }
  return differences
}

/** What reading found. */
export interface Reading {
  /** Entries whose bytes are others than recorded, or cannot be found any more. */
  readonly different: readonly number[]
  readonly unreadable: readonly Unreadable[]
}

export function readStretch(
  subject: Subject,
  entries: Iterable<number>,
  { tellsUnreadable, isEnded }: Stretching,
): Reading {
  const different: number[] = []
  const unreadable: Unreadable[] = []
  const paths = pathsOf(subject)
  for (const i of entries) {
    if (isEnded()) break
    const recorded = subject.columns.sha256.subarray(32 * i, 32 * i + 32)
    const read = { bytes: 0 }
    try {
      if (!hashOf(pathOf(paths, i), isEnded, read)?.equals(recorded)) different.push(i)
    } catch (error) {
      unreadable.push({ entry: i, code: codeToTell(error, tellsUnreadable), ...read })
    }
  }
  return { different, unreadable }
}

function codeToTell(error: unknown, tellsUnreadable: boolean): string {
  const code = errorCode(error)
  if (code === undefined || !tellsUnreadable) throw error
  return code
}

const piece = Buffer.allocUnsafeSlow(1 << 20)

/** Undefined where nothing lies any more, or it is no longer wanted. `read` is kept up to date. */
function hashOf(path: string, isEnded: () => boolean, read: { bytes: number }): Buffer | undefined {
  const hash = createHash('sha256')
  let handle: number
  try {
    handle = openSync(path, 'r')
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    throw error
  }
  try {
    for (let length = readSync(handle, piece); length > 0; length = readSync(handle, piece)) {
      if (isEnded()) return undefined
      hash.update(piece.subarray(0, length))
      read.bytes += length
    }
  } finally {
    closeSync(handle)
  }
  return hash.digest()
}

/** Paths of entries below a folder: entry i is bytes `starts[i] … starts[i + 1] - 1`. */
interface Paths extends Pick<Columns, 'paths' | 'starts'> {
  readonly top: string
}

function pathsOf({ place, form, columns: { paths, starts } }: Subject): Paths {
  if (form !== 'file') return { top: place, paths, starts }
  const name = Buffer.from(basename(place))
  return { top: dirname(place), paths: name, starts: Uint32Array.of(0, name.length) }
}

function pathOf({ top, paths, starts }: Paths, i: number): string {
  const { buffer, byteOffset, byteLength } = paths
  return join(top, Buffer.from(buffer, byteOffset, byteLength).toString('utf8', starts[i], starts[i + 1]))
}
