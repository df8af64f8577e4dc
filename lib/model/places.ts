/**
 * The places below the root that results have or will have, so that those around or below a path are found without asking all of
 * them. Knows records, not the disk.
 */

import { groupedBy } from './grouped.ts'
import { lowerBound } from './lower-bound.ts'
import type { ColumnarManifest } from './manifest.ts'
import { foldersTo } from './paths.ts'

/** A result at its place. */
export interface Holding {
  /** Below the root. */
  readonly at: string
  readonly form: 'file' | 'tree'
  /** Undefined: what it contains cannot be told, because it was not built or its record cannot be read. */
  readonly manifest: () => ColumnarManifest | undefined
}

export class Places<T extends { readonly at: string } = Holding> {
  readonly #byPlace: ReadonlyMap<string, readonly T[]>
  /** Of the map, sorted. */
  readonly #sorted: readonly string[]

  constructor(things: Iterable<T>) {
    this.#byPlace = groupedBy(things, ({ at }) => at)
    this.#sorted = [...this.#byPlace.keys()].toSorted((a, b) => (a < b ? -1 : 1))
  }

  /** Whose place is exactly this. */
  at(place: string): readonly T[] {
    return this.#byPlace.get(place) ?? []
  }

  /** Whose place is this, or above it. */
  around(place: string): readonly T[] {
    return foldersTo(place).flatMap(folder => this.at(folder))
  }

  /** Whose place lies below this. */
  below(place: string): readonly T[] {
    const from = this.#firstFrom(`${place}/`)
    // `0` is the character behind `/`: whatever begins with `place/` comes before it.
    return this.#sorted.slice(from, this.#firstFrom(`${place}0`)).flatMap(at => this.at(at))
  }

  /** Whose place is this, above or below it. */
  meeting(place: string): readonly T[] {
    return [...this.around(place), ...this.below(place)]
  }

  #firstFrom(wanted: string): number {
    return lowerBound(0, this.#sorted.length, i => (this.#sorted[i] as string) < wanted)
  }
}

/** Whether a result has the file at this path (below the root). */
export function has({ at, form, manifest }: Holding, path: string): boolean {
  if (form === 'file') return at === path
  return path.startsWith(`${at}/`) && (manifest()?.find(path.slice(at.length + 1)) ?? -1) >= 0
}

/** Whether a result has files below this folder (below the root). */
export function hasBelow({ at, form, manifest }: Holding, folder: string): boolean {
  const read = form === 'tree' && folder.startsWith(`${at}/`) ? manifest() : undefined
  if (read === undefined) return false
  const below = `${folder.slice(at.length + 1)}/`
  const first = read.firstFrom(below)
  return first < read.count && read.path(first).startsWith(below)
}

/**
 * Whether a result that is moved would have a file where another one of it lay, or a folder where a file was. `to`: its new place;
 * that can be so only where one place is within the other.
 */
export function overlaps({ at, form, manifest }: Holding, to: string): boolean {
  const [outer, inner] = at.length < to.length ? [at, to] : [to, at]
  if (!inner.startsWith(`${outer}/`)) return false
  const here = { at: outer, form, manifest }
  const names = foldersTo(inner.slice(outer.length + 1))
  return form === 'file' || names.some(name => has(here, `${outer}/${name}`)) || hasBelow(here, inner)
}

/** A record does not say which form its result has: a manifest of one file alone has the digest of that file. */
export const formOf = (manifest: ColumnarManifest): Holding['form'] =>
  manifest.count === 1 && manifest.digest === manifest.sha256(0) ? 'file' : 'tree'
