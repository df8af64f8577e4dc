/**
 * The paths of many manifests in one table, so that a path is found by its bytes, without becoming a string. Pure; knows no disk.
 */

import { lowerBound } from './lower-bound.ts'
import type { ColumnarManifest, Columns } from './manifest.ts'

/** A manifest and the folder below the root (`''`: the root) that its paths begin in. */
export interface Shelved {
  readonly folder: string
  readonly manifest: ColumnarManifest
}

/** Stretches of bytes, from … to. */
export interface Spans {
  readonly from: Int32Array
  readonly to: Int32Array
}

const prefixOf = (folder: string): Buffer => Buffer.from(folder === '' ? '' : `${folder}/`)

const backslash = 0x5c
/** Paths that are looked for in one go: what they touch stays near. */
const together = 512
const start = 0x811c9dc5 | 0
const mixed = (state: number, byte: number): number => Math.imul(state ^ byte, 0x01000193)
/** Its low bits choose the place: the last bytes of a path must reach them all. */
const placeOf = (state: number, mask: number): number => (state ^ (state >>> 15)) & mask

/** Entry `0 … count - 1`, in the order of the manifests. Where two have one path, either is found. */
export class PathTable {
  readonly count: number
  readonly #shelves: readonly Shelved[]
  readonly #prefixes: readonly Buffer[]
  /** The first entry of each manifest. */
  readonly #firsts: readonly number[]
  /** Entry + 1; 0 is free. */
  readonly #places: Int32Array
  readonly #mask: number
  readonly #columns: readonly Columns[]
  readonly #near = new Int32Array(together)
  readonly #nearShelf = new Int32Array(together)

  constructor(shelves: readonly Shelved[]) {
    this.#shelves = shelves
    this.#columns = shelves.map(({ manifest }) => manifest.columns)
    this.#prefixes = shelves.map(({ folder }) => prefixOf(folder))
    let count = 0
    this.#firsts = shelves.map(({ manifest }) => {
      count += manifest.count
      return count - manifest.count
    })
    this.count = count
    this.#mask = 2 ** Math.ceil(Math.log2(2 * count + 2)) - 1
    this.#places = new Int32Array(this.#mask + 1)
    for (const k of shelves.keys()) this.#fill(k)
  }

  /** In two steps, for the same reason as `allBelow`. */
  #fill(k: number): void {
    const { paths, starts, size } = this.#columns[k] as Columns
    const seed = this.#stateOf(this.#prefixes[k] as Buffer)
    const first = this.#firsts[k] as number
    const places = this.#near
    for (let begin = 0; begin < size.length; begin += together) {
      const end = Math.min(size.length, begin + together)
      for (let i = begin; i < end; i += 1) {
        let state = seed
        for (let at = starts[i] as number; at < (starts[i + 1] as number); at += 1)
          state = mixed(state, paths[at] as number)
        places[i - begin] = placeOf(state, this.#mask)
      }
      this.#take(places, first + begin, end - begin)
    }
  }

  #take(wanted: Int32Array, first: number, count: number): void {
    const [places, mask] = [this.#places, this.#mask]
    for (let i = 0; i < count; i += 1) {
      let place = wanted[i] as number
      while (places[place] !== 0) place = (place + 1) & mask
      places[place] = first + i + 1
    }
  }

  #stateOf(bytes: Uint8Array): number {
    let state = start
    for (const byte of bytes) state = mixed(state, byte)
    return state
  }

  /** Finds paths below a folder (`''`: the root) by the part of them that follows. */
  below(folder: string): (bytes: Uint8Array, from: number, to: number) => number {
    const prefix = prefixOf(folder)
    const seed = this.#stateOf(prefix)
    return (bytes, from, to) => {
      const place = this.#placeOf(seed, bytes, from, to)
      return place < 0 ? -1 : this.#entryAt(place, prefix, bytes, from, to)
    }
  }

  /**
   * The same for many at a time, of which the first `count` are meant: `entries[i]` is what `from[i]` … `to[i]` is found to be.
   * In steps over all of them, because each asks for a far place in memory that depends on the step before: the processor waits
   * for many at once, but only within a short loop.
   */
  allBelow(folder: string): (bytes: Uint8Array, spans: Spans, count: number, entries: Int32Array) => void {
    const prefix = prefixOf(folder)
    const seed = this.#stateOf(prefix)
    return (bytes, { from, to }, count, entries) => {
      for (let begin = 0; begin < count; begin += together) {
        const end = Math.min(count, begin + together)
        for (let i = begin; i < end; i += 1)
          entries[i] = this.#placeOf(seed, bytes, from[i] as number, to[i] as number)
        this.#fetch(entries, begin, end)
        for (let i = begin; i < end; i += 1) {
          const place = entries[i] as number
          entries[i] =
            place < 0 ? -1 : this.#entryAt(place, prefix, bytes, from[i] as number, to[i] as number)
        }
      }
    }
  }

  /** What will be looked at comes near: of the entry at each place the start of its path, then the path. */
  #fetch(places: Int32Array, begin: number, end: number): void {
    const near = this.#near
    for (let i = begin; i < end; i += 1) {
      const place = places[i] as number
      near[i - begin] = place < 0 ? -1 : (this.#places[place] as number) - 1
    }
    for (let i = 0; i < end - begin; i += 1) {
      const entry = near[i] as number
      if (entry < 0) continue
      const k = this.shelfOf(entry)
      near[i] = (this.#columns[k] as Columns).starts[entry - (this.#firsts[k] as number)] as number
      this.#nearShelf[i] = k
    }
    // It is written down, or the loop is found to be of no use.
    for (let i = 0; i < end - begin; i += 1) {
      const start = near[i] as number
      if (start >= 0)
        near[i] = (this.#columns[this.#nearShelf[i] as number] as Columns).paths[start] as number
    }
  }

  /** Where it is looked for first; -1 where an escape stands in it: then the bytes are not those of the path. */
  #placeOf(seed: number, bytes: Uint8Array, from: number, to: number): number {
    let state = seed
    for (let at = from; at < to; at += 1) {
      const byte = bytes[at] as number
      if (byte === backslash) return -1
      state = mixed(state, byte)
    }
    return placeOf(state, this.#mask)
  }

  #entryAt(first: number, prefix: Buffer, bytes: Uint8Array, from: number, to: number): number {
    for (let place = first; ; place = (place + 1) & this.#mask) {
      const entry = (this.#places[place] as number) - 1
      if (entry < 0 || this.#is(entry, prefix, bytes, from, to)) return entry
    }
  }

  #is(entry: number, prefix: Buffer, bytes: Uint8Array, from: number, to: number): boolean {
    const k = this.shelfOf(entry)
    const own = this.#prefixes[k] as Buffer
    const { paths, starts } = this.#columns[k] as Columns
    const i = entry - (this.#firsts[k] as number)
    const [begin, end] = [starts[i] as number, starts[i + 1] as number]
    const length = own.length + end - begin
    if (length !== prefix.length + to - from) return false
    // Both begin with a folder; what the longer one has more stands in the other's path.
    const both = Math.min(prefix.length, own.length)
    for (let j = 0; j < both; j += 1) if (prefix[j] !== own[j]) return false
    for (let j = both; j < prefix.length; j += 1) if (prefix[j] !== paths[begin + j - both]) return false
    for (let j = both; j < own.length; j += 1) if (own[j] !== bytes[from + j - both]) return false
    const at = from - prefix.length
    for (let j = Math.max(prefix.length, own.length); j < length; j += 1)
      if (paths[begin - own.length + j] !== bytes[at + j]) return false
    return true
  }

  /** Which of the manifests it is in. */
  shelfOf(entry: number): number {
    return lowerBound(0, this.#firsts.length, k => (this.#firsts[k] as number) <= entry) - 1
  }

  /** Of each manifest its folder, and its entries `from` … `to`. */
  get shelves(): readonly { readonly folder: string; readonly from: number; readonly to: number }[] {
    return this.#shelves.map(({ folder }, k) => ({
      folder,
      from: this.#firsts[k] as number,
      to: this.#firsts[k + 1] ?? this.count,
    }))
  }

  /** Below the root. */
  path(entry: number): string {
    const k = this.shelfOf(entry)
    const { folder, manifest } = this.#shelves[k] as Shelved
    const path = manifest.path(entry - (this.#firsts[k] as number))
    return folder === '' ? path : `${folder}/${path}`
  }

  size(entry: number): number {
    const k = this.shelfOf(entry)
    return (this.#shelves[k] as Shelved).manifest.size(entry - (this.#firsts[k] as number))
  }
}
