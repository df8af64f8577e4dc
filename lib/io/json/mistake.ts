/** Where and why bytes stop being JSON. Thrown by the scanner; lib/io/json/words.ts tells it to the user. */

export interface Spot {
  /** Of the first wrong byte; the size where the bytes end too early. */
  readonly offset: number
  /** From 1. */
  readonly line: number
  /** In UTF-16 units, from 1. */
  readonly column: number
  /** How many values have begun around the spot and not ended: 2 and more inside a record. */
  readonly nesting: number
  /** A few bytes before the spot, and from there on: none where the bytes end too early. */
  readonly before: Buffer
  readonly after: Buffer
}

/** What is wanted where a record goes on behind a line break, though each has a line. */
export const restOfLine = 'the rest of the record on the same line'

export class Mistake extends Error {
  override readonly name = 'Mistake'
  /** What could have come, in words: `a comma or ]`. */
  readonly wanted: string
  readonly spot: Spot

  constructor(wanted: string, spot: Spot) {
    super(`wanted ${wanted} at byte ${spot.offset}`)
    this.wanted = wanted
    this.spot = spot
  }
}
