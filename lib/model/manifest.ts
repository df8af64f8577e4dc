/**
 * The sorted list of what an artifact contains: path, size, times, inode, SHA-256. Held in columns, not in an object per
 * file, so that a million entries stay small. Pure: reading and writing the file is lib/receipts' work.
 */

import { lowerBound } from './lower-bound.ts'

/** Stands for the SHA-256 of a file that is wanted and was never here, or of an archive that nobody read whole. */
export const unknownDigest = '0'.repeat(64)

/** Entry `i` of `0 … count - 1`, sorted by the UTF-8 bytes of the path. */
export interface Manifest {
  readonly count: number
  /** Sum of sizes. */
  readonly bytes: number
  /** Merkle root of a tree; the SHA-256 of the one file of a file artifact. Hex. Times are not part of it. */
  readonly digest: string
  /**
   * The filesystem's clock before the first entry was looked at, milliseconds: an entry that is not older than this is
   * racy, because a later change within the same tick of that clock would leave its times as they are.
   */
  readonly takenAtMs: number
  /** `/` between names, relative to the artifact's place; the base name for a file artifact. */
  path(i: number): string
  size(i: number): number
  /** Milliseconds with fraction, as `fs.Stats` gives them. */
  mtimeMs(i: number): number
  ctimeMs(i: number): number
  inode(i: number): number
  /** Hex. */
  sha256(i: number): string
  /** Index of a path, or -1. */
  find(path: string): number
}

/** One value per entry. Typed arrays only, so that columns can be handed to a worker thread as they are. */
export interface Columns {
  /** All paths in UTF-8, one behind the other; entry `i` reaches from `starts[i]` to `starts[i + 1]`. */
  readonly paths: Uint8Array
  readonly starts: Uint32Array
  readonly size: Float64Array
  readonly mtimeMs: Float64Array
  readonly ctimeMs: Float64Array
  readonly inode: Float64Array
  /** 32 bytes an entry. */
  readonly sha256: Uint8Array
}

/** A manifest that was built or decoded; the only kind that can be encoded. */
export interface ColumnarManifest extends Manifest {
  readonly columns: Columns
  /** Index of the first path that does not come before this one; `count` where all do. */
  firstFrom(path: string): number
}

/** Of `fs.Stats`, what tells whether a file is still the one that was recorded. */
export interface Times {
  readonly mtimeMs: number
  readonly ctimeMs: number
  readonly ino: number
}

interface Totals {
  readonly bytes: number
  readonly digest: string
  readonly takenAtMs: number
}

/** A manifest over columns that are already sorted. Paths and digests become strings only when asked for. */
export const manifestOver = (columns: Columns, totals: Totals): ColumnarManifest =>
  new Columnar(columns, totals)

/** A class, because thousands are made at the start of every build: methods cost nothing per manifest. */
class Columnar implements ColumnarManifest {
  readonly columns: Columns
  readonly count: number
  readonly bytes: number
  readonly digest: string
  readonly takenAtMs: number
  readonly #names: Buffer
  readonly #digests: Buffer

  constructor(columns: Columns, { bytes, digest, takenAtMs }: Totals) {
    const { paths, sha256, size } = columns
    this.columns = columns
    this.count = size.length
    this.bytes = bytes
    this.digest = digest
    this.takenAtMs = takenAtMs
    this.#names = Buffer.from(paths.buffer, paths.byteOffset, paths.byteLength)
    this.#digests = Buffer.from(sha256.buffer, sha256.byteOffset, sha256.byteLength)
  }

  path(i: number): string {
    return this.#names.toString('utf8', this.columns.starts[i], this.columns.starts[i + 1])
  }

  size(i: number): number {
    return this.columns.size[i] as number
  }

  mtimeMs(i: number): number {
    return this.columns.mtimeMs[i] as number
  }

  ctimeMs(i: number): number {
    return this.columns.ctimeMs[i] as number
  }

  inode(i: number): number {
    return this.columns.inode[i] as number
  }

  sha256(i: number): string {
    return this.#digests.toString('hex', 32 * i, 32 * i + 32)
  }

  find(path: string): number {
    const wanted = Buffer.from(path)
    const i = firstFrom(this.columns, wanted)
    return i < this.count && orderAt(this.columns, i, wanted) === 0 ? i : -1
  }

  firstFrom(path: string): number {
    return firstFrom(this.columns, Buffer.from(path))
  }
}

/**
 * The same manifest with the times of some entries told anew. `takenAtMs` must have been read before the first of them
 * was looked at, and every entry that was racy must be among them, rehashed: the others are trusted from now on.
 */
export function withTimes(
  manifest: ColumnarManifest,
  takenAtMs: number,
  changes: Iterable<readonly [index: number, times: Times]>,
): ColumnarManifest {
  const mtimeMs = manifest.columns.mtimeMs.slice()
  const ctimeMs = manifest.columns.ctimeMs.slice()
  const inode = manifest.columns.inode.slice()
  for (const [i, times] of changes) {
    mtimeMs[i] = times.mtimeMs
    ctimeMs[i] = times.ctimeMs
    inode[i] = times.ino
  }
  const { bytes, digest } = manifest
  return manifestOver({ ...manifest.columns, mtimeMs, ctimeMs, inode }, { bytes, digest, takenAtMs })
}

/** Order of two stretches of bytes, as `memcmp` has it. A call to `Buffer.compare` costs more than most paths are long. */
export function compareBytes(
  a: Uint8Array,
  aStart: number,
  aEnd: number,
  b: Uint8Array,
  bStart: number,
  bEnd: number,
): number {
  const common = Math.min(aEnd - aStart, bEnd - bStart)
  for (let k = 0; k < common; k++) {
    const difference = (a[aStart + k] as number) - (b[bStart + k] as number)
    if (difference !== 0) return difference
  }
  return aEnd - aStart - (bEnd - bStart)
}

const firstFrom = (columns: Columns, wanted: Uint8Array): number =>
  lowerBound(0, columns.size.length, i => orderAt(columns, i, wanted) < 0)

const orderAt = ({ paths, starts }: Columns, i: number, wanted: Uint8Array): number =>
  compareBytes(paths, starts[i] as number, starts[i + 1] as number, wanted, 0, wanted.length)
