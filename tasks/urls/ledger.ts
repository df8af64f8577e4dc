/**
 * What became of each address, one JSON object a line, kept over all attempts: what came, what failed and when, what an
 * archive gave instead, what it lacks. Only ever appended to; the last line about a name wins, and a line that was torn by a
 * crash is dropped. In memory there is a row of numbers for each name and not the name. Knows no host and no list.
 */

import { closeSync, fstatSync, ftruncateSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { look, syncFile, writeAll } from '../../lib/io/disk.ts'
import { linesOf } from '../../lib/io/list/lines.ts'
import { redact } from '../../lib/model/redact.ts'
import { type Failure, failureClasses } from './failure.ts'
import { fromHex, type Hash64, HashIndex, hashOf, inHex } from './hashes.ts'
import { Rows } from './rows.ts'

export interface LedgerOptions {
  /** Of the machine's start: what was written before it may be lost in part. Empty where nothing tells. */
  readonly boot: string
  /** Which archive fills the gaps now. */
  readonly fill: string | undefined
  readonly now: () => number
}

export class Ledger {
  static readonly fileName = 'ledger.ndjson'
  readonly rows = new Rows()
  readonly path: string
  readonly #names = new HashIndex()
  readonly #handle: number
  readonly #options: LedgerOptions
  /** A line was begun and, as on a full disk, perhaps not ended. */
  #isTorn = false

  private constructor(path: string, options: LedgerOptions, flags = 'a+') {
    this.path = path
    this.#options = options
    this.#handle = openSync(path, flags)
  }

  static async open(folder: string, options: LedgerOptions): Promise<Ledger> {
    const path = join(folder, Ledger.fileName)
    const ledger = new Ledger(path, options)
    try {
      dropTornLine(ledger.#handle)
      await ledger.#read()
      ledger.#append({ began: ledger.#time(), boot: options.boot })
      return ledger
    } catch (error) {
      ledger.close()
      throw error
    }
  }

  /** What it says now, for who only looks: nothing is written. */
  static async peek(folder: string): Promise<Pick<Ledger, 'rows' | 'count'>> {
    const ledger = new Ledger(
      join(folder, Ledger.fileName),
      { boot: '', fill: undefined, now: Date.now },
      'r',
    )
    try {
      await ledger.#read()
      return ledger
    } finally {
      ledger.close()
    }
  }

  /** The row of a name; a new one where nothing was known of it. */
  row(name: string): number {
    return this.#names.add(hashOf(name))
  }

  /** -1 where nothing is known of it. */
  find(name: string): number {
    return this.#names.find(hashOf(name))
  }

  get count(): number {
    return this.#names.count
  }

  /** Files of the result that an archive gave, by this attempt or an earlier one. */
  get filledCount(): number {
    let count = 0
    for (let row = 0; row < this.count; row += 1)
      if (this.rows.is(row, 'filled') && this.rows.is(row, 'held')) count += 1
    return count
  }

  came(row: number, name: string, from: Hash64, bytes: number, sha256: string): void {
    this.#append({ came: name, bytes, sha256, from: inHex(from) })
    this.rows.came(row, from, bytes, sha256)
  }

  failed(
    row: number,
    name: string,
    about: { key: string; address: string; from: Hash64; tries: number },
    failure: Failure,
  ): void {
    const { key, address, from, tries } = about
    const { class: kind, status } = failure
    const when = this.#options.now()
    this.#append({
      failed: name,
      key,
      address: redact(address),
      class: kind,
      ...(status !== 0 && { status }),
      tries,
      when: new Date(when).toISOString(),
      from: inHex(from),
    })
    this.rows.failed(row, from, failure, when)
  }

  filled(row: number, name: string, bytes: number, sha256: string): void {
    this.#append({ filled: name, bytes, sha256, fill: this.#options.fill })
    this.rows.filled(row, bytes, sha256)
  }

  /** The archive has no file for a name. */
  lacks(row: number, name: string): void {
    this.#append({ lacks: name, fill: this.#options.fill })
    this.rows.mark(row, 'lacked')
  }

  sync(): void {
    syncFile(this.path)
  }

  close(): void {
    closeSync(this.#handle)
  }

  #time = (): string => new Date(this.#options.now()).toISOString()

  #append(line: Record<string, unknown>): void {
    const text = `${this.#isTorn ? '\n' : ''}${JSON.stringify(line)}\n`
    this.#isTorn = true
    writeAll(this.#handle, Buffer.from(text))
    this.#isTorn = false
  }

  async #read(): Promise<void> {
    if (look(this.path)?.size === 0) return
    let boot: unknown
    for await (const lines of linesOf(this.path, Ledger.fileName))
      for (const { text } of lines) {
        const line = objectIn(text)
        if (typeof line?.['began'] === 'string') boot = line['boot']
        else if (line) this.#take(line, boot !== '' && boot === this.#options.boot)
      }
  }

  #take(line: Record<string, unknown>, isOfThisBoot: boolean): void {
    const { came, failed, filled, lacks, bytes, sha256 } = line
    const from = fromHex(line['from'])
    const isFile = typeof bytes === 'number' && typeof sha256 === 'string' && /^[0-9a-f]{64}$/.test(sha256)
    const isOfThisFill = line['fill'] === this.#options.fill
    if (typeof came === 'string' && from && isFile) {
      this.rows.came(this.row(came), from, bytes, sha256, !isOfThisBoot)
    } else if (typeof failed === 'string' && from) {
      const failure = failureIn(line)
      const when = Date.parse(String(line['when']))
      if (failure && !Number.isNaN(when)) this.rows.failed(this.row(failed), from, failure, when)
    } else if (typeof filled === 'string' && isFile && isOfThisFill) {
      this.rows.filled(this.row(filled), bytes, sha256, !isOfThisBoot)
    } else if (typeof lacks === 'string' && isOfThisFill) {
      this.rows.mark(this.row(lacks), 'lacked')
    }
  }
}

function failureIn(line: Record<string, unknown>): Failure | undefined {
  const kind = failureClasses.find(known => known === line['class'])
  const status = line['status'] ?? 0
  return kind !== undefined && typeof status === 'number' ? { class: kind, status } : undefined
}

/** Undefined for what is no object: a line that was torn in the middle of the file by a crash of the machine. */
function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

/** What stands behind the last line feed was not written to its end. */
function dropTornLine(handle: number): void {
  const { size } = fstatSync(handle)
  const piece = Buffer.alloc(65_536)
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - piece.length)
    const read = readSync(handle, piece, 0, end - start, start)
    const at = piece.subarray(0, read).lastIndexOf(0x0a)
    if (at >= 0 || start === 0) {
      const keep = at >= 0 ? start + at + 1 : 0
      if (keep < size) ftruncateSync(handle, keep)
      return
    }
    end = start
  }
}
