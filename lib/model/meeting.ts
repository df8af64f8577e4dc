/**
 * Where the files of two trees meet: one path in both, or a file of one where the other needs a folder. Goes by the columns of
 * manifests and their order: makes no string of a path, and looks past whole stretches in which only one tree has files. Pure.
 */

import { lowerBound } from './lower-bound.ts'
import { type ColumnarManifest, type Columns, compareBytes } from './manifest.ts'
import { foldersTo, isAtOrBelow } from './paths.ts'

/** A tree, or a file in its folder. */
export interface Branch {
  /** The folder below the root that paths of the manifest are relative to. */
  readonly folder: string
  readonly manifest: ColumnarManifest
}

/** Entries of the manifests. */
export interface Meeting {
  /** `file-and-folder`: one of them is a file, and the other lies below a folder of its path. */
  readonly form: 'path' | 'file-and-folder'
  readonly ours: number
  readonly theirs: number
}

export function* meetings(ours: Branch, theirs: Branch): Generator<Meeting> {
  if (isAtOrBelow(ours.folder, theirs.folder)) return yield* meetingsBelow(theirs, ours, turned)
  if (isAtOrBelow(theirs.folder, ours.folder)) yield* meetingsBelow(ours, theirs, asTheyAre)
}

/** Whether anything in these folders can meet. */
export const mayMeet = (folder: string, other: string): boolean =>
  isAtOrBelow(folder, other) || isAtOrBelow(other, folder)

type Named = (form: Meeting['form'], outer: number, inner: number) => Meeting
const asTheyAre: Named = (form, ours, theirs) => ({ form, ours, theirs })
const turned: Named = (form, theirs, ours) => ({ form, ours, theirs })

/** `inner` lies in the folder of `outer`, or in one below that. */
function* meetingsBelow(outer: Branch, inner: Branch, named: Named): Generator<Meeting> {
  if (outer.manifest.count === 0 || inner.manifest.count === 0) return
  const way = inner.folder.slice(outer.folder.length + 1)
  for (const folder of way === '' ? [] : foldersTo(way)) {
    const file = outer.manifest.find(folder)
    if (file >= 0) yield named('file-and-folder', file, 0)
  }
  const [a, b] = [stretchBelow(outer.manifest, way), stretchBelow(inner.manifest, '')]
  for (const [i, j] of samePaths(a, b)) yield named('path', i, j)
  for (const [i, j] of filesAtFolders(a, b)) yield named('file-and-folder', i, j)
  for (const [j, i] of filesAtFolders(b, a)) yield named('file-and-folder', i, j)
}

/** Entries `[from, to)`, whose paths begin alike: their first `skip` bytes do not count. */
interface Stretch {
  readonly columns: Columns
  readonly from: number
  readonly to: number
  readonly skip: number
}

function stretchBelow({ columns, count }: ColumnarManifest, folder: string): Stretch {
  const whole = { columns, from: 0, to: count, skip: 0 }
  if (folder === '') return whole
  // `0` is the character behind `/`: whatever begins with `folder/` comes before it.
  const [begin, end] = [Buffer.from(`${folder}/`), Buffer.from(`${folder}0`)]
  const before = (bytes: Uint8Array) => firstFrom(whole, 0, bytes, 0, bytes.length)
  return { columns, from: before(begin), to: before(end), skip: begin.length }
}

const startOf = ({ columns, skip }: Stretch, i: number): number => (columns.starts[i] as number) + skip
const endOf = ({ columns }: Stretch, i: number): number => columns.starts[i + 1] as number

/** The first entry from `i` on whose path does not come before these bytes. Steps grow: near is found soon, and far as well. */
function firstFrom(stretch: Stretch, i: number, bytes: Uint8Array, start: number, end: number): number {
  const isBefore = (k: number): boolean =>
    compareBytes(stretch.columns.paths, startOf(stretch, k), endOf(stretch, k), bytes, start, end) < 0
  let [low, high] = [i, i]
  for (let step = 1; high < stretch.to && isBefore(high); step *= 2) {
    low = high + 1
    high = Math.min(stretch.to, high + step)
  }
  return lowerBound(low, high, isBefore)
}

function* samePaths(a: Stretch, b: Stretch): Generator<readonly [number, number]> {
  for (let [i, j] = [a.from, b.from]; i < a.to && j < b.to; ) {
    const order = compareBytes(
      a.columns.paths,
      startOf(a, i),
      endOf(a, i),
      b.columns.paths,
      startOf(b, j),
      endOf(b, j),
    )
    if (order === 0) yield [i++, j++]
    else if (order < 0) i = firstFrom(a, i + 1, b.columns.paths, startOf(b, j), endOf(b, j))
    else j = firstFrom(b, j + 1, a.columns.paths, startOf(a, i), endOf(a, i))
  }
}

/** Files of `a` whose path is that of a folder of `b`, and the first entry below that folder. */
function* filesAtFolders(a: Stretch, b: Stretch): Generator<readonly [number, number]> {
  const { entries, bytes } = foldersOf(b.columns)
  const { paths, starts } = b.columns
  for (const [k, entry] of entries.entries()) {
    if (entry < b.from || entry >= b.to || (bytes[k] as number) <= b.skip) continue
    const [start, end] = [startOf(b, entry), (starts[entry] as number) + (bytes[k] as number)]
    const i = firstFrom(a, a.from, paths, start, end)
    if (i >= a.to) continue
    if (compareBytes(a.columns.paths, startOf(a, i), endOf(a, i), paths, start, end) === 0) yield [i, entry]
  }
}

/** All folders of a tree, in columns: the first entry below each, and how many bytes of its path are the folder's. */
interface Folders {
  readonly entries: readonly number[]
  readonly bytes: readonly number[]
}

const folders = new WeakMap<Columns, Folders>()
const slash = 0x2f

/** Found once for each tree: a target may have a thousand sources, which are compared in pairs. */
function foldersOf(columns: Columns): Folders {
  const known = folders.get(columns)
  if (known) return known
  const { paths, starts } = columns
  const found: { entries: number[]; bytes: number[] } = { entries: [], bytes: [] }
  for (let i = 0; i + 1 < starts.length; i += 1) {
    const [start, end] = [starts[i] as number, starts[i + 1] as number]
    const before = i === 0 ? start : (starts[i - 1] as number)
    // What lies below one folder lies together: a folder that the path before has too was found there.
    let k = 0
    while (before + k < start && start + k < end && paths[before + k] === paths[start + k]) k += 1
    for (; start + k < end; k += 1) {
      if (paths[start + k] !== slash) continue
      found.entries.push(i)
      found.bytes.push(k)
    }
  }
  folders.set(columns, found)
  return found
}
