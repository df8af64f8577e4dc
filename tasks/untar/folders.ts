/**
 * Which folders an archive has and how many files lie in each: what is left of a million paths when they have passed. And
 * which are named without a file, as far as memory allows. Pure.
 */

/** More empty folders than this are not remembered. */
const emptyAtMost = 100_000

export class Folders implements Iterable<string> {
  readonly #files = new Map<string, number>()
  readonly #empty = new Set<string>()

  /** A file's path. */
  add(path: string): void {
    const folder = path.slice(0, path.lastIndexOf('/') + 1)
    this.#files.set(folder, (this.#files.get(folder) ?? 0) + 1)
    if (this.#empty.size > 0) this.#fill(folder)
  }

  /** A folder's own path. */
  name(path: string): void {
    const folder = path.endsWith('/') ? path : `${path}/`
    if (this.#empty.size < emptyAtMost && !this.#files.has(folder)) this.#empty.add(folder)
  }

  /** Those that were named, and of which no file is known; without `/` at the end. */
  *empty(): Generator<string> {
    for (const folder of this.#empty) yield folder.slice(0, -1)
  }

  /** Also those that it lies in, as writers name them: one within the other, before any file. */
  #fill(folder: string): void {
    for (let at = folder; this.#empty.delete(at); ) at = at.slice(0, at.lastIndexOf('/', at.length - 2) + 1)
  }

  /** As many paths as were added, in the same folders, under a name that is nobody's. */
  *[Symbol.iterator](): Generator<string> {
    for (const [folder, files] of this.#files) for (let i = 0; i < files; i += 1) yield `${folder}_`
  }
}
