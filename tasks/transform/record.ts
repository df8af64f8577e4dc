/** Which bytes of a record change, and into what: its image paths and its id. All others stay as they were published. Pure. */

import type { Batch } from '../../lib/io/json/batch.ts'
import type { TransformParams } from './params.ts'
import { longestPath, patternOf } from './pattern.ts'

/** Bytes `from` … `to` of a batch become `text`. */
export interface Edit {
  readonly from: number
  readonly to: number
  readonly text: Buffer
}

const none: readonly Edit[] = []
const quoteMark = Buffer.from('"')
const [quote, minus, zero, nine, backslash] = [0x22, 0x2d, 0x30, 0x39, 0x5c]
const [openBracket, closeBracket, openBrace, closeBrace] = [0x5b, 0x5d, 0x7b, 0x7d]

export class Changes {
  /** Paths that each rule of `rewrite` changed. */
  readonly changed: number[]
  readonly #rules: readonly { readonly match: RegExp; readonly to: string }[]
  readonly #prefix: string
  readonly #prefixBytes: Buffer
  readonly #castId: boolean

  constructor({ rewrite, prefix, castId }: Pick<TransformParams, 'rewrite' | 'prefix' | 'castId'>) {
    this.#rules = rewrite.map(({ match, to }) => ({ match: patternOf(match), to }))
    this.changed = rewrite.map(() => 0)
    this.#prefix = prefix
    this.#prefixBytes = Buffer.from(JSON.stringify(prefix).slice(1, -1))
    this.#castId = castId
  }

  /** Image paths stay what they are. */
  get keepsPaths(): boolean {
    return this.#rules.length === 0 && this.#prefix === ''
  }

  /** Of record `i`, in their order. */
  editsOf(batch: Batch, i: number): readonly Edit[] {
    const edits = [...this.#inId(batch, i), ...this.#inImages(batch, i)]
    return edits.length > 1 ? edits.sort((a, b) => a.from - b.from) : edits
  }

  /** A path as the result has it. An empty one names no image. */
  pathOf(path: string): string {
    return path === '' ? '' : this.#prefix + this.#rewritten(path)
  }

  #rewritten(path: string): string {
    if (path.length > longestPath) return path
    return this.#rules.reduce((text, { match, to }, rule) => {
      const next = text.replace(match, to)
      if (next !== text) (this.changed[rule] as number) += 1
      return next
    }, path)
  }

  /** The digits stay what they are: no number of JavaScript lies between. */
  #inId({ bytes, idFrom, idTo }: Batch, i: number): readonly Edit[] {
    const [from, to] = [idFrom[i] as number, idTo[i] as number]
    if (!this.#castId || from === to) return none
    const first = bytes[from] as number
    if (first !== minus && (first < zero || first > nine)) return none
    return [
      { from, to: from, text: quoteMark },
      { from: to, to, text: quoteMark },
    ]
  }

  /** One string, or those of a list. */
  #inImages({ bytes, imageFrom, imageTo }: Batch, i: number): readonly Edit[] {
    const [from, to] = [imageFrom[i] as number, imageTo[i] as number]
    if (from === to || this.keepsPaths) return none
    if (bytes[from] === quote) return this.#inString(bytes, from, to)
    if (bytes[from] !== openBracket) return none
    const edits: Edit[] = []
    let depth = 0
    for (let at = from; at < to; ) {
      const byte = bytes[at]
      const next = byte === quote ? behindString(bytes, at + 1) : at + 1
      if (byte === openBracket || byte === openBrace) depth += 1
      else if (byte === closeBracket || byte === closeBrace) depth -= 1
      else if (byte === quote && depth === 1) edits.push(...this.#inString(bytes, at, next))
      at = next
    }
    return edits
  }

  /** `from`: of the opening quote; `to`: behind the closing one. What no rule changes keeps its escapes. */
  #inString(bytes: Buffer, from: number, to: number): readonly Edit[] {
    if (to - from === 2) return none
    if (this.#rules.length > 0) {
      const path = JSON.parse(bytes.toString('utf8', from, to)) as string
      const next = this.#rewritten(path)
      if (next !== path) return [{ from, to, text: Buffer.from(JSON.stringify(this.#prefix + next)) }]
    }
    return this.#prefix === '' ? none : [{ from: from + 1, to: from + 1, text: this.#prefixBytes }]
  }
}

/** `from`: behind the opening quote of a string that was checked. */
function behindString(bytes: Buffer, from: number): number {
  let at = from
  while (bytes[at] !== quote) at += bytes[at] === backslash ? 2 : 1
  return at + 1
}
