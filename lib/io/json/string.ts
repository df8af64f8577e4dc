/**
 * Reads one JSON string across the borders of chunks: escapes, UTF-8, control characters. Knows nothing of where it stands
 * in the value.
 */

import { KeptText } from './kept-text.ts'

/** What it waits for; the closing quote ends it. */
type State = 'text' | 'escape' | 'hex' | 'character' | 'closed'

/** Called with the index of the first wrong byte and what could have come. */
export type Fail = (at: number, wanted: string) => never

const [space, quote, backslash] = [0x20, 0x22, 0x5c]
const hexDigits = new Set(Buffer.from('0123456789abcdefABCDEF'))
const escapable = new Set(Buffer.from('"\\/bfnrt'))

/** 1 for a byte that says nothing special. */
const plain = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= space && byte < 0x80 && byte !== quote && byte !== backslash ? 1 : 0,
)

/** Where most bytes of an annotation pass: nothing may be added to this loop. */
function endOfPlain(chunk: Buffer, from: number, end: number): number {
  let at = from
  while (at < end && plain[chunk[at] as number] === 1) at += 1
  return at
}

export class StringReader {
  /** Bytes read more than UTF-16 units: makes exact columns cost nothing. Set back by whoever starts a line. */
  surplus = 0
  readonly kept = new KeptText()

  private readonly fail: Fail
  private state: State = 'closed'
  private escaped = false
  private hexLeft = 0
  /** Of a character of several bytes: how many are to come, and the range of the next. */
  private bytesLeft = 0
  private lowest = 0x80
  private highest = 0xbf

  constructor(fail: Fail) {
    this.fail = fail
  }

  get closed(): boolean {
    return this.state === 'closed'
  }

  /** The byte at `at` is the first one behind the opening quote. */
  begin(at: number, keep: boolean): void {
    this.state = 'text'
    this.escaped = false
    if (keep) this.kept.begin(at)
  }

  /** The text, if it was kept; `end` is the index of the closing quote. */
  text(chunk: Buffer, end: number): string | undefined {
    return this.kept.open ? this.kept.end(chunk, end, this.escaped) : undefined
  }

  /** Reads on from `at`, to behind the closing quote if it comes; returns where it stopped. */
  read(chunk: Buffer, from: number): number {
    const end = chunk.length
    let at = from
    while (at < end && this.state !== 'closed') {
      if (this.state === 'text') at = endOfPlain(chunk, at, end)
      if (at === end) break
      this.take(chunk[at] as number, at)
      at += 1
    }
    return at
  }

  /** What could have come. */
  get wanted(): string {
    switch (this.state) {
      case 'escape':
        return 'one of " \\ / b f n r t u after a backslash'
      case 'hex':
        return 'four hexadecimal digits after \\u'
      case 'text':
      case 'character':
      case 'closed':
        return 'the closing quote of a string'
    }
  }

  private take(byte: number, at: number): void {
    switch (this.state) {
      case 'text':
        return this.takeSpecial(byte, at)
      case 'escape':
        return this.takeEscape(byte, at)
      case 'hex':
        if (!hexDigits.has(byte)) this.fail(at, this.wanted)
        this.hexLeft -= 1
        if (this.hexLeft === 0) this.state = 'text'
        return
      case 'character':
        return this.takeRest(byte, at)
      case 'closed':
    }
  }

  private takeSpecial(byte: number, at: number): void {
    if (byte === quote) this.state = 'closed'
    else if (byte === backslash) {
      this.escaped = true
      this.state = 'escape'
    } else if (byte < space) this.fail(at, 'control characters in strings as escapes (\\n, \\u0000)')
    else this.takeFirst(byte, at)
  }

  private takeEscape(byte: number, at: number): void {
    if (byte === 0x75) {
      this.hexLeft = 4
      this.state = 'hex'
    } else if (escapable.has(byte)) this.state = 'text'
    else this.fail(at, this.wanted)
  }

  /** Tells how many bytes follow; the second one's range shuts out overlong forms, surrogates and beyond U+10FFFF. */
  private takeFirst(byte: number, at: number): void {
    if (byte < 0xc2 || byte > 0xf4) this.fail(at, 'text in UTF-8')
    this.bytesLeft = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3
    this.lowest = byte === 0xe0 ? 0xa0 : byte === 0xf0 ? 0x90 : 0x80
    this.highest = byte === 0xed ? 0x9f : byte === 0xf4 ? 0x8f : 0xbf
    this.state = 'character'
    // Four bytes are two units, so they have no more surplus than three.
    if (this.bytesLeft === 3) this.surplus -= 1
  }

  private takeRest(byte: number, at: number): void {
    if (byte < this.lowest || byte > this.highest) this.fail(at, 'the rest of a character in UTF-8')
    this.lowest = 0x80
    this.highest = 0xbf
    this.surplus += 1
    this.bytesLeft -= 1
    if (this.bytesLeft === 0) this.state = 'text'
  }
}
