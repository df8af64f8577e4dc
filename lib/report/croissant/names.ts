/** Names that are given once, and paths as identifiers and addresses. Pure. */

export class Names {
  readonly #given = new Set<string>()

  /** The first that nobody has; the last of them with a number where all are taken. */
  free(...wanted: readonly [string, ...string[]]): string {
    const last = wanted.at(-1) as string
    let name = wanted.find(candidate => !this.#given.has(candidate))
    for (let n = 2; name === undefined; n += 1) if (!this.#given.has(`${last}-${n}`)) name = `${last}-${n}`
    this.#given.add(name)
    return name
  }
}

/** A path as a relative IRI. */
export const iriOf = (path: string): string => path.split('/').map(encodeURIComponent).join('/')

export const reference = (id: string): { readonly '@id': string } => ({ '@id': id })
