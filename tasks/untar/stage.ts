/**
 * The staging folder while a tar is unpacked into it. What lies there already tells of names that clash, so that no list
 * of names is kept in memory. Knows no tar; records nothing before all is known to be right.
 */

import { readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { errorCode, linkOrCopy, look, makeFolder } from '../../lib/io/disk.ts'
import type { Manifest } from '../../lib/model/manifest.ts'
import { ManifestBuilder } from '../../lib/model/manifest-builder.ts'
import { foldersTo } from '../../lib/model/paths.ts'
import type { Workbench } from '../../lib/model/task.ts'
import { folded } from '../unzip/clashes.ts'
import type { Flaw } from '../unzip/flaws.ts'
import { flawOfClash } from '../unzip/judge.ts'
import type { Flaws } from './flaws.ts'
import { Lanes } from './lanes.ts'
import type { Room } from './room.ts'
import { type Written, writePieces, writeWhole } from './write.ts'

/** Where an entry's content comes from. */
export interface Content {
  readonly bytes: number
  whole(): Promise<Buffer>
  /** Undefined at the end. */
  piece(): Promise<Buffer | undefined>
}

/** A file up to this size is held in memory, so that several are written at once. */
const smallBytes = 1 << 20
const lanes = { count: 8, bytes: 16 << 20 }
const foldersKept = 10_000

export class Stage {
  readonly #bench: Workbench
  readonly #flaws: Flaws
  readonly #room: Room
  readonly #lanes = new Lanes(lanes)
  /** Some of those that were made. */
  readonly #folders = new Set<string>()
  readonly #files = new ManifestBuilder()
  /** A hard link's path → that of the file. */
  readonly #links = new Map<string, string>()
  readonly #clashes = new Set<string>()
  /** What need not be written again, and which of it the archive has. */
  readonly #intact: Manifest | undefined
  readonly #kept: Uint8Array

  constructor(bench: Workbench, flaws: Flaws, room: Room, { intact }: Pick<Workbench, 'intact'>) {
    this.#bench = bench
    this.#flaws = flaws
    this.#room = room
    this.#intact = intact
    this.#kept = new Uint8Array(intact?.count ?? 0)
  }

  /** Content that is not needed is left unread. */
  async file(path: string, content: Content): Promise<void> {
    this.#bench.signal.throwIfAborted()
    if (this.#keeps(path, content.bytes) || !this.#makeFolderOf(path)) return
    const goal = this.#at(path)
    if (this.#flaws.isFatal) {
      // Only names count from here on.
      await this.#lanes.start(0, () => this.#write(path, () => writeWhole(goal, Buffer.alloc(0))))
      return
    }
    this.#room.takeFile(content.bytes)
    if (content.bytes > smallBytes)
      return this.#write(path, () => writePieces(goal, () => content.piece(), this.#bench.signal))
    const bytes = await content.whole()
    await this.#lanes.start(bytes.length, () => this.#write(path, () => writeWhole(goal, bytes)))
  }

  /** A second name for a file that came before. `written`: the goal as the archive has it, for the message. */
  async hardLink(path: string, written: string, goal: string | undefined): Promise<void> {
    await this.#lanes.idle()
    if (this.#keeps(path) || !this.#makeFolderOf(path)) return
    const from = goal === undefined ? undefined : this.#whereIs(goal)
    if (goal === undefined || from === undefined) return this.#flaws.add(linkToNothing(path, written))
    try {
      linkOrCopy(from, this.#at(path))
      this.#links.set(path, this.#links.get(goal) ?? goal)
    } catch (error) {
      this.#collided(path, error)
    }
  }

  /** Resolves when everything is written; only then there is a list of it. */
  async settle(): Promise<Manifest> {
    await this.#lanes.idle()
    const files = this.#files.finish('tree')
    for (const [path, goal] of this.#links) {
      const content = contentIn(files, goal) ?? contentIn(this.#intact, goal)
      if (content) this.#files.add(path, content.bytes, content.sha256)
      // A disk that folds names found it under another one.
      else this.#flaws.add(linkToNothing(path, goal))
    }
    return this.#links.size === 0 ? files : this.#files.finish('tree')
  }

  /** Where a folder is to be. To be asked when everything is written. */
  refuseFile(path: string): void {
    if (this.#whereIs(path) !== undefined) this.#clash(path)
  }

  *kept(): Generator<string> {
    for (const [i, isKept] of this.#kept.entries())
      if (isKept !== 0 && this.#intact) yield this.#intact.path(i)
  }

  /** Resolves when nothing writes there any more, whatever went wrong. */
  end(): Promise<void> {
    return this.#lanes.end()
  }

  #at(path: string): string {
    return join(this.#bench.staging, path)
  }

  async #write(path: string, work: () => Promise<Written>): Promise<void> {
    try {
      const { bytes, sha256 } = await work()
      this.#files.add(path, bytes, sha256)
      this.#bench.wrote(bytes)
    } catch (error) {
      this.#collided(path, error)
    }
  }

  /** It lies at its place already. */
  #keeps(path: string, bytes?: number): boolean {
    const i = this.#intact?.find(path) ?? -1
    if (this.#intact === undefined || i < 0) return false
    if (this.#kept[i] !== 0) this.#flaws.add(duplicate(path))
    else if (bytes !== undefined && this.#intact.size(i) !== bytes) return false
    this.#kept[i] = 1
    return true
  }

  #whereIs(goal: string): string | undefined {
    if (look(this.#at(goal))?.isFile()) return this.#at(goal)
    const i = this.#intact?.find(goal) ?? -1
    return i >= 0 && this.#kept[i] !== 0 ? join(this.#bench.final, goal) : undefined
  }

  /** False where a file is in the way. */
  #makeFolderOf(path: string): boolean {
    const folder = dirname(path)
    if (this.#folders.has(folder)) return true
    try {
      makeFolder(this.#at(folder))
    } catch (error) {
      if (!['EEXIST', 'ENOTDIR'].includes(errorCode(error) ?? '')) throw error
      this.#clash(this.#fileAbove(path))
      return false
    }
    if (this.#folders.size >= foldersKept) this.#folders.clear()
    this.#folders.add(folder)
    return true
  }

  /** The first name on the way that is a file and not a folder. */
  #fileAbove(path: string): string {
    return foldersTo(path).find(above => look(this.#at(above))?.isFile()) ?? path
  }

  #collided(path: string, error: unknown): void {
    if (errorCode(error) !== 'EEXIST') throw error
    if (look(this.#at(path))?.isDirectory()) return this.#clash(path)
    const other = this.#bench.foldsCase ? this.#foldedLike(path) : undefined
    if (other === undefined) this.#flaws.add(duplicate(path))
    else this.#flaws.add(flawOfClash({ form: 'similar', path, other }))
  }

  /** The name under which the disk already has the file, if it is another one. */
  #foldedLike(path: string): string | undefined {
    const name = basename(path)
    const names = readdirSync(this.#at(dirname(path)))
    return names.includes(name) ? undefined : names.find(other => folded(other) === folded(name))
  }

  /** Once a file, however many others it touches. */
  #clash(path: string): void {
    if (this.#clashes.has(path)) return
    this.#clashes.add(path)
    this.#flaws.add({ code: 'entry-file-and-folder', path, why: 'is a file and also a folder' })
  }
}

const duplicate = (path: string): Flaw => flawOfClash({ form: 'duplicate', path, other: path })

const linkToNothing = (path: string, goal: string) =>
  ({
    code: 'entry-link',
    path,
    why: `is a hard link to ${goal.slice(0, 160)}, of which nothing was unpacked before`,
  }) as const

function contentIn(manifest: Manifest | undefined, path: string): Written | undefined {
  const i = manifest?.find(path) ?? -1
  return manifest === undefined || i < 0 ? undefined : { bytes: manifest.size(i), sha256: manifest.sha256(i) }
}
