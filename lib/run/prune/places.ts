/**
 * The places below the root that results have or will have, so that the owners of a path are found without asking all of
 * them. Knows records, not the disk.
 */

import type { Manifest } from '../../model/manifest.ts'

/** A result at its place. */
export interface Holding {
  /** Below the root. */
  readonly at: string
  readonly form: 'file' | 'tree'
  /** Undefined: what it contains cannot be told, because it was not built or its record cannot be read. */
  readonly manifest: () => Manifest | undefined
}

export class Places {
  readonly #byPlace = new Map<string, Holding[]>()
  /** Of the map, sorted. */
  readonly #sorted: readonly string[]

  constructor(holdings: Iterable<Holding>) {
    for (const holding of holdings) {
      const here = this.#byPlace.get(holding.at)
      if (here) here.push(holding)
      else this.#byPlace.set(holding.at, [holding])
    }
    this.#sorted = [...this.#byPlace.keys()].toSorted((a, b) => (a < b ? -1 : 1))
  }

  /** Whose place is exactly this. */
  at(place: string): readonly Holding[] {
    return this.#byPlace.get(place) ?? []
  }

  /** Whose place is this, or above it. */
  around(place: string): readonly Holding[] {
    const names = place.split('/')
    return names.flatMap((_, i) => this.at(names.slice(0, i + 1).join('/')))
  }

  /** Whose place lies below this. */
  below(place: string): readonly Holding[] {
    const folder = `${place}/`
    const first = this.#firstFrom(folder)
    const found: Holding[] = []
    for (const inner of from(this.#sorted, first)) {
      if (!inner.startsWith(folder)) break
      found.push(...this.at(inner))
    }
    return found
  }

  #firstFrom(wanted: string): number {
    let [low, high] = [0, this.#sorted.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#sorted[middle] as string) < wanted) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** Whether a result has the file at this path (below the root). */
export function has({ at, form, manifest }: Holding, path: string): boolean {
  if (form === 'file') return at === path
  return path.startsWith(`${at}/`) && (manifest()?.find(path.slice(at.length + 1)) ?? -1) >= 0
}

/** A record does not say which form its result has: a manifest of one file alone has the digest of that file. */
export const formOf = (manifest: Manifest): Holding['form'] =>
  manifest.count === 1 && manifest.digest === manifest.sha256(0) ? 'file' : 'tree'

function* from<T>(list: readonly T[], first: number): Generator<T> {
  for (let i = first; i < list.length; i += 1) yield list[i] as T
}
