/**
 * Collects the files of an artifact while a task makes them, in any order, and sorts them into a manifest.
 * Knows no disk: the times are filled in (`withTimes`) when the files lie at their final place.
 */

import { type ColumnarManifest, type Columns, compareBytes, manifestOver } from './manifest.ts'
import { treeDigest } from './merkle.ts'

export class ManifestBuilder {
  #count = 0
  #paths = Buffer.allocUnsafe(4096)
  #starts = new Uint32Array(64)
  #size = new Float64Array(64)
  #sha256 = Buffer.allocUnsafe(64 * 32)

  /** A file: path in the artifact with `/` between names, bytes, SHA-256 in hex. Added again, it replaces the first. */
  add(path: string, bytes: number, sha256: string): void {
    const i = this.#count
    const start = this.#starts[i] as number
    this.#makeRoom(start + 3 * path.length)
    if (sha256.length !== 64 || this.#sha256.write(sha256, 32 * i, 'hex') !== 32)
      throw new TypeError(`not a SHA-256 in hex: ${sha256}`)
    this.#starts[i + 1] = start + this.#paths.write(path, start)
    this.#size[i] = bytes
    this.#count = i + 1
  }

  /** How many were added. */
  get count(): number {
    return this.#count
  }

  /** Without times: every entry is racy until `withTimes` has told them. A file artifact has exactly one entry. */
  finish(form: 'file' | 'tree'): ColumnarManifest {
    const columns = this.#sorted(this.#order())
    if (form === 'file' && columns.size.length !== 1)
      throw new RangeError(`a file artifact has one file, not ${columns.size.length}`)
    return manifestOver(columns, {
      bytes: columns.size.reduce((sum, bytes) => sum + bytes, 0),
      digest: form === 'file' ? Buffer.from(columns.sha256).toString('hex') : treeDigest(columns),
      takenAtMs: 0,
    })
  }

  #makeRoom(pathBytes: number): void {
    if (pathBytes > this.#paths.length) {
      const wider = Buffer.allocUnsafe(2 * pathBytes)
      wider.set(this.#paths)
      this.#paths = wider
    }
    if (this.#count + 1 < this.#starts.length) return
    const entries = 2 * this.#starts.length
    this.#starts = enlarged(this.#starts, new Uint32Array(entries))
    this.#size = enlarged(this.#size, new Float64Array(entries))
    this.#sha256 = enlarged(this.#sha256, Buffer.allocUnsafe(32 * entries))
  }

  /** Entries by the bytes of their paths; of those with one path, the last that was added. */
  #order(): readonly number[] {
    const compare = (a: number, b: number): number =>
      compareBytes(
        this.#paths,
        this.#start(a),
        this.#start(a + 1),
        this.#paths,
        this.#start(b),
        this.#start(b + 1),
      )
    // An array of numbers, because its sort (unlike that of a typed array) is quick where the order is nearly there.
    const order = Array.from({ length: this.#count }, (_, i) => i).sort(compare)
    return order.filter((entry, k) => {
      const next = order[k + 1]
      return next === undefined || compare(entry, next) !== 0
    })
  }

  #start(i: number): number {
    return this.#starts[i] as number
  }

  #sorted(order: readonly number[]): Columns {
    const count = order.length
    const pathBytes = order.reduce((sum, i) => sum + this.#start(i + 1) - this.#start(i), 0)
    const columns = {
      paths: new Uint8Array(pathBytes),
      starts: new Uint32Array(count + 1),
      size: new Float64Array(count),
      mtimeMs: new Float64Array(count),
      ctimeMs: new Float64Array(count),
      inode: new Float64Array(count),
      sha256: new Uint8Array(32 * count),
    }
    let at = 0
    order.forEach((from, to) => {
      const path = this.#paths.subarray(this.#start(from), this.#start(from + 1))
      columns.paths.set(path, at)
      at += path.length
      columns.starts[to + 1] = at
      columns.size[to] = this.#size[from] as number
      columns.sha256.set(this.#sha256.subarray(32 * from, 32 * from + 32), 32 * to)
    })
    return columns
  }
}

function enlarged<T extends Uint8Array | Uint32Array | Float64Array>(from: T, to: T): T {
  to.set(from)
  return to
}
