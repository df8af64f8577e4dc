/**
 * The paths of many manifests in one table, so that a path is found by its bytes, without becoming a string. Pure; knows no disk.
 */

import { lowerBound } from './lower-bound.ts'
import type { ColumnarManifest } from './manifest.ts'

/** A manifest and the folder below the root (`''`: the root) that its paths begin in. */
export interface Shelved {
  readonly folder: string
  readonly manifest: ColumnarManifest
}

const backslash = 0x5c
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

  constructor(shelves: readonly Shelved[]) {
    this.#shelves = shelves
    this.#prefixes = shelves.map(({ folder }) => Buffer.from(folder === '' ? '' : `${folder}/`))
    let count = 0
    this.#firsts = shelves.map(({ manifest }) => {
      count += manifest.count
      return count - manifest.count
    })
    this.count = count
    this.#mask = 2 ** Math.ceil(Math.log2(2 * count + 2)) - 1
    this.#places = new Int32Array(this.#mask + 1)
    for (const [k, { manifest }] of shelves.entries()) this.#fill(k, manifest)
  }

  #fill(k: number, { columns: { paths, starts, size } }: ColumnarManifest): void {
    const seed = this.#stateOf(this.#prefixes[k] as Buffer)
    const first = this.#firsts[k] as number
    for (let i = 0; i < size.length; i += 1) {
      let state = seed
      for (let at = starts[i] as number; at < (starts[i + 1] as number); at += 1)
        state = mixed(state, paths[at] as number)
      let place = placeOf(state, this.#mask)
      while (this.#places[place] !== 0) place = (place + 1) & this.#mask
      this.#places[place] = first + i + 1
    }
  }

  #stateOf(bytes: Uint8Array): number {
    let state = start
    for (const byte of bytes) state = mixed(state, byte)
    return state
  }

  /** Finds paths below a folder (`''`: the root) by the part of them that follows. */
  below(folder: string): (bytes: Uint8Array, from: number, to: number) => number {
    const prefix = Buffer.from(folder === '' ? '' : `${folder}/`)
    const seed = this.#stateOf(prefix)
    return (bytes, from, to) => {
      let state = seed
      for (let at = from; at < to; at += 1) {
        const byte = bytes[at] as number
        // An escape: the bytes are not those of the path.
        if (byte === backslash) return -1
        state = mixed(state, byte)
      }
      for (let place = placeOf(state, this.#mask); ; place = (place + 1) & this.#mask) {
        const entry = (this.#places[place] as number) - 1
        if (entry < 0 || this.#is(entry, prefix, bytes, from, to)) return entry
      }
    }
  }

  #is(entry: number, prefix: Buffer, bytes: Uint8Array, from: number, to: number): boolean {
    const k = this.shelfOf(entry)
    const own = this.#prefixes[k] as Buffer
    const { paths, starts } = (this.#shelves[k] as Shelved).manifest.columns
    const i = entry - (this.#firsts[k] as number)
    const [begin, end] = [starts[i] as number, starts[i + 1] as number]
    const length = own.length + end - begin
    if (length !== prefix.length + to - from) return false
    for (let j = 0; j < length; j += 1) {
      const wanted = j < prefix.length ? prefix[j] : bytes[from + j - prefix.length]
      if (wanted !== (j < own.length ? own[j] : paths[begin + j - own.length])) return false
    }
    return true
  }

  /** Which of the manifests it is in. */
  shelfOf(entry: number): number {
    return lowerBound(0, this.#firsts.length, k => (this.#firsts[k] as number) <= entry) - 1
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
