/**
 * Cuts the bytes of an annotation into its records: elements of a top-level array, members of a top-level object, or one value
 * a line. What is not plain JSON at first sight is read again by the scanner, which says what is wrong, or that nothing is.
 */

import { isUtf8 } from 'node:buffer'
import { Batch } from './batch.ts'
import { Records } from './records.ts'
import { Scanner } from './scanner.ts'
import type { State } from './scanning.ts'
import { Values } from './values.ts'
import { Window } from './window.ts'

/** `value`: one that is not made of records. */
export type Form = 'array' | 'object' | 'lines' | 'value'

const [lineFeed, comma, openBracket, closeBracket, openBrace, closeBrace] = [
  0x0a, 0x2c, 0x5b, 0x5d, 0x7b, 0x7d,
]
/** So much of a file tells whether it is one object or an object a line. */
const tellingBytes = 1 << 19
/** A longer record is checked while it passes, and not held. */
const longest = 1 << 24

/**
 * Read into `room()`, tell how much with `took()`, then call `next()` until it gives nothing; after the last bytes `finish()`, and
 * so again.
 */
export class RecordCutter {
  /** Undefined until the first byte of the value. */
  form: Form | undefined
  readonly records = new Records()

  readonly #window = new Window()
  readonly #values = new Values(2)
  readonly #batch = new Batch()
  #state: State = 'value'
  /** Reads what did not look right, or is too long. */
  #scanner: Scanner | undefined
  #isLast = false
  /** The first line begins with one. */
  #isArray = false
  /** So much of the file has to be here before a long record is begun with once more. */
  #worthFrom = 0

  /** `lines`: one value a line, whatever the content looks like. */
  constructor(lines = false) {
    if (lines) this.form = 'lines'
  }

  /** Where the next bytes of the file are to be read to. What batches told is overwritten. */
  room(): Buffer {
    const room = this.#window.room()
    this.#values.hold(this.#window.bytes)
    return room
  }

  took(count: number): void {
    this.#window.took(count)
  }

  /** Nothing more comes. */
  finish(): void {
    this.#window.close()
    this.#isLast = true
  }

  /** The next records, in one object that is used again; undefined where more bytes are needed, or none are left. Throws a Mistake. */
  next(): Batch | undefined {
    const { bytes, offset } = this.#window
    this.#batch.begin(bytes, offset, this.records.count + 1)
    while (!this.#batch.isFull && this.#step());
    return this.#batch.count > 0 ? this.#batch : undefined
  }

  /** Whether it is worth another one. */
  #step(): boolean {
    if (this.#scanner) return this.#follow(this.#scanner)
    const window = this.#window
    const lines = this.#values.lines
    window.at = this.#values.skipBlank(window.bytes, window.at)
    if (this.form === 'lines' && this.#values.lines > lines) this.#state = 'value'
    if (window.at === window.end) return this.#isLast && !this.#isWhole() && this.#scan()
    return this.#token(window.bytes[window.at] as number)
  }

  /** What is read as one value a line holds one array so far: it may be meant as the whole. */
  get isOneArray(): boolean {
    return this.form === 'lines' && this.records.count === 1 && this.#isArray
  }

  #isWhole(): boolean {
    return this.form === 'lines' ? this.records.count > 0 : this.#state === 'end'
  }

  #token(byte: number): boolean {
    switch (this.#state) {
      case 'comma':
        if (byte === comma) return this.#pass(this.form === 'object' ? 'key' : 'value')
        return byte === this.#closing ? this.#pass('end') : this.#scan()
      case 'value or ]':
      case 'key or }':
        return byte === this.#closing ? this.#pass('end') : this.#record()
      case 'value':
        return this.form === undefined ? this.#begin(byte) : this.#record()
      case 'key':
        return this.#record()
      case 'end':
      case 'colon':
      case 'string':
      case 'number':
      case 'literal':
        return this.#scan()
    }
  }

  get #closing(): number {
    return this.form === 'object' ? closeBrace : closeBracket
  }

  #pass(state: State): true {
    this.#window.at += 1
    this.#state = state
    return true
  }

  #begin(byte: number): boolean {
    if (byte === openBracket) {
      this.form = this.records.type = 'array'
      return this.#pass('value or ]')
    }
    if (byte !== openBrace) {
      this.form = 'value'
      return this.#scan()
    }
    if (this.#window.offset + this.#window.end < tellingBytes && !this.#isLast) return false
    if (this.#isLines()) {
      this.form = 'lines'
      return true
    }
    this.form = this.records.type = 'object'
    return this.#pass('key or }')
  }

  /** An object, a line break, and another one. */
  #isLines(): boolean {
    const { bytes, at, offset } = this.#window
    const { lines } = this.#values
    const to = this.#values.value(bytes, at)
    const isOnOneLine = this.#values.lines === lines
    const next = to < 0 ? 0 : this.#values.skipBlank(bytes, to)
    this.#values.lines = lines
    if (!isOnOneLine || next === 0 || offset + next >= tellingBytes) return false
    return bytes[next] === openBrace && bytes.subarray(to, next).includes(lineFeed)
  }

  #record(): boolean {
    const { bytes, at, end, offset } = this.#window
    if (offset + end < this.#worthFrom && end - at < longest && !this.#isLast) return false
    const { lines } = this.#values
    if (this.records.count === 0) this.#isArray = bytes[at] === openBracket
    const from = this.form === 'object' ? this.#values.key(bytes, at) : at
    const to = from < 0 ? from : this.#values.record(bytes, from)
    if (to >= 0 && this.#isRight(at, to, lines)) {
      this.#batch.add(at, from, to, lines + 1, this.#values)
      this.records.count += 1
      this.records.type ??= 'array'
      this.#state = this.form === 'lines' ? 'end' : 'comma'
      this.#window.at = to
      return true
    }
    this.#values.lines = lines
    const isCut = to === end || ~to >= end
    if (isCut && !this.#isLast && end - at < longest) {
      this.#worthFrom = offset + end + (end - at) / 2
      return false
    }
    return this.#batch.count === 0 && this.#scan()
  }

  #isRight(at: number, to: number, lines: number): boolean {
    const { bytes, end, isText } = this.#window
    // A number may go on in the bytes to come.
    if (to === end && !this.#isLast && (bytes[to - 1] as number) <= 0x39) return false
    if (this.form === 'lines' && this.#values.lines > lines) return false
    return to - at < longest && (isText || isUtf8(bytes.subarray(at, to)))
  }

  /** From here on, up to behind the value that begins here. */
  #scan(): true {
    const { at, offset } = this.#window
    this.#scanner = new Scanner(this.records, {
      state: this.form === 'lines' && this.#state === 'end' ? 'comma' : this.#state,
      inside:
        this.form === 'value' || (this.#state === 'end' && this.form !== 'lines') ? undefined : this.form,
      offset: offset + at,
      line: this.#values.lines + 1,
      ...this.#window.line(),
      before: this.#window.before(),
    })
    return true
  }

  #follow(scanner: Scanner): boolean {
    const window = this.#window
    if (window.at < window.end) window.at += scanner.push(window.bytes.subarray(window.at, window.end))
    if (!scanner.isBehindValue) {
      if (!this.#isLast) return false
      scanner.end()
      this.#state = 'end'
    } else this.#state = this.form === 'lines' ? 'end' : 'comma'
    this.#scanner = undefined
    this.#values.lines = scanner.line - 1
    if (this.form === 'value') return false
    this.#batch.addPassed(this.records.count, this.records.imageValue)
    return true
  }
}
