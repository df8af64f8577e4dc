/**
 * Takes away files below a root without ever following a link, and then the folders that became empty. Counts only where it
 * is not to remove anything. Decides nothing.
 */

import { rmdirSync, unlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { errorCode, filesBelow, look, remove, removeEmptyFolders } from '../io/disk.ts'

/** Folders only · ends before it · a link or a file stands in it: what lies behind is not the playground's. */
type Way = 'plain' | 'missing' | 'barred'

export class Removal {
  readonly root: string
  /** False: everything stays, and is only counted. */
  readonly isMeant: boolean
  files = 0
  bytes = 0
  // A file right below the root lies in `.`.
  readonly #ways = new Map<string, Way>([['.', 'plain']])
  readonly #folders = new Set<string>()

  constructor(root: string, isMeant: boolean) {
    this.root = root
    this.isMeant = isMeant
  }

  /** Of a folder below the root. */
  way(folder: string): Way {
    const known = this.#ways.get(folder)
    if (known !== undefined) return known
    const way = this.#wayTo(folder)
    this.#ways.set(folder, way)
    return way
  }

  #wayTo(folder: string): Way {
    const above = this.way(dirname(folder))
    if (above !== 'plain') return above
    const stats = look(join(this.root, folder))
    return stats === undefined ? 'missing' : stats.isDirectory() ? 'plain' : 'barred'
  }

  /** A file or link itself. */
  file(path: string, bytes: number): void {
    this.files += 1
    this.bytes += bytes
    if (!this.isMeant) return
    try {
      unlinkSync(join(this.root, path))
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error
    }
    this.#folders.add(dirname(path))
  }

  /** A file that is gone already: whoever removed it may have left empty folders. */
  gone(path: string): void {
    if (this.isMeant && this.way(dirname(path)) !== 'barred') this.#folders.add(dirname(path))
  }

  /** A folder of the state with all that is in it. */
  folder(path: string): void {
    const whole = join(this.root, path)
    for (const name of filesBelow(whole)) {
      this.files += 1
      this.bytes += look(join(whole, name))?.size ?? 0
    }
    if (!this.isMeant) return
    remove(whole)
    this.#folders.add(dirname(path))
  }

  /** Once for each folder, the deepest first: of a million files most lie beside another one. */
  emptyFolders(): void {
    const deepestFirst = [...this.#folders].toSorted((a, b) => b.length - a.length)
    for (const folder of deepestFirst)
      if (isGone(join(this.root, folder))) removeEmptyFolders(join(this.root, dirname(folder)), this.root)
    this.#folders.clear()
  }
}

/** Removed now, or before. */
function isGone(folder: string): boolean {
  try {
    rmdirSync(folder)
    return true
  } catch (error) {
    return errorCode(error) === 'ENOENT'
  }
}
