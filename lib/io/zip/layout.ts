/**
 * Holds the entries of a zip against the file: each lies before the directory, no two share bytes, nothing stands before
 * the first. Reads no content and judges no name.
 */

import type { ZipColumns } from './columns.ts'
import { corrupt, damaged } from './corrupt.ts'
import type { DirectoryPlace } from './end.ts'
import { bytesBefore } from './outside.ts'
import type { RandomAccess } from './random-access.ts'

/** What each entry begins with. */
export const localSignature = 0x04034b50
export const localHeaderBytes = 30
/** What a writer of split archives leaves in front where one part was enough. */
const spanningMarkers = ['PK\x07\x08', 'PK00']

/** Where each entry ends at the latest. */
export async function orderByOffset(
  columns: ZipColumns,
  place: DirectoryPlace,
  source: RandomAccess,
): Promise<void> {
  const { count, order, headerOffset, endOffset } = columns
  let isSorted = true
  for (let i = 0; i < count; i += 1) {
    order[i] = i
    isSorted &&= i === 0 || (headerOffset[i - 1] as number) <= (headerOffset[i] as number)
  }
  if (!isSorted) order.sort((a, b) => (headerOffset[a] as number) - (headerOffset[b] as number) || a - b)
  let end = place.offset
  for (let k = count - 1; k >= 0; k -= 1) {
    const i = order[k] as number
    const least = localHeaderBytes + (columns.headerNameBytes[i] as number)
    if ((headerOffset[i] as number) + least + (columns.compressedBytes[i] as number) > end)
      throw outOfPlace(columns, i, k === count - 1 ? undefined : order[k + 1])
    endOffset[i] = end
    end = headerOffset[i] as number
  }
  await refuseBytesBefore(end, source)
}

function outOfPlace(columns: ZipColumns, i: number, next: number | undefined): Error {
  const entry = { label: 'entry', text: nameOf(columns, i) }
  return next === undefined
    ? corrupt(columns.archive, 'an entry reaches into the directory behind it', [entry])
    : overlap(columns.archive, entry.text, nameOf(columns, next))
}

/** Entries that share bytes are how a few kilobytes become petabytes. */
export const overlap = (archive: string, path: string, next?: string): Error =>
  damaged(
    'entry-overlap',
    `An entry of ${archive} shares bytes with what follows it, as only a bomb or a damaged archive does.`,
    [{ label: 'entry', text: path }, ...(next === undefined ? [] : [{ label: 'shares', text: next }])],
    'do not trust this archive: name another source, or pin it with sha256 to know that it came as published.',
  )

function nameOf({ directory, nameAt, nameBytes }: ZipColumns, i: number): string {
  const at = nameAt[i] as number
  return Buffer.from(directory.slice(at, at + (nameBytes[i] as number))).toString()
}

async function refuseBytesBefore(first: number, source: RandomAccess): Promise<void> {
  if (first === 0) return
  const head = await source.read(0, Math.min(first, 64))
  if (first === 4 && spanningMarkers.includes(head.toString('latin1'))) return
  throw bytesBefore(source.name, first, head)
}
