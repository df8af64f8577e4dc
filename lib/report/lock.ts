/** What `lock` found, as a page for people and as diagnostics. Pure. */

import type { LockEntry, LockFile } from '../model/lock-file.ts'
import type { Diagnostic } from '../model/problem.ts'
import type { Difference } from '../model/relock.ts'
import { formatBytes, formatCount, shortDigest } from '../model/units.ts'
import { columns, escaped, padded } from './text.ts'

/** One address. */
export interface LockRow {
  readonly address: string
  /** `failed`: no host told anything, the entry of before stays. `dropped`: nothing of the spec asks for it any more. */
  readonly state: 'new' | 'changed' | 'unchanged' | 'failed' | 'dropped'
  readonly entry: LockEntry | undefined
  readonly differences: readonly Difference[]
}

export type LockDeed = 'written' | 'as it was' | 'not written (--dry-run)'

/** Ends with a line feed. */
export function lockPage(rows: readonly LockRow[], file: string, deed: LockDeed): string {
  const width = (texts: readonly string[]): number => Math.max(0, ...texts.map(columns))
  const addresses = Math.min(80, width(rows.map(({ address }) => address)))
  const told = width(rows.map(foundWords))
  const lines = rows.map(row =>
    escaped(
      `${padded(row.address, addresses)}  ${padded(foundWords(row), told)}  ${stateWords(row)}`,
    ).trimEnd(),
  )
  const counts = (['new', 'changed', 'unchanged', 'failed', 'dropped'] as const)
    .map(state => ({ state, count: rows.filter(row => row.state === state).length }))
    .filter(({ count }) => count > 0)
    .map(({ state, count }) => `${formatCount(count)} ${state}`)
  const summary = `${file}: ${counts.join(', ') || 'nothing is left open by the spec'}; ${deed}.`
  return `${[...lines, summary].join('\n')}\n`
}

function foundWords({ entry, state }: LockRow): string {
  if (entry === undefined || state === 'dropped') return ''
  const { size, sha256, md5, directory, revision, etag } = entry
  // The spec pins the rest, and nobody asked for it.
  const isAlone =
    directory !== undefined && [size, sha256, md5, revision, etag].every(one => one === undefined)
  if (isAlone) return `directory ${shortDigest(directory)}`
  return [
    size === undefined ? 'size not told' : formatBytes(size),
    sha256 === undefined ? '' : `sha256 ${shortDigest(sha256)}`,
    md5 === undefined ? '' : `md5 ${shortDigest(md5)}`,
    directory === undefined ? '' : `directory ${shortDigest(directory)}`,
    revision === undefined ? '' : `revision ${revision.slice(0, 8)}`,
    sha256 === undefined && md5 === undefined ? `no digest${etag === undefined ? '' : `, etag ${etag}`}` : '',
  ]
    .filter(word => word !== '')
    .join(', ')
}

function stateWords({ state, entry, differences }: LockRow): string {
  if (state === 'failed') return entry === undefined ? 'failed' : 'failed: kept as it was'
  if (state !== 'changed') return state
  const words = differences.map(({ field, was, now }) => `${field} ${value(was)} → ${value(now)}`)
  return `changed: ${words.join(', ')}`
}

function value(of: string | number | undefined): string {
  if (of === undefined) return 'none'
  if (typeof of === 'number') return formatCount(of)
  return /^[0-9a-f]{32,}$/.test(of) ? shortDigest(of) : of
}

/** The host has another file at an address than when it was locked. */
export function lockChanged(
  subject: string,
  { address, entry, differences }: LockRow,
  was: LockEntry,
  { lock, isWritten }: { readonly lock: LockFile; readonly isWritten: boolean },
): Diagnostic {
  const telling = differences.filter(({ field }) => field !== 'revision' && field !== 'from')
  const first = telling.find(({ was: before }) => before !== undefined)
  return {
    severity: 'warning',
    code: 'lock-changed',
    subject,
    place: lock.placeOf(address, first?.field ?? 'locked'),
    message: `${entry?.from ?? was.from} has another file at ${address} than when it was locked.`,
    evidence: telling.flatMap(({ field, was: before, now }) => [
      { label: 'locked', text: `${field} ${value(before)}`, from: was.locked },
      { label: 'found', text: now === undefined ? `no ${field}` : `${field} ${value(now)}` },
    ]),
    disk: isWritten ? `${lock.file} has the new one.` : 'Nothing was written.',
    next: `look at what the publisher changed; to stay with the file of before, take ${lock.file} back from version control.`,
  }
}
