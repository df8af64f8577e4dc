/** The note beside a partial file: whose bytes it holds, and which of them are safely on disk. Knows no bytes. */

import { readFileSync } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import type { SavedHash } from '../../lib/io/hashing.ts'
import type { ByteRange, ByteRanges } from '../../lib/model/byte-ranges.ts'
import type { Taken } from './checks.ts'

/** Whose bytes they are. Without address or credentials: the note lies on disk. */
export interface Origin {
  /** Digest of the address. */
  readonly identity: string
  /** Where its first byte lies in the file: not 0 for a later part of a file that is published in parts. */
  readonly at: number
  /** Strong ETag or date of the file at the host. */
  readonly validator?: string
  /** Of the file at the host, where it tells. */
  readonly sha256?: string
  readonly total?: number
}

export interface Note {
  /** 3: with `spent`, of which older readers know nothing. */
  readonly version: 2 | 3
  readonly origins: readonly Origin[]
  readonly kept: readonly ByteRange[]
  /** The digest of bytes from the first on that are kept: they need not be read again. Absent in older notes. */
  readonly hash?: SavedHash
  /** Of what is kept, everything before was used and given back to the disk. The hash is at least as far, or `whole` is there. */
  readonly spent?: number
  /** All of it came, and was what was wanted. */
  readonly whole?: Taken
}

export const isSameOrigin = (a: Origin, b: Origin): boolean =>
  a.identity === b.identity && a.validator === b.validator && a.sha256 === b.sha256 && a.total === b.total

/** What a note says where the beginning of the file was given back, and where all of it was there. */
export const withSpent = (spent: number, whole: Taken | undefined): Partial<Note> => ({
  ...(spent > 0 && { version: 3, spent }),
  ...(whole && { whole }),
})

/** The last byte is asked for again, even of a complete file: the answer tells whether it is still the same file. */
export function withoutLast(kept: ByteRanges, { origins }: Note): void {
  const { at = 0, total } = origins.toSorted((a, b) => a.at - b.at).at(-1) ?? {}
  const end = total === undefined ? kept.endOf(0) : at + total
  if (kept.gaps(0, end).bytes() === 0) kept.remove(end - 1, Number.POSITIVE_INFINITY)
}

/** Written beside and renamed, without holding up those who receive bytes meanwhile. */
export async function writeNote(path: string, note: Note): Promise<void> {
  const beside = `${path}.tmp`
  const file = await open(beside, 'w')
  try {
    await file.writeFile(`${JSON.stringify(note, null, 2)}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(beside, path)
}

/** The note, or undefined where there is none that can be trusted. */
export function readNote(path: string): Note | undefined {
  try {
    const note = JSON.parse(readFileSync(path, 'utf8')) as Partial<Note> | null
    if ((note?.version !== 2 && note?.version !== 3) || !hasOrigins(note) || !hasRanges(note))
      return undefined
    const { hash, spent = 0, whole, ...rest } = note as Note
    if (isWhole(whole, rest)) return { ...rest, spent, whole }
    if (spent > 0) return isSavedHash(hash) && hash.position >= spent ? { ...rest, hash, spent } : undefined
    return isSavedHash(hash) ? { ...rest, hash } : rest
  } catch {
    return undefined
  }
}

const hasOrigins = ({ origins }: Partial<Note>): boolean =>
  Array.isArray(origins) &&
  origins.every(origin => typeof origin?.identity === 'string' && Number.isInteger(origin.at))

const hasRanges = ({ kept }: Partial<Note>): boolean =>
  Array.isArray(kept) &&
  kept.every(range => Array.isArray(range) && range.length === 2 && range.every(Number.isSafeInteger))

const isWhole = (whole: Partial<Taken> | undefined, { kept }: Pick<Note, 'kept'>): whole is Taken =>
  Number.isSafeInteger(whole?.bytes) &&
  typeof whole?.digests?.sha256 === 'string' &&
  kept.length === 1 &&
  kept[0]?.[0] === 0 &&
  kept[0][1] === whole.bytes

/** Whether the state is a good one is seen by who goes on from it. */
const isSavedHash = (hash: Partial<SavedHash> | undefined): hash is SavedHash =>
  Number.isSafeInteger(hash?.position) && typeof hash?.state === 'string'
