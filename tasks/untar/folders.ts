/** Which folders an archive has and how many files lie in each: what is left of a million paths when they have passed. Pure. */

export class Folders implements Iterable<string> {
  readonly #files = new Map<string, number>()

  /** A file's path. */
  add(path: string): void {
    const folder = path.slice(0, path.lastIndexOf('/') + 1)
    this.#files.set(folder, (this.#files.get(folder) ?? 0) + 1)
  }

  /** As many paths as were added, in the same folders, under a name that is nobody's. */
  *[Symbol.iterator](): Generator<string> {
    for (const [folder, files] of this.#files) for (let i = 0; i < files; i += 1) yield `${folder}_`
  }
}
