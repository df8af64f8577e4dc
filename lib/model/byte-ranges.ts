/** A set of bytes of one file, as sorted ranges `[from, to)` that do not touch. Knows no file. */

export type ByteRange = readonly [from: number, to: number]

export class ByteRanges {
  #ranges: ByteRange[]

  constructor(ranges: Iterable<ByteRange> = []) {
    this.#ranges = []
    for (const [from, to] of ranges) this.add(from, to)
  }

  add(from: number, to: number): void {
    if (to <= from) return
    const before = this.#ranges.filter(range => range[1] < from)
    const after = this.#ranges.filter(range => range[0] > to)
    const touched = this.#ranges.slice(before.length, this.#ranges.length - after.length)
    const first = Math.min(from, touched[0]?.[0] ?? from)
    const last = Math.max(to, touched.at(-1)?.[1] ?? to)
    this.#ranges = [...before, [first, last], ...after]
  }

  remove(from: number, to: number): void {
    if (to <= from) return
    this.#ranges = this.#ranges
      .flatMap(([first, last]): ByteRange[] => [
        [first, Math.min(last, from)],
        [Math.max(first, to), last],
      ])
      .filter(([first, last]) => first < last)
  }

  /** How many bytes it has between two positions. */
  bytes(from = 0, to = Number.POSITIVE_INFINITY): number {
    return this.#ranges.reduce(
      (sum, [first, last]) => sum + Math.max(0, Math.min(last, to) - Math.max(first, from)),
      0,
    )
  }

  /** Where the bytes that begin at `from` end: `from` itself where there are none. */
  endOf(from: number): number {
    return this.#ranges.find(([first, last]) => first <= from && from < last)?.[1] ?? from
  }

  /** Behind the last byte of all. */
  get end(): number {
    return this.#ranges.at(-1)?.[1] ?? 0
  }

  /** The first bytes at or behind `from`, cut at `to`; undefined where there are none. */
  firstIn(from: number, to = Number.POSITIVE_INFINITY): ByteRange | undefined {
    const found = this.#ranges.find(([first, last]) => Math.max(first, from) < Math.min(last, to))
    return found && [Math.max(found[0], from), Math.min(found[1], to)]
  }

  /** What is missing between two positions. */
  gaps(from: number, to: number): ByteRanges {
    const gaps = new ByteRanges([[from, to]])
    for (const [first, last] of this.#ranges) gaps.remove(first, last)
    return gaps
  }

  copy(): ByteRanges {
    return new ByteRanges(this.#ranges)
  }

  toJSON(): readonly ByteRange[] {
    return [...this.#ranges]
  }
}
