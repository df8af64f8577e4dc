/** What the `id`s of an annotation are: which records share one, and of which types they are. Reads nothing by itself. */

import type { Batch } from '../../lib/io/json/batch.ts'
import { IdTable } from './id-table.ts'

const types = ['string', 'number', 'boolean', 'list', 'object'] as const

type IdType = (typeof types)[number]

export interface TypeOfIds {
  readonly type: IdType
  readonly count: number
  /** The first record that has one, from 1. */
  readonly record: number
}

export interface Shared {
  /** As the file writes it; of a long one the beginning. */
  readonly id: string
  /** The first few records that have it, from 1. */
  readonly records: readonly number[]
  /** Of all. */
  readonly count: number
}

/** Ids that are remembered: 100 MB, in a file of so many. */
const mostIds = 6_000_000
/** Shared ids that are shown, and of each the records. */
const [mostShown, mostRecords] = [5, 4]
/** Characters of an id that are shown. */
const longest = 40

const [quote, backslash, minus, zero, nine] = [0x22, 0x5c, 0x2d, 0x30, 0x39]

export class Ids {
  /** Records without an id (or with `null`), and those of which nobody knows: too long to be held. */
  without = 0
  unseen = 0
  /** Records whose id an earlier one has. */
  repeats = 0
  readonly #table: IdTable
  readonly #counts = new Float64Array(types.length)
  readonly #firsts = new Float64Array(types.length)
  /** By the first record that has the id. */
  readonly #shown = new Map<number, { id: string; records: number[]; count: number }>()

  constructor(most = mostIds) {
    this.#table = new IdTable(most)
  }

  /** Ids that several records share. */
  get shared(): number {
    return this.#table.repeated
  }

  /** There are so many that those which come last are only held against the first. */
  get isFull(): boolean {
    return this.#table.isFull
  }

  get examples(): readonly Shared[] {
    return [...this.#shown.values()]
  }

  /** The most frequent first. */
  get types(): readonly TypeOfIds[] {
    return types
      .map((type, i) => ({ type, count: this.#counts[i] as number, record: this.#firsts[i] as number }))
      .filter(({ count }) => count > 0)
      .toSorted((a, b) => b.count - a.count || a.record - b.record)
  }

  add(batch: Batch): void {
    if (batch.passed) {
      this.unseen += 1
      return
    }
    // In an object of records each has a name that no other should have, and that is what it is found by.
    if (batch.keyFrom[0] !== batch.from[0]) return
    for (let i = 0; i < batch.count; i += 1) this.#take(batch, i)
    this.#table.meet((record, first) => this.#repeat(first, record, batch))
  }

  #take(batch: Batch, i: number): void {
    const { bytes } = batch
    const [from, to] = [batch.idFrom[i] as number, batch.idTo[i] as number]
    const type = from === to ? undefined : typeAt(bytes, from)
    if (type === undefined) {
      this.without += 1
      return
    }
    const record = batch.first + i
    if (this.#counts[type] === 0) this.#firsts[type] = record
    this.#counts[type] = (this.#counts[type] as number) + 1
    if (type === 0) this.#takeText(bytes, from + 1, to - 1, record)
    else if (type === 1) this.#takeNumber(bytes, from, to, record)
  }

  #takeText(bytes: Buffer, from: number, to: number, record: number): void {
    if (!has(bytes, from, to, backslash)) return this.#table.gather(bytes, from, to, 0, record)
    const text = Buffer.from(JSON.parse(bytes.toString('utf8', from - 1, to + 1)) as string)
    this.#table.gather(text, 0, text.length, 0, record)
  }

  /** Digits are compared as they are written, so that twenty of them are not rounded; 1.0 and 1e0 are 1. */
  #takeNumber(bytes: Buffer, from: number, to: number, record: number): void {
    const start = bytes[from] === minus ? from + 1 : from
    let at = start
    while (at < to && (bytes[at] as number) >= zero && (bytes[at] as number) <= nine) at += 1
    if (at === to && (start === from || bytes[start] !== zero))
      return this.#table.gather(bytes, from, to, 1, record)
    const written = bytes.toString('latin1', from, to)
    const value = Number(written)
    const text = Buffer.from(Number.isFinite(value) ? String(value) : written)
    this.#table.gather(text, 0, text.length, 1, record)
  }

  #repeat(first: number, record: number, batch: Batch): void {
    this.repeats += 1
    const shown = this.#shown.get(first)
    if (shown) {
      shown.count += 1
      if (shown.records.length < mostRecords) shown.records.push(record)
    } else if (this.#shown.size < mostShown) {
      const i = record - batch.first
      const id = beginningOf(batch.bytes.subarray(batch.idFrom[i], batch.idTo[i]))
      this.#shown.set(first, { id, records: [first, record], count: 2 })
    }
  }
}

/** Its place among `types`; undefined for `null`. */
function typeAt(bytes: Buffer, at: number): number | undefined {
  switch (bytes[at] as number) {
    case quote:
      return 0
    case 0x6e:
      return undefined
    case 0x74:
    case 0x66:
      return 2
    case 0x5b:
      return 3
    case 0x7b:
      return 4
    default:
      return 1
  }
}

/** Some of its bytes may be half a character. */
function beginningOf(id: Buffer): string {
  const characters = Array.from(id.toString('utf8', 0, longest * 4))
  return characters.length <= longest ? characters.join('') : `${characters.slice(0, longest).join('')}…`
}

function has(bytes: Buffer, from: number, to: number, wanted: number): boolean {
  for (let at = from; at < to; at += 1) if (bytes[at] === wanted) return true
  return false
}
