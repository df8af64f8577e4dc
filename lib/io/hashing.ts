/**
 * Hashes a file while it is being written: a thread reads behind the watermark, from memory mostly, so that neither the
 * network waits for the digest nor the file is read a second time. What was hashed can be saved for a later run. Knows no
 * pin.
 */

import { unlessAborted } from './abort.ts'
import { type Digests, hashFile } from './digest.ts'
import type { Growing } from './growing.ts'
import type { SavedHash } from './hashing/protocol.ts'
import { HashJob } from './hashing/thread.ts'

export type { SavedHash } from './hashing/protocol.ts'

export interface HashingOptions {
  readonly md5: boolean
  /** A file shorter than this is hashed at its end, sooner than a thread is told of it. */
  readonly hashFromBytes: number
  /** The thread is told of so many bytes at once, and of nothing less. */
  readonly hashPieceBytes: number
}

export class HashBehind {
  readonly #file: Growing
  readonly #options: HashingOptions
  readonly #unwatch: () => void
  #job: HashJob | undefined
  /** The furthest that is known of the bytes that are there. */
  #saved: SavedHash | undefined
  #told = 0

  constructor(file: Growing, options: HashingOptions) {
    this.#file = file
    this.#options = options
    this.#unwatch = file.watch(() => this.#follow())
  }

  /** Goes on from where an earlier run was. False where nobody here can: it begins at the first byte. */
  async takeUp(saved: SavedHash): Promise<boolean> {
    const isBegun = await this.#open(saved).begun.then(
      () => true,
      () => false,
    )
    if (!isBegun) this.#forget()
    return isBegun
  }

  /**
   * How far it is, while it goes on; undefined where it is still at the first byte. Never behind the watermark at the
   * time of asking, nor behind the last byte of the file.
   */
  async save(): Promise<SavedHash | undefined> {
    const job = this.#job
    const saved = await job?.save()
    if (saved && saved.position > 0 && job === this.#job) this.#saved = saved
    return this.#saved
  }

  /**
   * Of all bytes up to the watermark; nothing may follow. `onHashed` hears now and then how far it is, of a file that was
   * resumed and has much to be read yet.
   */
  async digests(signal: AbortSignal, onHashed?: (position: number) => void): Promise<Digests> {
    const { path, watermark } = this.#file
    const job = this.#job
    if (!job) return (await hashFile(path, { md5: this.#options.md5, signal })).digests
    this.#told = watermark
    const digests = await unlessAborted(job.finish(watermark, onHashed), signal)
    if (job === this.#job) this.#job = undefined
    return digests
  }

  close(): void {
    this.#unwatch()
    this.#job?.close()
    this.#job = undefined
  }

  #follow(): void {
    const { watermark } = this.#file
    const { hashFromBytes, hashPieceBytes } = this.#options
    if (watermark < this.#told) this.#goBack(watermark)
    // Not the last byte: a later run asks for it again, even of a whole file, and goes on from here.
    const to = hashPieceBytes * Math.floor((watermark - 1) / hashPieceBytes)
    if (to <= this.#told || (!this.#job && to < hashFromBytes)) return
    const job = this.#job ?? this.#open()
    job.hash(to)
    this.#told = to
  }

  #open(from?: SavedHash): HashJob {
    this.#job = new HashJob(this.#file.path, { md5: this.#options.md5, from })
    this.#saved = from
    this.#told = from?.position ?? 0
    return this.#job
  }

  /** The file is written anew from the watermark on: what was saved before that is still true. */
  #goBack(watermark: number): void {
    const saved = this.#saved
    this.#forget()
    if (saved && saved.position <= watermark) this.#open(saved)
  }

  #forget(): void {
    this.#job?.close()
    this.#job = undefined
    this.#saved = undefined
    this.#told = 0
  }
}
