/**
 * What a host tells of a locked file now, against what it told then: is it the same file, and which digest still holds?
 * Pure.
 */

import type { Found, LockEntry } from './lock-file.ts'

export interface Difference {
  readonly field: keyof Found
  readonly was: string | number | undefined
  readonly now: string | number | undefined
}

export interface Relocked {
  readonly entry: LockEntry
  readonly state: 'new' | 'changed' | 'unchanged'
  /** Against the entry of before. */
  readonly differences: readonly Difference[]
  /** The host has another file than then. */
  readonly isReplaced: boolean
}

const fields = ['size', 'sha256', 'md5', 'directory', 'revision', 'etag', 'modified', 'from'] as const

/**
 * `built` is what a record says of the file as it was fetched: its digest counts while the host still shows that file.
 * `nowIso` is taken down only where something else changed, so that asking again in vain changes nothing.
 */
export function relock(
  old: LockEntry | undefined,
  answer: Found,
  built: Found | undefined,
  nowIso: string,
): Relocked {
  const found = writable(answer)
  const isSame = old !== undefined && isTheSame(old, found)
  const isBuilt = built?.size !== undefined && built.size === found.size && isTheSame(built, found)
  const known = [found, isSame ? old : undefined, isBuilt ? built : undefined]
  const sha256 = known.find(one => one?.sha256 !== undefined)?.sha256
  const size = known.find(one => one?.size !== undefined)?.size
  const directory = known.find(one => one?.directory !== undefined)?.directory
  // A mirror that answered this time, and told nothing new.
  if (
    isSame &&
    old.from !== found.from &&
    old.sha256 === sha256 &&
    old.size === size &&
    old.directory === directory
  )
    return { entry: old, state: 'unchanged', differences: [], isReplaced: false }
  const { locked: _, ...still } = isSame ? old : { locked: undefined }
  const told: Found = {
    ...(old?.from === found.from ? still : {}),
    ...found,
    ...(size !== undefined && { size }),
    ...(sha256 !== undefined && { sha256 }),
    ...(directory !== undefined && { directory }),
  }
  const differences = fields
    .map(field => ({ field, was: old?.[field], now: told[field] }))
    .filter(({ was, now }) => was !== now)
  if (old && differences.length === 0)
    return { entry: old, state: 'unchanged', differences, isReplaced: false }
  return {
    entry: { ...told, locked: nowIso },
    state: old ? 'changed' : 'new',
    differences: old ? differences : [],
    isReplaced: old !== undefined && !isSame,
  }
}

/** A header may hold what no file for people should: such a validator is none. */
function writable({ etag, modified, ...found }: Found): Found {
  return { ...found, ...(isText(etag) && { etag }), ...(isText(modified) && { modified }) }
}

const isText = (text: string | undefined): text is string =>
  text !== undefined && text.trim() !== '' && !/\p{Cc}/u.test(text)

/** Nothing that both tell contradicts. ETags and dates are a host's own: those of two hosts cannot be compared. */
function isTheSame(was: Found, now: Found): boolean {
  const differs = (field: keyof Found): boolean =>
    was[field] !== undefined && now[field] !== undefined && was[field] !== now[field]
  if (differs('sha256') || differs('size')) return false
  if (was.sha256 !== undefined && was.sha256 === now.sha256) return true
  return was.from !== now.from || !(differs('etag') || differs('modified'))
}
