/**
 * Finds names that cannot stand beside each other: the same one twice, the same but for case or Unicode form, a file
 * where another one needs a folder. Pure; holds no name for longer than it looks at it.
 */

/** Paths with `/` between names. */
interface Names {
  readonly count: number
  path(k: number): string
}

export interface Clash {
  /** The last two are clashes only on a disk that folds names. */
  readonly form: 'duplicate' | 'folder' | 'similar' | 'similar-folder'
  readonly path: string
  /** Ends with `/` where it is a folder of its own. */
  readonly other: string
}

/** `folders`: those that are named for themselves, each with `/` at its end. */
export function* clashes(names: Names, folders: Iterable<string> = []): Generator<Clash> {
  const table = new NameTable(names)
  for (let k = 0; k < names.count; k += 1) {
    const path = names.path(k)
    const { same, similar } = table.find(path)
    if (same !== undefined) yield { form: 'duplicate', path, other: path }
    else if (similar !== undefined) yield { form: 'similar', path, other: similar }
    if (same === undefined) table.add(k, path)
  }
  yield* clashesOfFolders(pathsOf(names, folders), table)
}

function* pathsOf(names: Names, folders: Iterable<string>): Generator<string> {
  for (let k = 0; k < names.count; k += 1) yield names.path(k)
  yield* folders
}

function* clashesOfFolders(paths: Iterable<string>, table: NameTable): Generator<Clash> {
  const told = new Set<string>()
  let last: string | undefined
  for (const path of paths) {
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
      const folder = path.slice(0, at)
      if (folder === last || told.has(folder)) break
      told.add(folder)
      if (at === path.lastIndexOf('/')) last = folder
      const { same, similar } = table.find(folder)
      if (same !== undefined) yield { form: 'folder', path: same, other: path }
      else if (similar !== undefined) yield { form: 'similar-folder', path: similar, other: path }
    }
  }
}

/** As disks that fold names see them. */
export const folded = (path: string): string =>
  isAscii(path) ? path.toLowerCase() : path.normalize('NFC').toLowerCase()

function isAscii(path: string): boolean {
  for (let i = 0; i < path.length; i += 1) if (path.charCodeAt(i) > 0x7f) return false
  return true
}

/** Names by the hash of their folded form: eight bytes a name, whatever its length. */
class NameTable {
  readonly #names: Names
  readonly #mask: number
  readonly #hashes: Int32Array
  /** One more than the index of a name; 0 is free. */
  readonly #entries: Int32Array

  constructor(names: Names) {
    const size = 2 ** Math.ceil(Math.log2(2 * names.count + 2))
    this.#names = names
    this.#mask = size - 1
    this.#hashes = new Int32Array(size)
    this.#entries = new Int32Array(size)
  }

  add(k: number, path: string): void {
    const hash = hashOf(folded(path))
    let at = hash & this.#mask
    while (this.#entries[at] !== 0) at = (at + 1) & this.#mask
    this.#hashes[at] = hash
    this.#entries[at] = k + 1
  }

  find(path: string): { readonly same?: string; readonly similar?: string } {
    const fold = folded(path)
    const hash = hashOf(fold)
    let similar: string | undefined
    for (let at = hash & this.#mask; this.#entries[at] !== 0; at = (at + 1) & this.#mask) {
      if (this.#hashes[at] !== hash) continue
      const other = this.#names.path((this.#entries[at] as number) - 1)
      if (other === path) return { same: other }
      if (similar === undefined && folded(other) === fold) similar = other
    }
    return similar === undefined ? {} : { similar }
  }
}

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5 | 0
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash ^ (hash >>> 15)
}
