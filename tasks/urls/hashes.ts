/**
 * Names as 64-bit numbers: which of very many names were seen, in a few bytes each. Two names with one number are one name
 * here; with a million names that happens once in thirty million lists.
 */

import { hash } from 'node:crypto'

export interface Hash64 {
  readonly high: number
  readonly low: number
}

/** The first 64 bits of the SHA-1. */
export function hashOf(text: string): Hash64 {
  const digest = hash('sha1', text, 'buffer')
  return { high: digest.readUInt32BE(0), low: digest.readUInt32BE(4) }
}

export const isSame = (a: Hash64, b: Hash64): boolean => a.high === b.high && a.low === b.low

export const inHex = ({ high, low }: Hash64): string =>
  high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0')

/** Undefined for anything but 16 hexadecimal digits. */
export function fromHex(text: unknown): Hash64 | undefined {
  if (typeof text !== 'string' || !/^[0-9a-f]{16}$/.test(text)) return undefined
  return { high: Number.parseInt(text.slice(0, 8), 16), low: Number.parseInt(text.slice(8), 16) }
}

/** A column of hashes that grows. */
export class Hashes {
  #words = new Uint32Array(128)

  get(i: number): Hash64 {
    return { high: this.#words[2 * i] ?? 0, low: this.#words[2 * i + 1] ?? 0 }
  }

  set(i: number, { high, low }: Hash64): void {
    if (2 * i + 1 >= this.#words.length) {
      const wider = new Uint32Array(Math.max(2 * this.#words.length, 4 * (i + 1)))
      wider.set(this.#words)
      this.#words = wider
    }
    this.#words[2 * i] = high
    this.#words[2 * i + 1] = low
  }
}

/** Numbers hashes 0, 1, 2, … in the order in which they come. */
export class HashIndex {
  readonly #hashes = new Hashes()
  /** Number + 1 at the place of a hash or behind it; 0 is free. */
  #places = new Int32Array(256)
  #count = 0

  get count(): number {
    return this.#count
  }

  /** The number of a hash, or -1. */
  find(wanted: Hash64): number {
    return (this.#places[this.#placeOf(wanted)] as number) - 1
  }

  /** The number of a hash, a new one where it was not seen yet. */
  add(hash: Hash64): number {
    const place = this.#placeOf(hash)
    const known = this.#places[place] as number
    if (known > 0) return known - 1
    const i = this.#count
    this.#hashes.set(i, hash)
    this.#count += 1
    this.#places[place] = this.#count
    if (2 * this.#count > this.#places.length) this.#spread()
    return i
  }

  #placeOf(wanted: Hash64): number {
    const mask = this.#places.length - 1
    for (let place = wanted.low & mask; ; place = (place + 1) & mask) {
      const known = this.#places[place] as number
      if (known === 0 || isSame(this.#hashes.get(known - 1), wanted)) return place
    }
  }

  #spread(): void {
    this.#places = new Int32Array(2 * this.#places.length)
    for (let i = 0; i < this.#count; i += 1) this.#places[this.#placeOf(this.#hashes.get(i))] = i + 1
  }
}
