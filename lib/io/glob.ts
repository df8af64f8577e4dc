/**
 * The door to fast-glob: which of the paths that are already known match a pattern. Touches no disk: fast-glob walks a
 * tree made of the paths, so a pattern means the same whether the files are there or only remembered.
 */

/** The paths that match, each as it was given, unsorted. */
export type Matching = (pattern: string) => readonly string[]

/** Where the tree seems to lie: not at the top, so that a pattern that leaves it finds nothing. */
const top = '/known paths'

/** `/`-separated, relative paths without `.` and `..`. Matching is case-sensitive, and a leading dot is nothing special. */
export async function matchingAmong(paths: Iterable<string>): Promise<Matching> {
  const { default: glob } = await import('fast-glob')
  const folders = foldersOf(paths)
  const entryAt = (path: string): Entry => {
    const isFolder = folders.has(path) || folders.get(parentOf(path))?.get(nameOf(path))
    if (isFolder === undefined) throw notThere(path)
    return new Entry(nameOf(path), isFolder)
  }
  const entriesOf = (path: string): Entry[] => {
    const entries = folders.get(path)
    if (entries === undefined) throw notThere(path)
    return Array.from(entries, ([name, isFolder]) => new Entry(name, isFolder))
  }
  // fast-glob asks its file system these three things only; its types want the whole of node:fs.
  const fs: object = { lstatSync: entryAt, statSync: entryAt, readdirSync: entriesOf }
  return pattern => glob.sync(pattern, { cwd: top, dot: true, followSymbolicLinks: false, fs })
}

/** What fast-glob asks of a `Dirent` and of `Stats`: all seven kinds of file, of which two occur. */
class Entry {
  readonly name: string
  private readonly folder: boolean

  constructor(name: string, folder: boolean) {
    this.name = name
    this.folder = folder
  }

  isFile(): boolean {
    return !this.folder
  }

  isDirectory(): boolean {
    return this.folder
  }

  isSymbolicLink(): boolean {
    return false
  }

  isBlockDevice(): boolean {
    return false
  }

  isCharacterDevice(): boolean {
    return false
  }

  isFIFO(): boolean {
    return false
  }

  isSocket(): boolean {
    return false
  }
}

/** The names in each folder, and whether each is a folder itself. */
function foldersOf(paths: Iterable<string>): Map<string, Map<string, boolean>> {
  const folders = new Map([[top, new Map<string, boolean>()]])
  const namesIn = (folder: string): Map<string, boolean> => {
    const known = folders.get(folder)
    if (known) return known
    const names = new Map<string, boolean>()
    folders.set(folder, names)
    namesIn(parentOf(folder)).set(nameOf(folder), true)
    return names
  }
  for (const path of paths) {
    const at = `${top}/${path}`
    namesIn(parentOf(at)).set(nameOf(at), false)
  }
  return folders
}

const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/'))
const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

const notThere = (path: string): Error => Object.assign(new Error(`no ${path}`), { code: 'ENOENT' })
