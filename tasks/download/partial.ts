/**
 * A file that is being written front to back and may be continued by a later run: the bytes, their digests so far, and
 * a note beside them that says whose bytes they are. Knows no host and no rule of HTTP.
 *
 * The note is on disk before the first byte. Bytes count as kept when the file was synced after them, when the machine
 * has not been started again since, or when a pinned digest will judge the whole anyway.
 */

import { constants, readFileSync } from 'node:fs'
import { type FileHandle, open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Digester, type Digests, feed } from '../../lib/io/digest.ts'
import { remove, syncFolder, writeWhole } from '../../lib/io/disk.ts'

/** Whose bytes they are. Without address or credentials: the note lies on disk. */
export interface Origin {
  /** Digest of the address. */
  readonly identity: string
  /** Strong ETag or date of the file at the host. */
  readonly validator?: string
  /** Bytes of the whole file, where the host tells. */
  readonly total?: number
}

interface Note {
  readonly version: 1
  readonly origin: Origin
  readonly syncedBytes: number
  /** Of the machine's start in which the file was written. */
  readonly boot: string | undefined
}

export interface PartialOptions {
  readonly md5: boolean
  /** The whole will be compared with a digest that the spec pins. */
  readonly pinned: boolean
  readonly signal: AbortSignal
  /** Called while bytes of an earlier run are hashed. */
  readonly onBytes: (bytes: number) => void
}

export class PartialFile {
  readonly #path: string
  readonly #file: FileHandle
  readonly #md5: boolean
  #digester: Digester
  #origin: Origin | undefined
  #length = 0
  /** Some bytes came in an earlier run or from another address: a wrong digest is not the fault of who sent the last. */
  #mixed = false
  #givenAway = false

  private constructor(path: string, file: FileHandle, md5: boolean) {
    this.#path = path
    this.#file = file
    this.#md5 = md5
    this.#digester = new Digester({ md5 })
  }

  /** Takes up what an earlier run left, as far as it can be trusted. */
  static async open(path: string, options: PartialOptions): Promise<PartialFile> {
    const file = await open(path, constants.O_RDWR | constants.O_CREAT, 0o666)
    const part = new PartialFile(path, file, options.md5)
    try {
      await part.#takeUp(options)
      return part
    } catch (error) {
      await file.close()
      throw error
    }
  }

  get length(): number {
    return this.#length
  }

  get origin(): Origin | undefined {
    return this.#origin
  }

  get mixed(): boolean {
    return this.#mixed
  }

  /** Forgets what there is; the next byte is the first. */
  async begin(origin: Origin): Promise<void> {
    await this.empty()
    this.#origin = origin
    this.#writeNote()
  }

  /** The bytes to come continue those that are there, perhaps from another address. */
  async continueFrom(origin: Origin): Promise<void> {
    if (origin.identity === this.#origin?.identity) return
    await this.#file.datasync()
    this.#mixed = true
    this.#origin = origin
    this.#writeNote()
  }

  async append(bytes: Buffer): Promise<void> {
    const written = this.#write(bytes)
    this.#digester.update(bytes) // while the disk is busy
    await written
    this.#length += bytes.length
  }

  /** Of everything so far. */
  digests(): Digests {
    return this.#digester.digests()
  }

  async empty(): Promise<void> {
    remove(noteOf(this.#path))
    await this.#truncate(0)
    this.#digester = new Digester({ md5: this.#md5 })
    this.#origin = undefined
    this.#mixed = false
  }

  /** Leaves the file for a later run, with all that was received safely on disk. */
  async close(): Promise<void> {
    if (this.#givenAway) return
    try {
      if (this.#length > 0) {
        await this.#file.datasync()
        this.#writeNote()
      }
    } finally {
      await this.#file.close()
    }
    if (this.#length > 0) return
    remove(this.#path)
    remove(noteOf(this.#path))
  }

  /** Gives the whole file away, synced, under another name. */
  async moveTo(path: string): Promise<void> {
    await this.#file.sync()
    await this.#file.close()
    this.#givenAway = true
    await rename(this.#path, path)
    syncFolder(dirname(path))
    remove(noteOf(this.#path))
  }

  async #takeUp({ pinned, signal, onBytes }: PartialOptions): Promise<void> {
    const note = readNote(noteOf(this.#path))
    const { size } = await this.#file.stat()
    const safe = note && (pinned || (note.boot !== undefined && note.boot === bootId()))
    const kept = safe ? size : Math.min(size, note?.syncedBytes ?? 0)
    // The last byte is asked for again, even of a complete file: the answer tells whether it is still the same file.
    await this.#truncate(Math.min(kept, Math.max(0, (note?.origin.total ?? Infinity) - 1)))
    if (!note || this.#length === 0) return
    this.#origin = note.origin
    this.#mixed = true
    await feed(this.#digester, this.#path, { onBytes, signal })
  }

  async #write(bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      const { bytesWritten } = await this.#file.write(bytes, at, bytes.length - at, this.#length + at)
      at += bytesWritten
    }
  }

  async #truncate(length: number): Promise<void> {
    if ((await this.#file.stat()).size !== length) await this.#file.truncate(length)
    this.#length = length
  }

  #writeNote(): void {
    if (!this.#origin) return
    const note: Note = { version: 1, origin: this.#origin, syncedBytes: this.#length, boot: bootId() }
    writeWhole(noteOf(this.#path), `${JSON.stringify(note, null, 2)}\n`)
  }
}

const noteOf = (path: string): string => `${path}.json`

/** The note, or undefined where there is none that can be trusted. */
function readNote(path: string): Note | undefined {
  try {
    const note = JSON.parse(readFileSync(path, 'utf8')) as Partial<Note> | null
    const whole =
      note?.version === 1 && typeof note.origin?.identity === 'string' && Number.isInteger(note.syncedBytes)
    return whole ? (note as Note) : undefined
  } catch {
    return undefined
  }
}

/** Another one after each start of the machine; undefined where the system does not tell. */
function bootId(): string | undefined {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return undefined
  }
}
