/** A file that is coming in: in memory while it is small, hashed as it passes, whole under its name or not there at all. */

import { createHash } from 'node:crypto'
import { closeSync, openSync, renameSync } from 'node:fs'
import { dirname } from 'node:path'
import { makeFolder, remove, writeAll } from '../../lib/io/disk.ts'
import { wholeBytes } from './content.ts'

/** So much is written at once. */
const pieceBytes = 1 << 18

export class Incoming {
  bytes = 0
  readonly #path: string
  readonly #hash = createHash('sha256')
  #head: Buffer = Buffer.alloc(0)
  #waiting: Buffer[] = []
  #waitingBytes = 0
  #handle: number | undefined

  /** `path`: where it is written until it is whole. */
  constructor(path: string) {
    this.#path = path
  }

  /** The first bytes: all while there are no more than `wholeBytes`. */
  get head(): Buffer {
    return this.#head
  }

  add(piece: Buffer): void {
    this.bytes += piece.length
    this.#hash.update(piece)
    if (this.#head.length < wholeBytes)
      this.#head = Buffer.concat([this.#head, piece.subarray(0, wholeBytes - this.#head.length)])
    this.#waiting.push(piece)
    this.#waitingBytes += piece.length
    if (this.#waitingBytes >= pieceBytes) this.#write()
  }

  /** Puts the file under its name, and gives its SHA-256. Not synced: the whole tree is, before it is placed. */
  finish(path: string): string {
    this.#write()
    if (this.#handle !== undefined) closeSync(this.#handle)
    this.#handle = undefined
    try {
      renameSync(this.#path, path)
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
      makeFolder(dirname(path))
      renameSync(this.#path, path)
    }
    return this.#hash.digest('hex')
  }

  /** After `finish` there is nothing to drop. */
  drop(): void {
    if (this.#handle === undefined) return
    closeSync(this.#handle)
    this.#handle = undefined
    remove(this.#path)
  }

  #write(): void {
    this.#handle ??= openSync(this.#path, 'w')
    writeAll(
      this.#handle,
      this.#waiting.length === 1 ? (this.#waiting[0] as Buffer) : Buffer.concat(this.#waiting),
    )
    this.#waiting = []
    this.#waitingBytes = 0
  }
}
