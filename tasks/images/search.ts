/** Looks for what lies in the place of images that are not there: among what the spec names, built or not. */

import { join } from 'node:path'
import { lookThroughWritten } from '../../lib/io/disk.ts'
import { readListing } from '../../lib/io/listing.ts'
import type { Standing } from '../../lib/model/standing.ts'
import { failureClasses, inWords } from '../urls/failure.ts'
import { type Absence, keyOf, nearest } from './absence.ts'
import type { Lost } from './named.ts'

/** One for each, in their order. */
export function absencesOf(
  lost: readonly Lost[],
  standing: readonly Standing[],
  root: string,
): readonly Absence[] {
  const meant = candidatesFor(lost, standing, root)
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
    const near = owners.length > unbuilt.length || owners.length === 0 ? meant.get(keyOf(path)) : undefined
    const [first] = unbuilt
    return (
      nearest(path, near ?? []) ?? (first ? { why: 'not-built', target: first.target } : { why: 'absent' })
    )
  })
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
  for (const { path } of lost) if (path !== undefined) meant.set(keyOf(path), [])
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
