/**
 * The digest of a tree: a Merkle root over its folders, so that equal trees have equal digests and any folder can be
 * compared by itself. Knows names and digests of files; not their times, and no disk.
 *
 * Anybody can recompute it. The digest of a folder is the SHA-256 of its children, one behind the other:
 *
 *   a file    `f`  name in UTF-8  0x00  SHA-256 of its content, 32 bytes
 *   a folder  `d`  name in UTF-8  0x00  digest of the folder, 32 bytes
 *
 * Children stand in the order of the bytes of their names, where a folder's name counts with a `/` at its end (as in git):
 * the order in which sorted paths come by. Empty folders do not exist; an empty tree has the SHA-256 of nothing.
 */

import { createHash } from 'node:crypto'
import type { Columns } from './manifest.ts'

const slash = 0x2f

/** Hex. `paths` are sorted and distinct. */
export const treeDigest = (columns: Pick<Columns, 'paths' | 'starts' | 'sha256'>): string =>
  new Folders(columns).digestOf(0, columns.starts.length - 1, 0).toString('hex')

/**
 * One scratch buffer for all folders: the records of a folder stand behind those of the folders around it and are taken
 * back once hashed. Each record stands for entries of its own, so the bytes of all entries are room enough.
 */
class Folders {
  readonly #paths: Uint8Array
  readonly #starts: Uint32Array
  readonly #sha256: Uint8Array
  readonly #scratch: Buffer
  #used = 0

  constructor({ paths, starts, sha256 }: Pick<Columns, 'paths' | 'starts' | 'sha256'>) {
    this.#paths = paths
    this.#starts = starts
    this.#sha256 = sha256
    this.#scratch = Buffer.allocUnsafe(paths.length + 34 * (starts.length - 1))
  }

  /** Of the folder that holds the entries `from … to - 1`, whose own path is `depth` bytes long with its last `/`. */
  digestOf(from: number, to: number, depth: number): Buffer {
    const begin = this.#used
    for (let i = from; i < to; ) {
      const nameStart = (this.#starts[i] as number) + depth
      const nameEnd = this.#nameEnd(i, nameStart)
      if (nameEnd === this.#starts[i + 1]) {
        this.#child('f', nameStart, nameEnd, this.#sha256.subarray(32 * i, 32 * i + 32))
        i += 1
      } else {
        const next = this.#behindFolder(i, to, depth, nameEnd + 1 - nameStart)
        this.#child('d', nameStart, nameEnd, this.digestOf(i, next, depth + nameEnd + 1 - nameStart))
        i = next
      }
    }
    const digest = createHash('sha256').update(this.#scratch.subarray(begin, this.#used)).digest()
    this.#used = begin
    return digest
  }

  /** Where the name that starts there ends: at a slash, or with the path. */
  #nameEnd(i: number, nameStart: number): number {
    const end = this.#starts[i + 1] as number
    let at = nameStart
    while (at < end && this.#paths[at] !== slash) at += 1
    return at
  }

  /** The first entry behind `i` that does not lie in the same folder: differs in the `length` bytes behind `depth`. */
  #behindFolder(i: number, to: number, depth: number, length: number): number {
    const first = (this.#starts[i] as number) + depth
    let next = i + 1
    while (next < to && this.#startsAlike(first, next, depth, length)) next += 1
    return next
  }

  #startsAlike(first: number, i: number, depth: number, length: number): boolean {
    const start = (this.#starts[i] as number) + depth
    if (start + length > (this.#starts[i + 1] as number)) return false
    for (let k = 0; k < length; k++) if (this.#paths[first + k] !== this.#paths[start + k]) return false
    return true
  }

  #child(kind: 'f' | 'd', nameStart: number, nameEnd: number, digest: Uint8Array): void {
    this.#scratch[this.#used++] = kind.charCodeAt(0)
    for (let at = nameStart; at < nameEnd; at++) this.#scratch[this.#used++] = this.#paths[at] as number
    this.#scratch[this.#used++] = 0
    this.#scratch.set(digest, this.#used)
    this.#used += digest.length
  }
}
