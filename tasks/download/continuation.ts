/** What is there of an address: whether it may be continued, from where, and under which condition. Asks nobody. */

import type { Fetch } from './fetch.ts'
import type { Origin } from './note.ts'
import type { PartialFile } from './partial.ts'
import type { WebSource } from './sources.ts'

/** Bytes are only put together when they are of one version, or when a digest will tell. `at`: first byte of the address. */
export function mayContinue({ params, part }: Fetch, source: WebSource, at: number): boolean {
  if (params.download.sha256 !== undefined || params.download.md5 !== undefined) return true
  const origin = part.originAt(at)
  if (origin?.identity !== source.identity) return false
  return origin.validator !== undefined || origin.sha256 !== undefined
}

/** Whether anything is there behind `at` and before the next address begins. */
export function isBegun(part: PartialFile, at: number): boolean {
  const next = Math.min(Number.MAX_SAFE_INTEGER, ...part.starts.filter(start => start > at))
  return part.gaps(at, next).bytes() < next - at
}

/** Within the file of the address. */
export function firstMissing(part: PartialFile, was: Origin | undefined, at: number): number {
  const end = was?.total === undefined ? Number.POSITIVE_INFINITY : at + was.total
  const first = part.gaps(at, end).firstIn(at)?.[0]
  // Where nothing is missing the last byte is asked for: the answer tells whether it is still the same file.
  return first === undefined ? Math.max(0, (was?.total ?? 0) - 1) : first - at
}

/** A validator speaks for one address; where the host tells the digest, that speaks for the bytes. */
export const ifRange = (source: WebSource, was: Origin | undefined): string | undefined =>
  was?.identity === source.identity && was.sha256 === undefined ? was.validator : undefined
