/**
 * Finds where JSON values end, as fast as bytes can be looked at, and refuses whatever is not JSON: without words, those are
 * the scanner's. Knows no chunks: what it is given ends with a byte of zero. Trusts others for UTF-8.
 */

const [lineFeed, quote, comma, minus, zero, colon, backslash] = [0x0a, 0x22, 0x2c, 0x2d, 0x30, 0x3a, 0x5c]
const [openBracket, closeBracket, openBrace, closeBrace] = [0x5b, 0x5d, 0x7b, 0x7d]

/** Brackets inside brackets: far more than data has, few enough that a file of brackets only is refused early. */
export const deepest = 10_000

const tableOf = (has: (byte: number) => boolean): Uint8Array =>
  Uint8Array.from({ length: 256 }, (_, byte) => (has(byte) ? 1 : 0))

/** 1 for a byte of a string that says nothing special. */
const plain = tableOf(byte => byte >= 0x20 && byte !== quote && byte !== backslash)
const blank = tableOf(byte => byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d)
const digit = tableOf(byte => byte >= 0x30 && byte <= 0x39)
const hexDigit = tableOf(byte => /[0-9a-f]/i.test(String.fromCharCode(byte)))
const escapable = tableOf(byte => '"\\/bfnrt'.includes(String.fromCharCode(byte)))

const image = Buffer.from('image')

/**
 * Positions are indexes of the bytes. A method returns the one behind what it read, or the complement (`~`) of the first byte
 * that cannot stand there: at the end of the bytes, more of them may help.
 */
export class Values {
  /** Line feeds passed so far, between tokens. */
  lines = 0
  /** Of the last record: where its values of `id` and `image` lie; nowhere (0 … 0) where it has none. */
  idFrom = 0
  idTo = 0
  imageFrom = 0
  imageTo = 0

  #words: Int32Array = new Int32Array()
  #escapes = 0
  readonly #isObject: Uint8Array

  /** `around`: brackets around each value. */
  constructor(around = 0) {
    this.#isObject = new Uint8Array(deepest - around)
  }

  /** To be told whenever other bytes are given than before. Their length is a multiple of 4. */
  hold({ buffer, byteOffset, length }: Uint8Array): void {
    this.#words = new Int32Array(buffer, byteOffset, length / 4)
  }

  /** The first byte that is no white space. */
  skipBlank(bytes: Uint8Array, from: number): number {
    let at = from
    for (;;) {
      const byte = bytes[at] as number
      if (byte > 0x20 || blank[byte] !== 1) return at
      if (byte === lineFeed) this.lines += 1
      at += 1
      if ((at & 3) === 0) at = this.#behindSpaces(at)
    }
  }

  /** An indented file is full of them. `at`: a multiple of 4. */
  #behindSpaces(at: number): number {
    const words = this.#words
    let i = at >> 2
    while (words[i] === 0x20202020) i += 1
    return i << 2
  }

  /** The value that begins at `from`; of an object, `id` and `image` are told. */
  record(bytes: Uint8Array, from: number): number {
    this.idFrom = this.idTo = this.imageFrom = this.imageTo = 0
    if (bytes[from] !== openBrace) return this.value(bytes, from)
    let at = this.skipBlank(bytes, from + 1)
    if (bytes[at] === closeBrace) return at + 1
    for (;;) {
      const keyFrom = at + 1
      const escapes = this.#escapes
      at = bytes[at] === quote ? this.string(bytes, keyFrom) : ~at
      if (at < 0) return at
      const key = this.#keyOf(bytes, keyFrom, at - 1, this.#escapes !== escapes)
      at = this.#behindColon(bytes, at)
      if (at < 0) return at
      const valueFrom = at
      at = this.value(bytes, at)
      if (at < 0) return at
      if (key === 'id') [this.idFrom, this.idTo] = [valueFrom, at]
      else if (key === 'image') [this.imageFrom, this.imageTo] = [valueFrom, at]
      at = this.skipBlank(bytes, at)
      if (bytes[at] === closeBrace) return at + 1
      if (bytes[at] !== comma) return ~at
      at = this.skipBlank(bytes, at + 1)
    }
  }

  value(bytes: Uint8Array, from: number): number {
    const isObject = this.#isObject
    let depth = 0
    let at = from
    for (;;) {
      const byte = bytes[at] as number
      let opens = false
      if (byte === quote) at = this.string(bytes, at + 1)
      else if (byte === openBrace || byte === openBracket) {
        at = this.skipBlank(bytes, at + 1)
        opens = bytes[at] !== (byte === openBrace ? closeBrace : closeBracket)
        if (!opens) at += 1
        else if (depth === this.#isObject.length) return ~at
        else {
          isObject[depth] = byte === openBrace ? 1 : 0
          depth += 1
        }
      } else at = scalar(bytes, at)
      if (at < 0) return at
      if (!opens) {
        // A value has ended, and brackets may close behind it.
        for (;;) {
          if (depth === 0) return at
          at = this.skipBlank(bytes, at)
          const next = bytes[at]
          if (next === comma) break
          if (next !== (isObject[depth - 1] === 1 ? closeBrace : closeBracket)) return ~at
          depth -= 1
          at += 1
        }
        at = this.skipBlank(bytes, at + 1)
      }
      if (isObject[depth - 1] === 1) {
        at = this.key(bytes, at)
        if (at < 0) return at
      }
    }
  }

  /** A key with its colon; returns where its value begins. */
  key(bytes: Uint8Array, from: number): number {
    if (bytes[from] !== quote) return ~from
    const at = this.string(bytes, from + 1)
    return at < 0 ? at : this.#behindColon(bytes, at)
  }

  /** `from`: behind the opening quote. Where most bytes of an annotation pass. */
  string(bytes: Uint8Array, from: number): number {
    let at = from
    for (;;) {
      while (plain[bytes[at] as number] === 1) {
        at += 1
        if ((at & 3) === 0) at = this.#behindPlain(at)
      }
      const byte = bytes[at]
      if (byte === quote) return at + 1
      if (byte !== backslash) return ~at
      this.#escapes += 1
      at = behindEscape(bytes, at + 1)
      if (at < 0) return at
    }
  }

  /** Four bytes at a time: whether one of them is zero shows in the high bits of `(x - 1) & ~x`. `at`: a multiple of 4. */
  #behindPlain(at: number): number {
    const words = this.#words
    let i = at >> 2
    for (;;) {
      const word = words[i] as number
      const quotes = word ^ 0x22222222
      const backslashes = word ^ 0x5c5c5c5c
      const special =
        ((quotes - 0x01010101) & ~quotes) |
        ((backslashes - 0x01010101) & ~backslashes) |
        ((word - 0x20202020) & ~word)
      if ((special & 0x80808080) !== 0) return i << 2
      i += 1
    }
  }

  #behindColon(bytes: Uint8Array, from: number): number {
    const at = this.skipBlank(bytes, from)
    return bytes[at] === colon ? this.skipBlank(bytes, at + 1) : ~at
  }

  #keyOf(bytes: Uint8Array, from: number, to: number, isEscaped: boolean): string {
    if (isEscaped) return JSON.parse(Buffer.from(bytes.subarray(from - 1, to + 1)).toString()) as string
    if (to - from === 2) return bytes[from] === 0x69 && bytes[from + 1] === 0x64 ? 'id' : ''
    return to - from === 5 && image.every((byte, i) => bytes[from + i] === byte) ? 'image' : ''
  }
}

/** `from`: behind the backslash. */
function behindEscape(bytes: Uint8Array, from: number): number {
  const byte = bytes[from] as number
  if (escapable[byte] === 1) return from + 1
  if (byte !== 0x75) return ~from
  for (let at = from + 1; at < from + 5; at += 1) if (hexDigit[bytes[at] as number] !== 1) return ~at
  return from + 5
}

/** A number or a literal. */
function scalar(bytes: Uint8Array, from: number): number {
  switch (bytes[from] as number) {
    case 0x74:
      return word(bytes, from, 'true')
    case 0x66:
      return word(bytes, from, 'false')
    case 0x6e:
      return word(bytes, from, 'null')
    default:
      return number(bytes, from)
  }
}

function word(bytes: Uint8Array, from: number, letters: string): number {
  for (let i = 1; i < letters.length; i += 1)
    if (bytes[from + i] !== letters.charCodeAt(i)) return ~(from + i)
  return from + letters.length
}

function number(bytes: Uint8Array, from: number): number {
  let at = bytes[from] === minus ? from + 1 : from
  if (bytes[at] === zero) at += 1
  else at = digits(bytes, at)
  if (at >= 0 && bytes[at] === 0x2e) at = digits(bytes, at + 1)
  if (at < 0 || (bytes[at] !== 0x65 && bytes[at] !== 0x45)) return at
  at += 1
  if (bytes[at] === 0x2b || bytes[at] === minus) at += 1
  return digits(bytes, at)
}

/** One and more. */
function digits(bytes: Uint8Array, from: number): number {
  let at = from
  while (digit[bytes[at] as number] === 1) at += 1
  return at === from ? ~at : at
}
