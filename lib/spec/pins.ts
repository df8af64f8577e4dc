/**
 * Spec + lock file → the spec with the pins that it leaves open. What the spec says wins: an entry that contradicts it is
 * of another file, and does not count. Pure.
 */

import { parseAddress } from '../model/address.ts'
import { hasMovingRevision, type LockEntry, type LockFile, lockKeyOf } from '../model/lock-file.ts'
import type { Place } from '../model/problem.ts'
import { type Download, type Origin, type Size, type Source, type Spec, sizeFits } from '../model/spec.ts'

export function withPins(spec: Spec, lock: LockFile): Spec {
  const fill = (download: Download): Download => filled(download, lock)
  return {
    ...spec,
    downloads: mapped(spec.downloads, fill),
    targets: mapped(spec.targets, target => ({
      ...target,
      sources: target.sources.map(source => sourceWith(source, fill)),
    })),
  }
}

type Fill = (download: Download) => Download

function sourceWith(source: Source, fill: Fill): Source {
  const { origin } = source
  switch (origin.form) {
    case 'address':
      return { ...source, origin: { ...origin, download: fill(origin.download) } }
    case 'urls':
      return { ...source, origin: listWith(origin, fill) }
    case 'named':
    case 'merge':
    case 'manual':
      return source
  }
}

const listWith = (origin: Origin & { readonly form: 'urls' }, fill: Fill): Origin => ({
  ...origin,
  list: fill(origin.list),
  ...(origin.fill && { fill: sourceWith(origin.fill, fill) }),
})

function filled(download: Download, { entries, placeOf }: LockFile): Download {
  const key = lockKeyOf(download)
  const entry = entries.get(key)
  if (entry === undefined || contradicts(download, entry)) return download
  const pins = openPins(download, entry)
  const revision = download.url.some(isMoving) ? entry.revision : undefined
  const { directory } = entry
  const others = {
    ...(directory !== undefined && { directory }),
    ...(revision !== undefined && { revision }),
  }
  const places: Record<string, Place> = {}
  for (const name of [...Object.keys(pins), ...Object.keys(others)]) places[name] = placeOf(key, name)
  return {
    ...download,
    ...pins,
    locked: {
      places,
      ...others,
      ...(pins.size && download.size && { roundedSize: download.size }),
    },
  }
}

function openPins(
  { sha256, md5, size }: Download,
  entry: LockEntry,
): { readonly sha256?: string; readonly md5?: string; readonly size?: Size } {
  return {
    ...(sha256 === undefined && entry.sha256 !== undefined && { sha256: entry.sha256 }),
    ...(md5 === undefined && entry.md5 !== undefined && { md5: entry.md5 }),
    ...(!size?.exact && entry.size !== undefined && { size: { bytes: entry.size, exact: true } }),
  }
}

const contradicts = ({ sha256, md5, size }: Download, entry: LockEntry): boolean =>
  isOther(sha256, entry.sha256) ||
  isOther(md5, entry.md5) ||
  (size !== undefined && entry.size !== undefined && !sizeFits(size, entry.size))

const isOther = (written: string | undefined, locked: string | undefined): boolean =>
  written !== undefined && locked !== undefined && written !== locked

function isMoving(text: string): boolean {
  const address = parseAddress(text)
  return typeof address !== 'string' && hasMovingRevision(address)
}

/** A record without a prototype: names are the user's, and `constructor` is a name. */
function mapped<T>(
  values: Readonly<Record<string, T>>,
  change: (value: T) => T,
): Readonly<Record<string, T>> {
  const changed: Record<string, T> = Object.create(null)
  for (const [name, value] of Object.entries(values)) changed[name] = change(value)
  return changed
}
