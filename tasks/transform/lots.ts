/** Draws records by lot: the same ones for the same seed, however they were read, and of 2,000 the first 1,000 as well. Pure. */

/**
 * Each record's number gets a lot from the seed; the lowest win. So a sample changes little with its records, and a larger one
 * holds the smaller. Numbers count from 1; those that are drawn come in their order. Memory grows with the sample.
 */
export class Lots {
  readonly #count: number
  readonly #seed: number
  #pool: number[] = []
  #worst = Number.POSITIVE_INFINITY

  constructor(count: number, seed: number) {
    this.#count = count
    this.#seed = seed
  }

  add(number: number): void {
    if (lotOf(this.#seed, number) > this.#worst) return
    this.#pool.push(number)
    if (this.#pool.length >= 2 * this.#count + 1000) this.#cut()
  }

  drawn(): Float64Array {
    this.#cut()
    return Float64Array.from(this.#pool).sort()
  }

  #cut(): void {
    const seed = this.#seed
    const inOrder = (a: number, b: number): number => lotOf(seed, a) - lotOf(seed, b) || a - b
    this.#pool = this.#pool.sort(inOrder).slice(0, this.#count)
    if (this.#pool.length === this.#count) this.#worst = lotOf(seed, this.#pool.at(-1) as number)
  }
}

/** 0 … 2^53 - 1: every bit of the seed and the number turns about half of its own. */
function lotOf(seed: number, number: number): number {
  const a = mixed(low(number) ^ mixed(low(seed) ^ mixed(high(seed) + 0x9e3779b9)))
  const b = mixed(a ^ (high(number) + 0x85ebca6b))
  return (mixed(a + b) >>> 11) * 2 ** 32 + (b >>> 0)
}

const low = (number: number): number => number | 0
const high = (number: number): number => Math.floor(number / 2 ** 32) | 0

/** The last steps of MurmurHash3. */
function mixed(value: number): number {
  let h = value | 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}
