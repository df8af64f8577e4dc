/**
 * Entries of an artifact with the times that `lstat` told of them, in columns: after a copy it is all of a million, and an
 * object each would be the most that a build holds. Knows no disk and no manifest.
 */

import { lowerBound } from '../model/lower-bound.ts'
import type { Times } from '../model/manifest.ts'

/** Numbers of an entry: its index, mtimeMs, ctimeMs, inode. */
const wide = 4

export class Touched implements Iterable<readonly [entry: number, times: Times]> {
  readonly #rows: Float64Array

  /** Rows in the order of their entries. */
  constructor(rows: Float64Array = new Float64Array()) {
    this.#rows = rows
  }

  get size(): number {
    return this.#rows.length / wide
  }

  get(entry: number): Times | undefined {
    const k = lowerBound(0, this.size, at => this.#entry(at) < entry)
    return k < this.size && this.#entry(k) === entry ? this.#times(k) : undefined
  }

  *keys(): Generator<number> {
    for (let k = 0; k < this.size; k += 1) yield this.#entry(k)
  }

  *[Symbol.iterator](): Generator<readonly [entry: number, times: Times]> {
    for (let k = 0; k < this.size; k += 1) yield [this.#entry(k), this.#times(k)]
  }

  #entry(k: number): number {
    return this.#rows[wide * k] as number
  }

  #times(k: number): Times {
    const [, mtimeMs, ctimeMs, ino] = this.#rows.subarray(wide * k, wide * k + wide)
    return { mtimeMs, ctimeMs, ino } as Times
  }
}

/** Of stretches that came in any order, each of them in order; without the entries in `dropped`. */
export function touchedIn(stretches: readonly Float64Array[], dropped: ReadonlySet<number>): Touched {
  const sorted = stretches
    .filter(({ length }) => length > 0)
    .toSorted((a, b) => (a[0] as number) - (b[0] as number))
  const rows = new Float64Array(sorted.reduce((sum, { length }) => sum + length, 0))
  let end = 0
  for (const stretch of sorted)
    for (let k = 0; k < stretch.length; k += wide) {
      if (dropped.has(stretch[k] as number)) continue
      rows.set(stretch.subarray(k, k + wide), end)
      end += wide
    }
  return new Touched(end === rows.length ? rows : rows.slice(0, end))
}
