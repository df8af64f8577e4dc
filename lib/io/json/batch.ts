/** Records that lie in one window of a file: where each lies, in columns, so that none costs an object. Knows no reading. */

import { type ImageValue, imagesIn } from './image-value.ts'

const nothing = Buffer.alloc(0)
const nothingThere: ImageValue = { images: [], odd: undefined }
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
export type Passed = ImageValue

/** Where a batch keeps its columns: so many bytes. */
export const columnBytes = mostRecords * (8 + 7 * 4)

/** All positions are indexes of `bytes`, which is overwritten when the next batch is asked for. */
export class Batch {
  bytes: Buffer = nothing
  /** Offset of `bytes` in the file. */
  offset = 0
  count = 0
  /** Number of the first record; the first of a file is 1. */
  first = 1
  /** From 1. */
  readonly line: Float64Array
  /** Where the record lies; in an object of records its key stands before it, from `keyFrom` on. */
  readonly keyFrom: Int32Array
  readonly from: Int32Array
  readonly to: Int32Array
  /** The JSON texts of its `id` and `image`; empty at 0 where it has none. */
  readonly idFrom: Int32Array
  readonly idTo: Int32Array
  readonly imageFrom: Int32Array
  readonly imageTo: Int32Array
  /** The one record of this batch instead of those in the columns. */
  passed: Passed | undefined

  /** `memory`: of `columnBytes`, which threads may share. */
  constructor(memory: ArrayBuffer | SharedArrayBuffer = new ArrayBuffer(columnBytes)) {
    let at = 8 * mostRecords
    const column = (): Int32Array => {
      const begin = at
      at += 4 * mostRecords
      return new Int32Array(memory, begin, mostRecords)
    }
    this.line = new Float64Array(memory, 0, mostRecords)
    this.keyFrom = column()
    this.from = column()
    this.to = column()
    this.idFrom = column()
    this.idTo = column()
    this.imageFrom = column()
    this.imageTo = column()
  }

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
  addPassed(number: number, passed: Passed): void {
    this.first = number
    this.count = 1
    this.passed = passed
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
    return this.imageValue(i).images
  }

  /** The same, and what stands there that is no path. */
  imageValue(i: number): ImageValue {
    if (this.passed) return this.passed
    const value = this.#parsed(this.imageFrom[i] as number, this.imageTo[i] as number)
    return value === undefined ? nothingThere : imagesIn(value)
  }

  #parsed(from: number, to: number): unknown {
    return from === to ? undefined : JSON.parse(this.bytes.toString('utf8', from, to))
  }
}
