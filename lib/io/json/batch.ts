/** Records that lie in one window of a file: where each lies, in columns, so that none costs an object. Knows no reading. */

import { shortened } from './kept-text.ts'

const nothing = Buffer.alloc(0)
/** In a batch, at most. */
export const mostRecords = 4096

/** Where what a record is asked for lies. */
export interface Spots {
  readonly idFrom: number
  readonly idTo: number
  readonly imageFrom: number
  readonly imageTo: number
}

/** One record that was too long to be held: known by what was heard while it passed. */
export interface Passed {
  readonly images: readonly string[]
}

/** All positions are indexes of `bytes`, which is overwritten when the next batch is asked for. */
export class Batch {
  bytes: Buffer = nothing
  /** Offset of `bytes` in the file. */
  offset = 0
  count = 0
  /** Number of the first record; the first of a file is 1. */
  first = 1
  /** Where the record lies; in an object of records its key stands before it, from `keyFrom` on. */
  readonly keyFrom = new Int32Array(mostRecords)
  readonly from = new Int32Array(mostRecords)
  readonly to = new Int32Array(mostRecords)
  /** From 1. */
  readonly line = new Float64Array(mostRecords)
  /** The JSON texts of its `id` and `image`; empty at 0 where it has none. */
  readonly idFrom = new Int32Array(mostRecords)
  readonly idTo = new Int32Array(mostRecords)
  readonly imageFrom = new Int32Array(mostRecords)
  readonly imageTo = new Int32Array(mostRecords)
  /** The one record of this batch instead of those in the columns. */
  passed: Passed | undefined

  get isFull(): boolean {
    return this.count === mostRecords || this.passed !== undefined
  }

  /** Empty, for what is found next. */
  begin(bytes: Buffer, offset: number, first: number): void {
    this.bytes = bytes
    this.offset = offset
    this.first = first
    this.count = 0
    this.passed = undefined
  }

  add(keyFrom: number, from: number, to: number, line: number, spots: Spots): void {
    const i = this.count
    this.count += 1
    this.keyFrom[i] = keyFrom
    this.from[i] = from
    this.to[i] = to
    this.line[i] = line
    this.idFrom[i] = spots.idFrom
    this.idTo[i] = spots.idTo
    this.imageFrom[i] = spots.imageFrom
    this.imageTo[i] = spots.imageTo
  }

  /** Alone. */
  addPassed(number: number, images: readonly string[]): void {
    this.first = number
    this.count = 1
    this.passed = { images }
  }

  /** The bytes of record `i`, until the next batch. */
  record(i: number): Buffer {
    return this.bytes.subarray(this.from[i], this.to[i])
  }

  /** The name of record `i` in an object of records. */
  key(i: number): string | undefined {
    const [from, to] = [this.keyFrom[i] as number, this.from[i] as number]
    if (from === to) return undefined
    return JSON.parse(this.bytes.toString('utf8', from, this.bytes.lastIndexOf(0x22, to - 1) + 1)) as string
  }

  /** A string or a number; undefined for another value, or none. */
  id(i: number): string | number | undefined {
    const value = this.#parsed(this.idFrom[i] as number, this.idTo[i] as number)
    return typeof value === 'string' || typeof value === 'number' ? value : undefined
  }

  /** What stands under `image`: one string or those of a list; none where there is no such thing. */
  images(i: number): readonly string[] {
    if (this.passed) return this.passed.images
    const value = this.#parsed(this.imageFrom[i] as number, this.imageTo[i] as number)
    const texts = [value].flat(1).filter(each => typeof each === 'string')
    return texts.map(shortened)
  }

  #parsed(from: number, to: number): unknown {
    return from === to ? undefined : JSON.parse(this.bytes.toString('utf8', from, to))
  }
}
