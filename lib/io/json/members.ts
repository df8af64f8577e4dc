/**
 * Cuts the top-level object or array of a JSON text into its members, in memory that does not grow with their number.
 * The text must have been checked (`checkJson`): it sees brackets and quotes, and trusts them.
 */

const [lineFeed, quote, comma, backslash] = [0x0a, 0x22, 0x2c, 0x5c]
const nothing = Buffer.alloc(0)

/** `"name": value` of an object, a value of an array. */
export interface Member {
  readonly text: string
  /** Where it begins, from 1. */
  readonly line: number
}

export class Members {
  /** Undefined before the first bracket. */
  form: 'object' | 'array' | undefined
  readonly #mostBytes: number
  readonly #tooLong: (line: number) => Error
  #depth = 0
  #inString = false
  #escaped = false
  #line = 1
  /** Where the member begins in the chunk at hand; -1 between members. */
  #from = -1
  #fromLine = 1
  #earlier: Buffer = nothing

  constructor(mostBytes: number, tooLong: (line: number) => Error) {
    this.#mostBytes = mostBytes
    this.#tooLong = tooLong
  }

  /** The members that end in the next bytes. */
  push(chunk: Buffer): readonly Member[] {
    const members: Member[] = []
    for (let at = 0; at < chunk.length; )
      at = this.#inString ? this.#string(chunk, at) : this.#token(chunk, at, members)
    if (this.#from >= 0) {
      this.#earlier = Buffer.concat([this.#earlier, chunk.subarray(this.#from)])
      this.#from = 0
      if (this.#earlier.length > this.#mostBytes) throw this.#tooLong(this.#fromLine)
    }
    return members
  }

  #string(chunk: Buffer, from: number): number {
    for (let at = from; at < chunk.length; at += 1) {
      const byte = chunk[at]
      if (this.#escaped) this.#escaped = false
      else if (byte === backslash) this.#escaped = true
      else if (byte === quote) {
        this.#inString = false
        return at + 1
      }
    }
    return chunk.length
  }

  #token(chunk: Buffer, at: number, members: Member[]): number {
    const byte = chunk[at] as number
    if (byte <= 0x20) {
      if (byte === lineFeed) this.#line += 1
      return at + 1
    }
    const opens = byte === 0x7b || byte === 0x5b
    const closes = byte === 0x7d || byte === 0x5d
    const isBorder = this.#depth === 1 && (closes || byte === comma)
    if (isBorder) this.#end(chunk, at, members)
    else if (this.#depth === 1 && this.#from < 0) this.#begin(at)
    if (this.#depth === 0 && opens) this.form = byte === 0x7b ? 'object' : 'array'
    if (opens) this.#depth += 1
    else if (closes) this.#depth -= 1
    this.#inString = byte === quote
    return at + 1
  }

  #begin(at: number): void {
    this.#from = at
    this.#fromLine = this.#line
  }

  #end(chunk: Buffer, at: number, members: Member[]): void {
    if (this.#from < 0) return
    const here = chunk.subarray(this.#from, at)
    const bytes = this.#earlier.length === 0 ? here : Buffer.concat([this.#earlier, here])
    members.push({ text: bytes.toString(), line: this.#fromLine })
    this.#from = -1
    this.#earlier = nothing
  }
}
