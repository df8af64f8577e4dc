/** What is known of each name of a list, in columns of numbers. Pure. */

import { type Failure, type FailureClass, failureClasses } from './failure.ts'
import { type Hash64, Hashes } from './hashes.ts'

const marks = {
  /** A file came from the address, or out of the archive. */
  came: 1,
  filled: 2,
  /** It was written before the machine was started: to be hashed before it is trusted. */
  doubtful: 4,
  failed: 8,
  /** The archive that fills gaps has no file for it. */
  lacked: 16,
  /** Of this attempt: it is in the list · was decided · is part of the result · lies in staging. */
  listed: 32,
  decided: 64,
  held: 128,
  staged: 256,
  /** It is a folder of other names. */
  folder: 512,
  /** It was counted among what is missing. */
  missed: 1024,
} as const

export type Mark = keyof typeof marks

export interface Row {
  readonly bytes: number
  readonly sha256: string
}

export class Rows {
  #marks = new Uint16Array(64)
  #bytes = new Float64Array(64)
  #sha256 = Buffer.alloc(64 * 32)
  #when = new Float64Array(64)
  #class = new Uint8Array(64)
  #status = new Uint16Array(64)
  /** Of the address that the file came from, that failed, that stands in the list. */
  readonly cameFrom = new Hashes()
  readonly failedAt = new Hashes()
  readonly listedAt = new Hashes()

  came(row: number, from: Hash64, bytes: number, sha256: string, doubtful = false): void {
    this.#file(row, bytes, sha256, doubtful)
    this.cameFrom.set(row, from)
    this.mark(row, 'came')
    this.unmark(row, 'filled')
    this.unmark(row, 'failed')
  }

  filled(row: number, bytes: number, sha256: string, doubtful = false): void {
    this.#file(row, bytes, sha256, doubtful)
    this.mark(row, 'filled')
    this.unmark(row, 'came')
  }

  failed(row: number, from: Hash64, { class: kind, status }: Failure, when: number): void {
    this.mark(row, 'failed')
    this.failedAt.set(row, from)
    this.#class[row] = failureClasses.indexOf(kind)
    this.#status[row] = status
    this.#when[row] = when
  }

  is(row: number, mark: Mark): boolean {
    return ((this.#marks[row] ?? 0) & marks[mark]) !== 0
  }

  mark(row: number, mark: Mark): void {
    this.#makeRoom(row)
    this.#marks[row] = (this.#marks[row] as number) | marks[mark]
  }

  unmark(row: number, mark: Mark): void {
    this.#makeRoom(row)
    this.#marks[row] = (this.#marks[row] as number) & ~marks[mark]
  }

  fileOf(row: number): Row {
    return {
      bytes: this.#bytes[row] as number,
      sha256: this.#sha256.toString('hex', 32 * row, 32 * row + 32),
    }
  }

  /** `when` in milliseconds since 1970. */
  failureOf(row: number): Failure & { readonly when: number } {
    const kind = failureClasses[this.#class[row] as number] as FailureClass
    return { class: kind, status: this.#status[row] as number, when: this.#when[row] as number }
  }

  #file(row: number, bytes: number, sha256: string, doubtful: boolean): void {
    this.#makeRoom(row)
    this.#bytes[row] = bytes
    this.#sha256.write(sha256, 32 * row, 'hex')
    if (doubtful) this.mark(row, 'doubtful')
    else this.unmark(row, 'doubtful')
  }

  #makeRoom(row: number): void {
    const length = this.#marks.length
    if (row < length) return
    const wider = 2 * Math.max(length, row)
    this.#marks = copied(this.#marks, new Uint16Array(wider))
    this.#bytes = copied(this.#bytes, new Float64Array(wider))
    this.#sha256 = copied(this.#sha256, Buffer.alloc(32 * wider))
    this.#when = copied(this.#when, new Float64Array(wider))
    this.#class = copied(this.#class, new Uint8Array(wider))
    this.#status = copied(this.#status, new Uint16Array(wider))
  }
}

function copied<T extends Uint8Array | Uint16Array | Float64Array>(from: T, to: T): T {
  to.set(from)
  return to
}
