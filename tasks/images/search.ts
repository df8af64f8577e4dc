/** Looks for what lies in the place of images that are not there: among what the spec names, built or not. */

import { readListing } from '../../lib/io/listing.ts'
import type { Standing } from '../../lib/model/standing.ts'
import { failureClasses, inWords } from '../urls/failure.ts'
import { type Absence, keyOf, nearest } from './absence.ts'
import type { Lost } from './named.ts'

/** One for each, in their order. */
export function absencesOf(lost: readonly Lost[], standing: readonly Standing[]): readonly Absence[] {
  const meant = candidatesFor(lost, standing)
  const failures = new Map<Standing, ReadonlyMap<string, string>>()
  return lost.map(({ path, state, is }): Absence => {
    if (path === undefined) return { why: 'outside' }
    if (state === 'no-image') return { why: state, is: is ?? '' }
    if (state === 'empty') return { why: 'empty' }
    const owners = standing.filter(({ target }) => path.startsWith(`${target}/`))
    for (const owner of owners) {
      const failed = failures.get(owner) ?? failedOf(owner)
      failures.set(owner, failed)
      const told = failed.get(path.slice(owner.folder.length + 1))
      if (told !== undefined) return { why: 'failed', told }
    }
    const near = nearest(path, meant.get(keyOf(path)) ?? [])
    if (near) return near
    const unbuilt = owners.find(({ manifest }) => manifest === undefined)
    return unbuilt ? { why: 'not-built', target: unbuilt.target } : { why: 'absent' }
  })
}

/** Files that may be meant by those that are lost, by their key. Nothing is kept of the others. */
function candidatesFor(lost: readonly Lost[], standing: readonly Standing[]): ReadonlyMap<string, string[]> {
  const meant = new Map<string, string[]>()
  for (const { path } of lost) if (path !== undefined) meant.set(keyOf(path), [])
  if (meant.size === 0) return meant
  for (const { folder, manifest, isIntact } of standing) {
    if (!manifest || !isIntact) continue
    for (let i = 0; i < manifest.count; i += 1) {
      const path = manifest.path(i)
      // One that is recorded as not there has no bytes either.
      if (manifest.size(i) > 0) meant.get(keyOf(path))?.push(folder === '' ? path : `${folder}/${path}`)
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
