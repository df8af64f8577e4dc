/**
 * A file that is being written at several places at once and may be continued by a later run: its bytes, and a note
 * beside them that says whose bytes they are, which of them are safely on disk, and the digest so far. Knows no host and
 * no rule of HTTP.
 *
 * The note is on disk before the first byte, and names bytes only after they were synced: a crash costs at most what
 * came since the last sync.
 */

import { renameSync } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Digests } from '../../lib/io/digest.ts'
import { remove, syncFolder } from '../../lib/io/disk.ts'
import { Growing } from '../../lib/io/growing.ts'
import { HashBehind, type HashingOptions } from '../../lib/io/hashing.ts'
import { syncFilesystem } from '../../lib/io/native.ts'
import { ByteRanges } from '../../lib/model/byte-ranges.ts'
import type { Taken } from './checks.ts'
import { isSameOrigin, type Note, type Origin, readNote, withoutLast, withSpent, writeNote } from './note.ts'
import { Recent } from './recent.ts'
import { bytesIn, claim, noteIn, openBytes, unlessTakenOver } from './shelf.ts'
import { Regretted, Spending, type SpendingOptions, type Writer } from './spending.ts'
import { Writes } from './writes.ts'

export interface PartialOptions extends HashingOptions, SpendingOptions {
  /** A sync begins after so many bytes, or so long after the last; the writers wait for one after `mostUnsyncedBytes`. */
  readonly syncBytes: number
  readonly syncMs: number
  readonly mostUnsyncedBytes: number
}

export class PartialFile {
  /** The same file, for who reads it while it is written. */
  readonly growing: Growing
  /** What was taken, where all of it is there and was compared with what is wanted. */
  whole: Taken | undefined
  readonly #folder: string
  #file: FileHandle
  #hash: HashBehind
  readonly #options: PartialOptions
  readonly #spending: Spending
  readonly #recent: Recent
  #origins: readonly Origin[] = []
  readonly #written = new ByteRanges()
  readonly #writes = new Writes()
  #unsyncedBytes = 0
  #syncedMs = Number.NEGATIVE_INFINITY
  #syncing: Promise<void> | undefined
  #failure: unknown
  /** Some bytes came in an earlier run or from another address: a wrong digest is not the fault of who sent the last. */
  #mixed = false
  #givenAway = false
  /** The digest is known: what can be saved of it does not move on any more. */
  #isHashed = false

  private constructor(folder: string, file: FileHandle, options: PartialOptions) {
    this.#folder = folder
    this.#file = file
    this.#options = options
    this.growing = new Growing(bytesIn(folder), this.#written)
    this.#hash = new HashBehind(this.growing, options)
    this.#recent = new Recent(folder)
    const onReady = (): void => void (this.#syncing ??= this.#syncAside())
    this.#spending = new Spending(this.growing, options, onReady)
  }

  /** Takes up what an earlier run left on the shelf, as far as it can be trusted. */
  static async open(shelf: string, options: PartialOptions): Promise<PartialFile> {
    const folder = claim(shelf)
    const file = await openBytes(folder)
    const part = new PartialFile(folder, file, options)
    try {
      await part.#takeUp()
      return part
    } catch (error) {
      part.#hash.close()
      await file.close()
      throw error
    }
  }

  /** Bytes that are there, wherever they lie. */
  get length(): number {
    return this.#written.bytes()
  }

  get mixed(): boolean {
    return this.#mixed
  }

  /** Its beginning was used and given back: it cannot be given away as a file. */
  get isSpent(): boolean {
    return this.growing.spent > 0
  }

  /** Nobody can ask for bytes out of their turn: nothing is given back before the end. */
  keepWhole(): void {
    this.#spending.keepWhole()
  }

  /** What one connection should fetch at most at once, so that several fit in what may have arrived. */
  claimBytes(connections: number): number {
    return this.#spending.isOn ? this.#spending.claimBytes(connections) : Number.POSITIVE_INFINITY
  }

  /** What is missing between two positions. */
  gaps(from: number, to: number): ByteRanges {
    return this.#written.gaps(from, to)
  }

  /** Of the address whose first byte lies at `at`. */
  originAt(at: number): Origin | undefined {
    return this.#origins.find(origin => origin.at === at)
  }

  /** Where the bytes of an address begin. */
  get starts(): readonly number[] {
    return this.#origins.map(({ at }) => at)
  }

  /** Bytes of this origin follow, beside those that are there. */
  async continueFrom(origin: Origin): Promise<void> {
    const was = this.originAt(origin.at)
    if (was && isSameOrigin(was, origin)) return
    if (was && was.identity !== origin.identity) this.#mixed = true
    await this.#settle()
    this.#origins = [...this.#origins.filter(({ at }) => at !== origin.at), origin]
    await this.#sync()
  }

  /** Forgets what lies from `from` on, and all of it where its beginning is gone: nobody could read that again. */
  async empty(from = 0): Promise<void> {
    await this.#settle()
    const at = this.isSpent ? 0 : from
    this.#written.remove(at, Number.POSITIVE_INFINITY)
    this.#origins = this.#origins.filter(origin => origin.at < at)
    if (at === 0) this.#mixed = false
    this.#isHashed = false
    if (this.whole) {
      this.whole = undefined
      this.#hash.close()
      this.#hash = new HashBehind(this.growing, this.#options)
    }
    const watermark = Math.min(at, this.growing.watermark)
    await this.#recent.forget()
    remove(noteIn(this.#folder))
    if (at === 0) await this.#replaceFile()
    this.growing.beginAnew(watermark)
    if (at > 0) await this.#sync()
  }

  /** Writes pieces one behind the other from `at` on. Resolves when they can be read back. */
  async write(at: number, pieces: readonly Buffer[], writer?: Writer): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure
    const bytes = pieces.reduce((sum, { length }) => sum + length, 0)
    await this.#spending.room(at, at + bytes, writer)
    if (this.growing.isRegretted) throw new Regretted()
    await this.#writes.add(this.#file, at, pieces, bytes)
    this.#written.add(at, at + bytes)
    this.growing.reach(this.#written.endOf(0))
    this.#unsyncedBytes += bytes
    this.#recent.take(bytes, this.#written)
    if (this.#isSyncDue || this.#spending.isUsed) this.#syncing ??= this.#syncAside()
    if (this.#unsyncedBytes >= this.#options.mostUnsyncedBytes) await this.#syncing
  }

  /** Of the whole file: nothing may be missing before its last byte. Meanwhile what is left goes to the disk. */
  async digests(signal: AbortSignal, onHashed?: (position: number) => void): Promise<Digests> {
    if ((await this.#file.stat()).size > this.#written.end) await this.#file.truncate(this.#written.end)
    this.#syncing ??= this.#syncAside()
    const digests = await this.#hash.digests(signal, onHashed)
    this.#isHashed = true
    return digests
  }

  /** It is what was wanted: whoever reads it now may use it up. Resolves when they are done, or gone. */
  async useUp(whole: Taken): Promise<void> {
    this.whole = whole
    this.#spending.prove()
    await this.#settle()
    if (this.#spending.isOn) this.#syncing ??= this.#syncAside()
    while ((this.isSpent || this.#spending.isOn) && this.#spending.isInUse) {
      if (this.growing.isRegretted) throw new Regretted()
      if (this.#failure !== undefined) throw this.#failure
      this.#options.signal.throwIfAborted()
      await this.#spending.stirred()
    }
  }

  /** Leaves the file for a later run, with all that was received safely on disk. */
  async close(): Promise<void> {
    this.#spending.close()
    if (this.#givenAway) return this.#hash.close()
    try {
      await this.#settle()
      if (this.length > 0) await this.#sync()
    } finally {
      this.#hash.close()
      await this.#file.close()
    }
    if (this.length === 0) remove(this.#folder)
  }

  /** Gives the whole file away, synced, under another name; not to a task that was stopped: that would throw it away. */
  async moveTo(path: string): Promise<void> {
    await this.#settle()
    await this.#file.sync()
    this.#options.signal.throwIfAborted()
    await unlessTakenOver(async () => renameSync(bytesIn(this.#folder), path))
    this.#givenAway = true
    syncFolder(dirname(path))
    remove(this.#folder)
    await this.#file.close()
  }

  async #takeUp(): Promise<void> {
    const note = readNote(noteIn(this.#folder))
    const { size } = await this.#file.stat()
    if (!note) return size > 0 ? this.#replaceFile() : undefined
    if (note.whole) return this.#takeUpWhole(note.whole, note, size)
    this.#origins = note.origins
    const kept = [...note.kept, ...this.#recent.read().toJSON()]
    for (const [from, to] of kept) this.#written.add(from, Math.min(to, size))
    withoutLast(this.#written, note)
    this.#mixed = this.length > 0
    const { hash, spent = 0 } = note
    const isHashed =
      hash !== undefined && hash.position <= this.#written.endOf(0) && (await this.#hash.takeUp(hash))
    // Bytes that are gone and whose digest cannot be continued are worth nothing.
    if (spent > 0 && !isHashed) return this.empty()
    this.growing.spend(spent)
    this.growing.reach(this.#written.endOf(0))
  }

  /** Nobody has to be asked for anything. */
  async #takeUpWhole(whole: Taken, { spent = 0 }: Note, size: number): Promise<void> {
    if (size !== whole.bytes) return this.empty()
    this.#hash.close()
    this.whole = whole
    this.#written.add(0, size)
    this.growing.measure(size, whole.parts)
    this.growing.spend(spent)
    this.growing.reach(size)
  }

  /** Not emptied: a run that this one took over from may still write to it. */
  async #replaceFile(): Promise<void> {
    await this.#file.close()
    remove(bytesIn(this.#folder))
    this.#file = await unlessTakenOver(() => openBytes(this.#folder))
  }

  get #isSyncDue(): boolean {
    const { syncBytes, syncMs } = this.#options
    return this.#unsyncedBytes >= syncBytes || performance.now() - this.#syncedMs >= syncMs
  }

  /** Waits for a sync under way, and tells what it met. */
  async #settle(): Promise<void> {
    await this.#recent.settled()
    await this.#syncing
    if (this.#failure !== undefined) throw this.#failure
  }

  /** While bytes go on coming; what goes wrong is told at the next write. */
  async #syncAside(): Promise<void> {
    try {
      do await this.#sync()
      while ((!this.#isHashed || this.whole) && (await this.#spending.isDue()))
    } catch (error) {
      this.#failure = error
    } finally {
      this.#syncing = undefined
    }
  }

  /** What was written before is on disk, and the note says so. */
  async #sync(): Promise<void> {
    const kept = this.#written.copy()
    this.#unsyncedBytes = 0
    const saved = await this.#hash.save()
    const hash = saved && saved.position <= kept.endOf(0) ? saved : undefined
    const spent = this.#spending.ready(this.whole ? Number.POSITIVE_INFINITY : (hash?.position ?? 0))
    if (kept.bytes() > 0) {
      this.#syncedMs = performance.now()
      // What was made of it has to be on disk before it goes.
      if (spent === undefined || !(await syncFilesystem(this.#file.fd))) await this.#file.datasync()
    }
    const note: Note = {
      version: 2,
      origins: this.#origins,
      kept: kept.toJSON(),
      ...(hash && { hash }),
      ...withSpent(spent ?? this.growing.spent, this.whole),
    }
    await unlessTakenOver(() => writeNote(noteIn(this.#folder), note))
    if (spent !== undefined) this.#spending.give(this.#file.fd, spent)
  }
}
