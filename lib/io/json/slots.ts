/**
 * Memory that two threads share for batches of records: one fills slot after slot, the other empties them in the same order.
 * Knows no file.
 */

import { Batch, columnBytes, type Passed } from './batch.ts'

/** So many batches are looked for ahead of who asks. */
const slotCount = 4
/** Of records, at first; a longer one gets more. */
const firstBytes = 1 << 20

export interface SlotMemory {
  /** One value a slot. */
  readonly states: Int32Array
  readonly columns: readonly SharedArrayBuffer[]
}

/** One batch, as it crosses: in the slots in turn. */
export interface Filled {
  readonly count: number
  readonly first: number
  readonly passed: Passed | undefined
  /** Of the first byte of a slot in the file. */
  readonly offset: number
  /** Bytes of records. */
  readonly length: number
  /** Of the slot from now on. */
  readonly bytes: SharedArrayBuffer | undefined
}

const [empty, full] = [0, 1]

export const newSlots = (): SlotMemory => ({
  states: new Int32Array(new SharedArrayBuffer(4 * slotCount)),
  columns: Array.from({ length: slotCount }, () => new SharedArrayBuffer(columnBytes)),
})

const batchesIn = ({ columns }: SlotMemory): readonly Batch[] => columns.map(memory => new Batch(memory))

/** The side that fills. */
export class Filling {
  readonly #states: Int32Array
  readonly #batches: readonly Batch[]
  #next = 0

  constructor(memory: SlotMemory) {
    this.#states = memory.states
    this.#batches = batchesIn(memory)
  }

  /** Stops the thread until there is an empty slot. */
  fill(batch: Batch): Filled {
    const slot = this.#next
    this.#next = (slot + 1) % slotCount
    while (Atomics.load(this.#states, slot) === full) Atomics.wait(this.#states, slot, full)
    const copy = this.#batches[slot] as Batch
    const { count, first, passed } = batch
    const [from, to] = passed ? [0, 0] : [batch.keyFrom[0] as number, batch.to[count - 1] as number]
    const grown =
      copy.bytes.length < to - from ? new SharedArrayBuffer(Math.max(firstBytes, to - from)) : undefined
    if (grown) copy.bytes = Buffer.from(grown)
    batch.bytes.copy(copy.bytes, 0, from, to)
    if (!passed) copyColumns(batch, copy, from)
    Atomics.store(this.#states, slot, full)
    return { count, first, passed, offset: batch.offset + from, length: to - from, bytes: grown }
  }
}

/** The side that empties. */
export class Emptying {
  readonly #states: Int32Array
  readonly #batches: readonly Batch[]
  readonly #memory: Buffer[] = Array.from({ length: slotCount }, () => Buffer.alloc(0))
  #next = 0

  constructor(memory: SlotMemory) {
    this.#states = memory.states
    this.#batches = batchesIn(memory)
  }

  /** The next slot, until `done`. */
  take({ count, first, passed, offset, length, bytes }: Filled): Batch {
    const slot = this.#next
    if (bytes) this.#memory[slot] = Buffer.from(bytes)
    const batch = this.#batches[slot] as Batch
    batch.bytes = (this.#memory[slot] as Buffer).subarray(0, length)
    batch.offset = offset
    batch.count = count
    batch.first = first
    batch.passed = passed
    return batch
  }

  /** What was taken is no longer needed. */
  done(): void {
    Atomics.store(this.#states, this.#next, empty)
    Atomics.notify(this.#states, this.#next)
    this.#next = (this.#next + 1) % slotCount
  }
}

const positions = ['keyFrom', 'from', 'to', 'idFrom', 'idTo', 'imageFrom', 'imageTo'] as const

/** `before`: bytes that are left out. What is empty at 0 stays so. */
function copyColumns(batch: Batch, copy: Batch, before: number): void {
  const { count } = batch
  copy.line.set(batch.line.subarray(0, count))
  for (const name of positions) {
    const [column, goal] = [batch[name], copy[name]]
    for (let i = 0; i < count; i += 1) goal[i] = Math.max(0, (column[i] as number) - before)
  }
}
