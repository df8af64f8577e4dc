/**
 * A file that is being written and can already be read up to its watermark: all bytes before it are there. Who reads it
 * waits for more, or asks for bytes out of their turn. Knows neither who writes nor who reads.
 */

import type { ByteRanges } from '../model/byte-ranges.ts'
import { BegunAnew } from '../model/growing-file.ts'
import type { PartSizes } from '../model/part-sizes.ts'
import { type Growth, Reader } from './growing/reader.ts'

interface Waiting {
  readonly isOver: () => boolean
  readonly wake: () => void
  readonly fail: (error: Error) => void
}

/** Bytes `[from, to)` that somebody waits for out of their turn. */
interface Wish {
  readonly from: number
  readonly to: number
}

export class Growing implements Growth {
  readonly path: string
  #watermark = 0
  #bytes: number | undefined
  #parts: PartSizes | undefined
  #isAsked = false
  #isProven = false
  #state: 'growing' | 'whole' | Error = 'growing'
  #waiting: readonly Waiting[] = []
  readonly #written: ByteRanges | undefined
  readonly #wishes = new Set<Wish>()
  readonly #watchers = new Set<() => void>()
  readonly #wishers = new Set<(wish: Wish) => void>()
  readonly #askers = new Set<() => void>()
  readonly #readers = new Set<Reader>()
  readonly #heedful = new Set<() => void>()
  readonly #doubtful = new Set<() => void>()
  #spent = 0
  #isHeldBack: Growth['isHeldBack'] = () => false

  /** `path`: absolute. `written`: what is there, where it is not written front to back. */
  constructor(path: string, written?: ByteRanges) {
    this.path = path
    this.#written = written
  }

  get watermark(): number {
    return this.#watermark
  }

  get bytes(): number | undefined {
    return this.#bytes
  }

  get parts(): PartSizes | undefined {
    return this.#parts
  }

  get isWhole(): boolean {
    return this.#state === 'whole'
  }

  get isUnproven(): boolean {
    return !this.#isProven && this.#bytes !== undefined && this.#watermark >= this.#bytes
  }

  get isVoid(): boolean {
    return this.#state instanceof Error
  }

  /** What readers ask for out of its turn and is not there yet. */
  get wishes(): readonly Wish[] {
    return [...this.#wishes]
  }

  /** The watermark moved on, or bytes behind it came. */
  reach(watermark: number): void {
    this.#watermark = watermark
    this.#tell()
  }

  /** The size of the whole became known; of a file in several parts, that of each. */
  measure(bytes: number, parts?: PartSizes): void {
    this.#bytes = bytes
    this.#parts = parts
    this.#isAsked = false
    this.#tell()
  }

  /** Its bytes are those that a pin describes. */
  prove(): void {
    this.#isProven = true
    for (const tell of this.#doubtful) tell()
    this.#doubtful.clear()
  }

  onProven(tell: () => void): void {
    this.#doubtful.add(tell)
  }

  /** It is written anew up from `watermark`: what was read behind it is void. */
  beginAnew(watermark = 0): void {
    this.#watermark = watermark
    this.#bytes = undefined
    this.#parts = undefined
    this.#isAsked = false
    this.#isProven = false
    this.#spent = 0
    const anew = new BegunAnew(`${this.path} is written anew`)
    for (const reader of this.#readers) reader.end(anew)
    this.#readers.clear()
    this.#wishes.clear()
    this.#failAll(anew)
    this.#tell()
    this.stir()
  }

  /** Nothing follows. */
  end(): void {
    this.#state = 'whole'
    this.#bytes = this.#watermark
    this.#tell()
  }

  /** It will never be whole: who waits hears why. */
  fail(error: Error): void {
    if (this.#state !== 'growing') return
    this.#state = error
    this.#failAll(error)
  }

  /** Calls `tell` after each move; the returned function ends that. */
  watch(tell: () => void): () => void {
    this.#watchers.add(tell)
    return () => void this.#watchers.delete(tell)
  }

  /** Calls `tell` for each wish that there is and comes; the returned function ends that. */
  hear(tell: (wish: Wish) => void): () => void {
    this.#wishers.add(tell)
    for (const wish of this.#wishes) tell(wish)
    return () => void this.#wishers.delete(tell)
  }

  /** Calls `tell` whenever somebody asks for the size and nobody knows it, or has asked; the returned function ends that. */
  onAsked(tell: () => void): () => void {
    this.#askers.add(tell)
    if (this.#isAsked) tell()
    return () => void this.#askers.delete(tell)
  }

  /** For one who reads, while the file lies at its path; to be closed by who asked for it. */
  read(): Reader {
    const reader: Reader = new Reader(this, () => {
      this.#readers.delete(reader)
      this.stir()
    })
    this.#readers.add(reader)
    this.stir()
    return reader
  }

  /** Calls `tell` whenever readers go on, wait for more, come or leave; the returned function ends that. */
  heed(tell: () => void): () => void {
    this.#heedful.add(tell)
    return () => void this.#heedful.delete(tell)
  }

  /** Something about a reader changed. */
  stir(): void {
    for (const tell of this.#heedful) tell()
  }

  /** What lies before it was given back to the disk. */
  get spent(): number {
    return this.#spent
  }

  spend(position: number): void {
    this.#spent = position
  }

  /** Who decides whether a reader waits, though its bytes are there; `release` says that it may be otherwise by now. */
  holdBack(isHeldBack: Growth['isHeldBack']): void {
    this.#isHeldBack = isHeldBack
  }

  isHeldBack(from: number, to: number): boolean {
    return this.#isHeldBack(from, to)
  }

  /** Who waits looks again. */
  release(): void {
    const over = this.#waiting.filter(({ isOver }) => this.isWhole || isOver())
    if (over.length === 0) return
    this.#waiting = this.#waiting.filter(waiting => !over.includes(waiting))
    for (const { wake } of over) wake()
  }

  /** Everybody who read it is done; undefined where nobody reads. */
  get isRead(): boolean | undefined {
    const readers = [...this.#readers]
    return readers.length === 0 ? undefined : readers.every(({ isFinished }) => isFinished)
  }

  /** A reader needs what was given back. */
  get isRegretted(): boolean {
    return [...this.#readers].some(({ isSorry }) => isSorry)
  }

  /** Behind the last byte that a reader waits for in its turn: it needs all of them at once. */
  get awaited(): number {
    return Math.max(0, ...[...this.#readers].map(({ awaited }) => awaited))
  }

  /** Up to where nobody who reads needs anything any more; undefined where nobody reads. */
  get passed(): number | undefined {
    const positions = [...this.#readers].map(({ passed }) => passed)
    return positions.length === 0 ? undefined : Math.min(...positions)
  }

  async ask(): Promise<void> {
    this.#isAsked = this.#bytes === undefined
    if (this.#isAsked) for (const tell of this.#askers) tell()
    await this.wait(() => this.#bytes !== undefined)
  }

  async wait(isOver: () => boolean): Promise<void> {
    if (this.#state instanceof Error) throw this.#state
    if (isOver() || this.isWhole) return
    await new Promise<void>((wake, fail) => {
      this.#waiting = [...this.#waiting, { isOver, wake, fail }]
    })
  }

  async wish(from: number, to: number): Promise<void> {
    const isThere = (): boolean => this.#watermark >= to || this.#written?.gaps(from, to).bytes() === 0
    if (isThere()) return
    const wish = { from, to }
    this.#wishes.add(wish)
    for (const tell of this.#wishers) tell(wish)
    this.stir()
    try {
      await this.wait(isThere)
    } finally {
      this.#wishes.delete(wish)
    }
  }

  #tell(): void {
    for (const tell of this.#watchers) tell()
    this.release()
  }

  #failAll(error: Error): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const { fail } of waiting) fail(error)
  }
}
