/**
 * Which ids were met before: a hash of 64 bits of each and the number of the record that had it first, in one typed array
 * (12 bytes a slot, 25 MB for 1.2 million ids). Two different ids have one hash in one of twenty million files of that size.
 * Knows no JSON.
 */

const slotWords = 3
/** Ids that are gathered before they are looked up. */
const most = 4096

export class IdTable {
  /** Different ids. */
  count = 0
  /** Of them, those that were met more than once. */
  repeated = 0
  readonly #mostIds: number
  /** Half a hash, the other half, and the record: negative where its id was met again, 0 where nothing is. */
  #slots = new Int32Array((1 << 10) * slotWords)
  #mask = (1 << 10) - 1
  #gathered = 0
  readonly #highs = new Int32Array(most)
  readonly #lows = new Int32Array(most)
  readonly #records = new Float64Array(most)

  /** `mostIds`: that are remembered; of those that come when it is full only what was met before is known. */
  constructor(mostIds: number) {
    this.#mostIds = mostIds
  }

  get isFull(): boolean {
    return this.count >= this.#mostIds
  }

  /**
   * Takes an id, at most 4,096 between two calls of `meet`. `salt`: of what kind the bytes `[from, to)` are. Each byte turns both
   * halves in a way that can be undone, so that none gets lost; then the bits are stirred as in MurmurHash3.
   */
  gather(bytes: Uint8Array, from: number, to: number, salt: number, record: number): void {
    // Where no byte can make up for it.
    let [high, low] = [salt << 8, to - from]
    for (let at = from; at < to; at += 1) {
      high = Math.imul(high ^ (bytes[at] as number), 0x9e3779b1)
      high = (high << 15) | (high >>> 17)
      low = Math.imul((low + high) | 0, 0xc2b2ae35)
      low ^= low >>> 13
    }
    high = stirred(high ^ low)
    this.#highs[this.#gathered] = high
    this.#lows[this.#gathered] = stirred((low + high) | 0)
    this.#records[this.#gathered] = record
    this.#gathered += 1
  }

  /**
   * Looks all of them up, one behind the other without other work between: the memory answers several at once. Tells of each that
   * an earlier record had.
   */
  meet(onRepeat: (record: number, first: number) => void): void {
    this.#reserve()
    const slots = this.#slots
    for (let i = 0; i < this.#gathered; i += 1) {
      const [high, low] = [this.#highs[i] as number, this.#lows[i] as number]
      const record = this.#records[i] as number
      const at = this.#slotOf(high, low)
      const first = slots[at + 2] as number
      if (first === 0) this.#add(at, high, low, record)
      else {
        if (first > 0) {
          slots[at + 2] = -first
          this.repeated += 1
        }
        onRepeat(record, Math.abs(first))
      }
    }
    this.#gathered = 0
  }

  #add(at: number, high: number, low: number, record: number): void {
    if (this.isFull) return
    this.#slots[at] = high
    this.#slots[at + 1] = low
    this.#slots[at + 2] = record
    this.count += 1
  }

  /** Where the hash stands, or would. */
  #slotOf(high: number, low: number): number {
    const slots = this.#slots
    for (let slot = low & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const at = slot * slotWords
      if (slots[at + 2] === 0 || (slots[at] === high && slots[at + 1] === low)) return at
    }
  }

  /** A quarter of the slots stays free. */
  #reserve(): void {
    const wanted = Math.min(this.count + this.#gathered, this.#mostIds)
    const old = this.#slots
    let slots = this.#mask + 1
    while (wanted * 4 > slots * 3) slots *= 2
    if (slots === this.#mask + 1) return
    this.#slots = new Int32Array(slots * slotWords)
    this.#mask = slots - 1
    for (let from = 0; from < old.length; from += slotWords) {
      if (old[from + 2] === 0) continue
      const at = this.#slotOf(old[from] as number, old[from + 1] as number)
      for (let word = 0; word < slotWords; word += 1) this.#slots[at + word] = old[from + word] as number
    }
  }
}

function stirred(word: number): number {
  let bits = word
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b)
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35)
  return bits ^ (bits >>> 16)
}
