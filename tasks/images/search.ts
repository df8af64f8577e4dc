/** Looks for what lies in the place of images that are not there: among what the spec names, built or not. */

import { join } from 'node:path'
import { lookThroughWritten } from '../../lib/io/disk.ts'
import { readListing } from '../../lib/io/listing.ts'
import { foldersAbove, foldersTo } from '../../lib/model/paths.ts'
import type { Standing } from '../../lib/model/standing.ts'
import { suggest } from '../../lib/model/suggest.ts'
import { failureClasses, inWords } from '../urls/failure.ts'
import { type Absence, keyOf, nearest, readings } from './absence.ts'
import type { Lost } from './named.ts'

/** One for each, in their order. `own`: the target of the annotation, which need not give anything else. */
export function absencesOf(
  lost: readonly Lost[],
  standing: readonly Standing[],
  own: string,
  root: string,
): readonly Absence[] {
  const meant = candidatesFor(lost, standing, root)
  const nobodys = new Nobodys(standing, own)
  const failures = new Map<Standing, ReadonlyMap<string, string>>()
  return lost.map(({ path, state, is }): Absence => {
    if (path === undefined) return { why: 'outside' }
    if (state === 'no-image') return { why: state, is: is ?? '' }
    const owners = standing.filter(({ target }) => path.startsWith(`${target}/`))
    const damaged = owners.find(owner => isRecorded(owner, path))
    if (damaged) return { why: 'damaged', target: damaged.target }
    if (state === 'empty') return { why: 'empty' }
    for (const owner of owners) {
      const failed = failures.get(owner) ?? failedOf(owner)
      failures.set(owner, failed)
      const told = failed.get(path.slice(owner.folder.length + 1))
      if (told !== undefined) return { why: 'failed', told }
    }
    const unbuilt = owners.filter(({ manifest }) => manifest === undefined)
    // Where nothing of its target is built, what lies elsewhere is another image.
    const isOthers = owners.length === 0 || owners.length > unbuilt.length
    const near = isOthers ? keysOf(path).flatMap(key => meant.get(key) ?? []) : []
    const [first] = unbuilt
    return (
      nearest(path, near) ??
      (first && { why: 'not-built', target: first.target }) ??
      (owners.length === 0 ? nobodys.absenceOf(path) : undefined) ?? { why: 'absent' }
    )
  })
}

/** Of the path, and of what else it can be read as. */
const keysOf = (path: string): readonly string[] => [...new Set([path, ...readings(path)].map(keyOf))]

/** So many folders are held against the names of targets: it takes the time of both numbers. */
const mostCompared = 1000

/** Which folders no target gives, and which target may be meant. */
class Nobodys {
  readonly #targets: ReadonlySet<string>
  /** Targets, and the folders that they lie in. */
  readonly #known = new Set<string>()
  readonly #told = new Map<string, Absence>()

  constructor(standing: readonly Standing[], own: string) {
    this.#targets = new Set(standing.map(({ target }) => target))
    for (const target of [...this.#targets, own])
      for (const folder of foldersTo(target)) this.#known.add(folder)
  }

  /** Undefined where it lies beside targets, in folders that some of them share, or may only be written in another way. */
  absenceOf(path: string): Absence | undefined {
    const isReadOtherwise = readings(path).some(other => this.#folderOf(other) === undefined)
    const folder = isReadOtherwise ? undefined : this.#folderOf(path)
    if (folder === undefined) return undefined
    const told = this.#told.get(folder) ?? this.#absence(folder)
    this.#told.set(folder, told)
    return told
  }

  /** The first that nobody gives. */
  #folderOf(path: string): string | undefined {
    for (const folder of foldersAbove(path)) {
      if (this.#targets.has(folder)) return undefined
      if (!this.#known.has(folder)) return folder
    }
    return undefined
  }

  #absence(folder: string): Absence {
    // Names of a letter or two are all alike.
    const isComparable = folder.length > 2 && this.#told.size < mostCompared
    const like = isComparable ? suggest(folder, this.#targets) : undefined
    return { why: 'nobodys', folder, ...(like !== undefined && { like }) }
  }
}

/** With bytes; where nothing is as recorded, that may be long ago. */
function isRecorded({ folder, manifest }: Standing, path: string): boolean {
  const below =
    folder === '' ? path : path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : undefined
  const i = below === undefined ? -1 : (manifest?.find(below) ?? -1)
  return i >= 0 && (manifest?.size(i) ?? 0) > 0
}

/** Files that may be meant by those that are lost, by their key. Nothing is kept of the others. */
function candidatesFor(
  lost: readonly Lost[],
  standing: readonly Standing[],
  root: string,
): ReadonlyMap<string, string[]> {
  const meant = new Map<string, string[]>()
  for (const { path } of lost) if (path !== undefined) for (const key of keysOf(path)) meant.set(key, [])
  if (meant.size === 0) return meant
  for (const { folder, manifest, isIntact } of standing) {
    if (!manifest) continue
    for (let i = 0; i < manifest.count; i += 1) {
      const name = manifest.path(i)
      const alike = meant.get(keyOf(name))
      // One that is recorded as not there has no bytes either.
      if (alike === undefined || manifest.size(i) === 0) continue
      const path = folder === '' ? name : `${folder}/${name}`
      if (isIntact || lookThroughWritten(join(root, path))?.isFile()) alike.push(path)
    }
  }
  return meant
}

/** What the ledger of one address a file says last of each name that gave nothing. */
function failedOf({ shelf }: Standing): ReadonlyMap<string, string> {
  const failed = new Map<string, string>()
  for (const row of readListing(shelf, 'ledger.ndjson') as readonly Record<string, unknown>[]) {
    const { failed: name, class: kind, status } = row
    const failure = failureClasses.find(each => each === kind)
    if (typeof name === 'string' && failure)
      failed.set(name, inWords({ class: failure, status: Number(status ?? 0) }))
    const came = row['came'] ?? row['filled']
    if (typeof came === 'string') failed.delete(came)
  }
  return failed
}
