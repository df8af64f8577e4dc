/**
 * Unpacks stretches of one archive: reads neighbours at once, inflates, proves, hashes and writes each. Synchronous where
 * it can be, because nothing else happens on its thread. Knows neither threads nor order.
 */

import { hash } from 'node:crypto'
import { closeSync, openSync, rmSync } from 'node:fs'
import { writeAll } from '../disk.ts'
import type { ZipEntry } from '../zip/columns.ts'
import { readContent, wholeContent } from '../zip/content.ts'
import { overHandle, type RandomAccess, readAt } from '../zip/random-access.ts'
import type { Stretch, UnpackingJob } from './protocol.ts'
import { Selection } from './selection.ts'
import { sha256IfWhole } from './whole.ts'

/** Neighbours are read together up to so many bytes. */
export const mostReadBytes = 1 << 20

export class Extraction {
  readonly #folder: string
  readonly #selection: Selection
  readonly #handle: number
  readonly #archive: RandomAccess

  /** What was read last: one for all stretches, since each is done before the next is read. */
  readonly #stretch = Buffer.allocUnsafeSlow(mostReadBytes)
  readonly #onBytes: (bytes: number) => void
  readonly #stop = new AbortController()

  /** `onBytes`: of large entries, as they are written. */
  constructor({ handle, selection, folder }: UnpackingJob, onBytes: (bytes: number) => void) {
    this.#onBytes = onBytes
    this.#folder = folder
    this.#selection = new Selection(selection)
    this.#handle = handle
    this.#archive = overHandle(this.#handle, this.#selection.directory.archive)
  }

  /** What is being unpacked ends soon, with an error. */
  stop(): void {
    this.#stop.abort(new Error('told to stop'))
  }

  /** Those that are done are left out. What was written when it throws lies there whole or is marked as not done. */
  async unpack({ from, to }: Stretch): Promise<void> {
    const selection = this.#selection
    const start = selection.from(from)
    const bytes = selection.to(to - 1) - start
    if (bytes > mostReadBytes || !selection.isSmall(from)) {
      for (let k = from; k < to; k += 1) if (!selection.isDone(k)) await this.#alone(k)
      return
    }
    const read = readAt(this.#handle, this.#archive.name, start, bytes, this.#stretch)
    for (let k = from; k < to; k += 1) {
      if (selection.isDone(k)) continue
      const entry = selection.directory.entry(selection.index(k))
      const content = wholeContent(
        this.#archive.name,
        entry,
        read.subarray(entry.headerOffset - start, entry.endOffset - start),
      )
      this.#write(k, handle => {
        writeAll(handle, content)
        return hash('sha256', content, 'buffer')
      })
    }
  }

  /** What an earlier attempt left: done where size and CRC-32 are right, removed where not. */
  check({ from, to }: Stretch): Promise<void> {
    for (let k = from; k < to; k += 1) {
      const sha256 = sha256IfWhole(this.#pathOf(k), this.#selection.directory.entry(this.#selection.index(k)))
      if (sha256) this.#selection.setDone(k, sha256)
      else rmSync(this.#pathOf(k), { force: true })
    }
    return Promise.resolve()
  }

  /** An entry that is not read together with others. */
  async #alone(k: number): Promise<void> {
    const selection = this.#selection
    const entry: ZipEntry = selection.directory.entry(selection.index(k))
    if (selection.isSmall(k)) {
      let content: Buffer = Buffer.alloc(0)
      const sha256 = await readContent(this.#archive, entry, bytes => {
        content = bytes
        return Promise.resolve()
      })
      return this.#write(k, handle => {
        writeAll(handle, content)
        return Buffer.from(sha256, 'hex')
      })
    }
    const path = this.#pathOf(k)
    const handle = openSync(path, 'wx')
    try {
      const sink = (bytes: Buffer): Promise<void> => {
        writeAll(handle, bytes)
        this.#onBytes(bytes.length)
        return Promise.resolve()
      }
      const sha256 = await readContent(this.#archive, entry, sink, this.#stop.signal)
      selection.setDone(k, Buffer.from(sha256, 'hex'))
    } finally {
      closeSync(handle)
      if (!selection.isDone(k)) rmSync(path, { force: true })
    }
  }

  #write(k: number, fill: (handle: number) => Uint8Array): void {
    const path = this.#pathOf(k)
    const handle = openSync(path, 'wx')
    let sha256: Uint8Array | undefined
    try {
      sha256 = fill(handle)
    } finally {
      closeSync(handle)
      if (!sha256) rmSync(path, { force: true })
    }
    this.#selection.setDone(k, sha256)
  }

  #pathOf = (k: number): string => `${this.#folder}/${this.#selection.path(k)}`
}
