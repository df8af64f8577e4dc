/**
 * The entries of a zip that are wanted, front to back, and the path that each gets; with room for what is learnt of
 * them. In memory that threads share. Judges nothing.
 */

import { shared, type ZipColumns, ZipDirectory } from '../zip/columns.ts'
import { isSmall } from '../zip/content.ts'

export interface SelectionColumns {
  readonly zip: ZipColumns
  /** Indexes in the directory, by their place in the file. */
  readonly entries: Uint32Array
  /** Goals: paths below the folder that is unpacked into, as bytes of `paths`. */
  readonly paths: Uint8Array
  readonly pathAt: Uint32Array
  readonly pathBytes: Uint32Array
  /** 1: is there, with its `sha256`. */
  readonly done: Uint8Array
  readonly sha256: Uint8Array
}

/** An entry of the directory, and the path that it gets. */
export interface Goal {
  readonly index: number
  readonly path: string
}

export class Selection {
  readonly columns: SelectionColumns
  readonly directory: ZipDirectory
  readonly #paths: Buffer
  readonly #sha256: Buffer

  constructor(columns: SelectionColumns) {
    this.columns = columns
    this.directory = new ZipDirectory(columns.zip)
    this.#paths = over(columns.paths)
    this.#sha256 = over(columns.sha256)
  }

  /** What `isWanted` of the entries, under their own paths without the first `skip` bytes. */
  static below(directory: ZipDirectory, isWanted: (i: number) => boolean, skip = 0): Selection {
    const { columns: zip } = directory
    const entries = zip.order.filter(isWanted)
    const columns = newColumns(zip, entries, zip.directory)
    entries.forEach((i, k) => {
      columns.pathAt[k] = (zip.nameAt[i] as number) + skip
      columns.pathBytes[k] = (zip.nameBytes[i] as number) - skip
    })
    return new Selection(columns)
  }

  /** Entries under other paths than their own; one may go to several. */
  static named(directory: ZipDirectory, goals: readonly Goal[]): Selection {
    const { columns: zip } = directory
    const offset = (goal: Goal): number => zip.headerOffset[goal.index] as number
    const sorted = goals.toSorted((a, b) => offset(a) - offset(b))
    const paths = sorted.map(({ path }) => Buffer.from(path))
    const columns = newColumns(
      zip,
      Uint32Array.from(sorted, ({ index }) => index),
      sharedCopy(Buffer.concat(paths)),
    )
    let at = 0
    paths.forEach(({ length }, k) => {
      columns.pathAt[k] = at
      columns.pathBytes[k] = length
      at += length
    })
    return new Selection(columns)
  }

  get count(): number {
    return this.columns.entries.length
  }

  /** In the directory. */
  index(k: number): number {
    return this.columns.entries[k] as number
  }

  path(k: number): string {
    const at = this.columns.pathAt[k] as number
    return this.#paths.toString('utf8', at, at + (this.columns.pathBytes[k] as number))
  }

  bytes(k: number): number {
    return this.directory.bytes(this.index(k))
  }

  /** Small enough to be held in memory. */
  isSmall(k: number): boolean {
    const { bytes, compressedBytes } = this.columns.zip
    const i = this.index(k)
    return isSmall({ bytes: bytes[i] as number, compressedBytes: compressedBytes[i] as number })
  }

  /** All of them together. */
  get totalBytes(): number {
    return this.columns.entries.reduce((sum, i) => sum + this.directory.bytes(i), 0)
  }

  isDone(k: number): boolean {
    return this.columns.done[k] === 1
  }

  /** It is there: `sha256` in 32 bytes; undefined where nobody needs to know. */
  setDone(k: number, sha256?: Uint8Array): void {
    if (sha256) this.#sha256.set(sha256, 32 * k)
    this.columns.done[k] = 1
  }

  /** In hex. */
  sha256(k: number): string {
    return this.#sha256.toString('hex', 32 * k, 32 * k + 32)
  }

  /** Where the bytes of entry `k` begin in the archive, and where they end at the latest. */
  from(k: number): number {
    return this.columns.zip.headerOffset[this.index(k)] as number
  }

  to(k: number): number {
    return this.columns.zip.endOffset[this.index(k)] as number
  }
}

function newColumns(zip: ZipColumns, wanted: Uint32Array, paths: Uint8Array): SelectionColumns {
  const count = wanted.length
  const entries = new Uint32Array(shared(4 * count))
  entries.set(wanted)
  return {
    zip,
    entries,
    paths,
    pathAt: new Uint32Array(shared(4 * count)),
    pathBytes: new Uint32Array(shared(4 * count)),
    done: new Uint8Array(shared(count)),
    sha256: new Uint8Array(shared(32 * count)),
  }
}

function sharedCopy(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(shared(bytes.length))
  copy.set(bytes)
  return copy
}

const over = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer =>
  Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength)
