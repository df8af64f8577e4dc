/**
 * A JSON checker that is fed bytes and can stop at any of them: the whole of RFC 8259 in a state, a stack of open brackets
 * and a position. Knows neither files nor records; it tells a listener what opens, closes and stands in strings.
 */

import { Mistake, restOfLine } from './mistake.ts'
import { type NumberState, nextInNumber, wholeNumbers } from './number.ts'
import type { Listener, Start, State } from './scanning.ts'
import { StringReader } from './string.ts'
import { deepest } from './values.ts'

/** Bytes shown on either side of a mistake. */
const context = 48

const array = 1
const object = 2
const nothing = Buffer.alloc(0)

const [tab, lineFeed, carriageReturn, space, quote] = [0x09, 0x0a, 0x0d, 0x20, 0x22]
const literals = new Map([
  [0x74, 'true'],
  [0x66, 'false'],
  [0x6e, 'null'],
])

export class Scanner {
  private readonly listener: Listener
  private readonly start: Start
  private state: State
  private readonly open = new Uint8Array(deepest)
  private depth = 0

  private chunk: Buffer = nothing
  /** Offset of `chunk` in the whole, and the last bytes before it. */
  private base: number
  private tail: Buffer
  line: number
  /** Offset of the first byte of the line. */
  private lineStart: number

  private role: 'key' | 'value' = 'value'
  private readonly string = new StringReader((at, wanted) => this.fail(at, wanted))
  private number: NumberState = 'minus'
  private literal = ''
  private matched = 0

  constructor(listener: Listener, start: Start) {
    this.listener = listener
    this.start = start
    this.state = start.state
    this.base = start.offset
    this.tail = start.before
    this.line = start.line
    this.lineStart = start.lineStart
    this.string.surplus = start.surplus
    if (start.inside === undefined) return
    this.open[0] = start.inside === 'object' ? object : array
    this.depth = 1
  }

  /** Reads up to behind the value that it began with; returns where it stopped. The chunk may be overwritten. Throws a Mistake. */
  push(chunk: Buffer): number {
    this.chunk = chunk
    let at = 0
    do at = this.step(at)
    while (at < chunk.length && !this.isBehindValue)
    this.string.kept.chunkEnds(chunk)
    this.tail = this.lastBytes(at)
    this.base += at
    this.chunk = nothing
    return at
  }

  /** The value that it began with, inside of something, has ended. */
  get isBehindValue(): boolean {
    const { inside, state } = this.start
    return this.state === 'comma' && this.depth === 1 && inside !== undefined && state !== 'comma'
  }

  /** Nothing comes any more. Throws a Mistake when the value is not whole. */
  end(): void {
    const mayEnd = this.depth === 0 || (this.depth === 1 && this.start.inside === 'lines')
    if (mayEnd && this.state === 'number' && wholeNumbers.has(this.number)) return
    if (this.state !== 'end' && !(mayEnd && this.state === 'comma')) this.fail(0, this.expectation())
  }

  /** Reads on from `at`; returns where the next step begins. */
  private step(at: number): number {
    switch (this.state) {
      case 'string':
        return this.inString(at)
      case 'number':
        return this.inNumber(at)
      case 'literal':
        return this.inLiteral(at)
      case 'value':
      case 'value or ]':
      case 'key':
      case 'key or }':
      case 'colon':
      case 'comma':
      case 'end':
        return this.inStructure(at)
    }
  }

  private inStructure(from: number): number {
    const { chunk } = this
    let at = from
    for (; at < chunk.length; at += 1) {
      const byte = chunk[at] as number
      if (byte === lineFeed) {
        if (this.start.inside === 'lines') this.fail(at, restOfLine)
        this.line += 1
        this.lineStart = this.base + at + 1
        this.string.surplus = 0
      } else if (byte !== space && byte !== carriageReturn && byte !== tab) return this.token(byte, at)
    }
    return at
  }

  private token(byte: number, at: number): number {
    switch (this.state) {
      case 'value or ]':
        return byte === 0x5d ? this.close(at) : this.beginValue(byte, at)
      case 'value':
        return this.beginValue(byte, at)
      case 'key or }':
        return byte === 0x7d ? this.close(at) : this.beginKey(byte, at)
      case 'key':
        return this.beginKey(byte, at)
      case 'colon':
        if (byte !== 0x3a) this.fail(at, this.expectation())
        this.state = 'value'
        return at + 1
      case 'comma':
        return this.afterValue(byte, at)
      case 'end':
      case 'string':
      case 'number':
      case 'literal':
        return this.fail(at, this.expectation())
    }
  }

  private afterValue(byte: number, at: number): number {
    const inside = this.open[this.depth - 1]
    if (this.depth === 1 && this.start.inside === 'lines') this.fail(at, this.expectation())
    if (byte === (inside === array ? 0x5d : 0x7d)) return this.close(at)
    if (byte !== 0x2c) this.fail(at, this.expectation())
    this.state = inside === array ? 'value' : 'key'
    return at + 1
  }

  private beginValue(byte: number, at: number): number {
    switch (byte) {
      case quote:
        this.listener.value('string', this.depth)
        return this.beginString('value', at)
      case 0x7b:
        this.listener.value('object', this.depth)
        return this.openBracket(object, 'key or }', at)
      case 0x5b:
        this.listener.value('array', this.depth)
        return this.openBracket(array, 'value or ]', at)
    }
    if (byte === 0x2d || (byte >= 0x30 && byte <= 0x39)) {
      this.listener.value('number', this.depth)
      this.number = byte === 0x2d ? 'minus' : (nextInNumber('minus', byte) as NumberState)
      this.state = 'number'
      return at + 1
    }
    const literal = literals.get(byte)
    if (literal === undefined) return this.fail(at, this.expectation())
    this.listener.value(literal === 'null' ? 'null' : 'boolean', this.depth)
    this.literal = literal
    this.matched = 1
    this.state = 'literal'
    return at + 1
  }

  private openBracket(bracket: number, state: State, at: number): number {
    if (this.depth === deepest) this.fail(at, 'at most 10,000 brackets inside one another')
    this.open[this.depth] = bracket
    this.depth += 1
    this.state = state
    return at + 1
  }

  private close(at: number): number {
    this.listener.close(this.depth)
    this.depth -= 1
    this.endValue()
    return at + 1
  }

  private endValue(): void {
    this.state = this.depth === 0 ? 'end' : 'comma'
  }

  private beginKey(byte: number, at: number): number {
    if (byte !== quote) this.fail(at, this.expectation())
    return this.beginString('key', at)
  }

  private beginString(role: 'key' | 'value', at: number): number {
    this.role = role
    this.state = 'string'
    this.string.begin(at + 1, this.listener.wants(role, this.depth))
    return at + 1
  }

  private inString(from: number): number {
    const at = this.string.read(this.chunk, from)
    if (!this.string.closed) return at
    const text = this.string.text(this.chunk, at - 1)
    if (text !== undefined) this.listener.text(this.role, text)
    if (this.role === 'key') this.state = 'colon'
    else this.endValue()
    return at
  }

  private inNumber(at: number): number {
    const next = nextInNumber(this.number, this.chunk[at] as number)
    if (next !== undefined) {
      this.number = next
      return at + 1
    }
    if (!wholeNumbers.has(this.number)) this.fail(at, this.expectation())
    this.endValue()
    return at
  }

  private inLiteral(at: number): number {
    if (this.chunk[at] !== this.literal.charCodeAt(this.matched)) this.fail(at, this.expectation())
    this.matched += 1
    if (this.matched === this.literal.length) this.endValue()
    return at + 1
  }

  /** What could have come, in words that follow `wanted`. */
  private expectation(): string {
    switch (this.state) {
      case 'value':
        return 'a value'
      case 'value or ]':
        return 'a value or ]'
      case 'key':
        return 'a key in double quotes'
      case 'key or }':
        return 'a key in double quotes or }'
      case 'colon':
        return 'a colon after the key'
      case 'comma':
        return this.afterValueWords()
      case 'end':
        return 'nothing after the one value'
      case 'string':
        return this.string.wanted
      case 'number':
        return wholeNumbers.has(this.number) ? this.afterValueWords() : 'a digit'
      case 'literal':
        return this.literal
    }
  }

  private afterValueWords(): string {
    if (this.depth === 1 && this.start.inside === 'lines') return 'a line break after the record'
    return this.open[this.depth - 1] === array ? 'a comma or ]' : 'a comma or }'
  }

  private nesting(): number {
    const inValue =
      (this.state === 'string' && this.role === 'value') ||
      this.state === 'literal' ||
      (this.state === 'number' && !wholeNumbers.has(this.number))
    return this.depth + (inValue ? 1 : 0)
  }

  private fail(at: number, wanted: string): never {
    const offset = this.base + at
    throw new Mistake(wanted, {
      offset,
      line: this.line,
      column: offset - this.lineStart - this.string.surplus + 1,
      nesting: this.nesting(),
      before: this.lastBytes(at),
      after: Buffer.from(this.chunk.subarray(at, at + context)),
    })
  }

  private lastBytes(end: number): Buffer {
    const here = this.chunk.subarray(Math.max(0, end - context), end)
    return Buffer.concat([this.tail, here]).subarray(-context)
  }
}
