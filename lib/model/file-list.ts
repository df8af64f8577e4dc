/** The files of several artifacts as one list, sorted by the bytes of their paths below the root. Holds no file by itself. Pure. */

import { lowerBound } from './lower-bound.ts'
import type { ColumnarManifest } from './manifest.ts'

/** What a task placed. */
export interface PlacedFiles {
  readonly target: string
  /** Stands before each path of the manifest: `coco/train2017/`. */
  readonly prefix: string
  readonly manifest: ColumnarManifest
}

/** Entries `from … to - 1` of a manifest, which follow one another in the whole list. */
export interface Stretch extends PlacedFiles {
  readonly from: number
  readonly to: number
}

interface Cursor {
  readonly files: PlacedFiles
  readonly at: number
  /** Bytes of the path at which it stands. */
  readonly path: Buffer
}

/** No two of them hold the same path. Trees that do not lie in one another come out as one stretch each. */
export function* inOrder(all: readonly PlacedFiles[]): Generator<Stretch> {
  // The next one stands at the end.
  const open = all.flatMap(files => cursorsAt(files, 0)).toSorted((a, b) => Buffer.compare(b.path, a.path))
  for (let first = open.pop(); first !== undefined; first = open.pop()) {
    const { files, at } = first
    const to = endOf(first, open.at(-1)?.path)
    yield { ...files, from: at, to }
    for (const next of cursorsAt(files, to)) {
      const place = lowerBound(0, open.length, i => Buffer.compare((open[i] as Cursor).path, next.path) > 0)
      open.splice(place, 0, next)
    }
  }
}

const cursorsAt = (files: PlacedFiles, at: number): readonly Cursor[] =>
  at < files.manifest.count ? [{ files, at, path: pathAt(files, at) }] : []

const pathAt = ({ prefix, manifest }: PlacedFiles, i: number): Buffer =>
  Buffer.from(prefix + manifest.path(i))

/** Looks in steps that grow: a stretch is mostly a whole tree, and where two trees mix it is short. */
function endOf({ files, at }: Cursor, limit: Buffer | undefined): number {
  const { count } = files.manifest
  if (limit === undefined) return count
  const isBefore = (i: number): boolean => Buffer.compare(pathAt(files, i), limit) < 0
  let [known, step] = [at + 1, 1]
  while (known + step < count && isBefore(known + step)) {
    known += step
    step *= 2
  }
  return lowerBound(known, Math.min(known + step, count), isBefore)
}
