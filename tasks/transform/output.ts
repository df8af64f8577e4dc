/** One annotation that is being written, record by record, and its digest. Knows no records, only where each lies. */

import { createHash } from 'node:crypto'
import { closeSync, openSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { makeFolder } from '../../lib/io/disk.ts'
import type { Edit } from './record.ts'

const [lineFeed, carriageReturn, space, tab] = [0x0a, 0x0d, 0x20, 0x09]

/** A record begins, records meet, all ends; and a file of none. */
const frames = {
  json: { first: '[\n', between: ',\n', last: '\n]\n', none: '[]\n' },
  jsonl: { first: '', between: '\n', last: '\n', none: '' },
  /** Records with their keys. */
  members: { first: '{\n', between: ',\n', last: '\n}\n', none: '{}\n' },
} as const

/** Its file is open only while it is written to: there may be many. */
export class Output {
  readonly #path: string
  readonly #format: keyof typeof frames
  readonly #buffer: Buffer
  readonly #wrote: (bytes: number) => void
  readonly #hash = createHash('sha256')
  #held = 0
  #bytes = 0
  #records = 0

  /** `path`: absolute; `held`: bytes that are gathered before they are written. */
  constructor(path: string, format: keyof typeof frames, held: number, wrote: (bytes: number) => void) {
    this.#path = path
    this.#format = format
    this.#buffer = Buffer.allocUnsafe(held)
    this.#wrote = wrote
    makeFolder(dirname(path))
  }

  /** Bytes `from` … `to`, with edits in their order; a record a line loses its line breaks. */
  record(bytes: Buffer, from: number, to: number, edits: readonly Edit[]): void {
    const { first, between } = frames[this.#format]
    this.#text(this.#records === 0 ? first : between)
    this.#records += 1
    let at = from
    for (const edit of edits) {
      this.#kept(bytes, at, edit.from)
      this.#put(edit.text, 0, edit.text.length)
      at = edit.to
    }
    this.#kept(bytes, at, to)
  }

  end(): { readonly bytes: number; readonly sha256: string; readonly records: number } {
    const { last, none } = frames[this.#format]
    this.#text(this.#records === 0 ? none : last)
    this.#flush()
    return { bytes: this.#bytes, sha256: this.#hash.digest('hex'), records: this.#records }
  }

  #text(text: string): void {
    const bytes = Buffer.from(text)
    this.#put(bytes, 0, bytes.length)
  }

  /** No string has a raw line break: what is left out stands between values, with the indent behind it. */
  #kept(bytes: Buffer, from: number, to: number): void {
    if (this.#format !== 'jsonl' || !hasBreak(bytes.subarray(from, to))) return this.#put(bytes, from, to)
    let at = from
    for (let i = from; i < to; i += 1) {
      if (bytes[i] !== lineFeed && bytes[i] !== carriageReturn) continue
      this.#put(bytes, at, i)
      while (i < to && isBlank(bytes[i] as number)) i += 1
      at = i
    }
    this.#put(bytes, at, to)
  }

  #put(bytes: Buffer, from: number, to: number): void {
    for (let at = from; at < to; ) {
      if (this.#held === this.#buffer.length) this.#flush()
      const count = bytes.copy(
        this.#buffer,
        this.#held,
        at,
        Math.min(to, at + this.#buffer.length - this.#held),
      )
      this.#held += count
      at += count
    }
  }

  #flush(): void {
    const piece = this.#buffer.subarray(0, this.#held)
    const file = openSync(this.#path, 'a')
    try {
      for (let at = 0; at < piece.length; ) at += writeSync(file, piece, at)
    } finally {
      closeSync(file)
    }
    this.#hash.update(piece)
    this.#bytes += piece.length
    this.#wrote(piece.length)
    this.#held = 0
  }
}

const hasBreak = (bytes: Buffer): boolean => bytes.includes(lineFeed) || bytes.includes(carriageReturn)

const isBlank = (byte: number): boolean =>
  byte === lineFeed || byte === carriageReturn || byte === space || byte === tab
