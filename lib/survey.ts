/**
 * Looks at what lies on disk and holds it against manifests. Changes nothing, and does not know what should happen
 * when something differs: that is judge's and run's business.
 */

import type { Stats } from 'node:fs'
import { isRemote as isOnNetwork, look } from './io/disk.ts'
import type { ColumnarManifest } from './model/manifest.ts'
import type { ReadFile } from './model/receipt.ts'
import { type Differences, hasRecordedTimes, type Subject } from './survey/compare.ts'
import { Finding, type Look, type Sight } from './survey/finding.ts'
import type { Part, SweepAnswer } from './survey/protocol.ts'
import { carryOut, prepare } from './survey/sweep.ts'

export type { Differences, Subject } from './survey/compare.ts'
export { type Look, type Sight, type Tier, unseen } from './survey/finding.ts'

/** What this process saw, by `sightKey`: a verb that looks twice within a moment sweeps once. */
export type Seen = Map<string, { readonly manifest: ColumnarManifest; readonly look: Look }>

/** The name of a manifest tells its content, with times: what was placed anew has another one. */
export const sightKey = (manifestName: string, place: string): string => `${place}\n${manifestName}`

export interface LookOptions {
  readonly signal?: AbortSignal
  /** Before the first byte is read. */
  readonly onReading?: (ahead: ToBeRead) => void
  /** After files that had to be read, with their bytes. */
  readonly onHashed?: (bytes: number) => void
  /** The filesystem's clock, asked before the first byte is read: what was read can then be recorded. */
  readonly clock?: () => Promise<number | undefined>
  /** What cannot be read is told of its artifact; else it is thrown. */
  readonly tellsUnreadable?: boolean
}

export interface ToBeRead {
  readonly files: number
  readonly bytes: number
  /** Of those, what has other times or another inode than recorded: size and times do not vouch for it. */
  readonly apart: { readonly files: number; readonly bytes: number }
  /** Files that were looked at. */
  readonly among: number
}

/** From so many files, or bytes to be read, on threads are started: for fewer their start takes as long as the look. */
const filesForThreads = { here: 200_000, remote: 2000 }
const bytesForThreads = 64 << 20
/** A part: so many files to be looked at; of those to be read, so many bytes. */
const filesOfPart = 2000
const bytesOfPart = 16 << 20

export const lookAt = async (sight: Sight, options: LookOptions = {}): Promise<Look> =>
  (await lookAtAll([sight], options))[0] as Look

/**
 * Artifacts against their manifests, all in one sweep. Files whose size, times and inode are as recorded count as unchanged
 * unless the tier is `hash`; others are read.
 */
export async function lookAtAll(
  sights: readonly Sight[],
  options: LookOptions = {},
): Promise<readonly Look[]> {
  const findings = sights.map(sight => new Finding(sight))
  const swept = findings.filter(({ sight }) => sight.tier !== 'record' || look(sight.place) === undefined)
  const subjects = swept.map(({ subject }) => subject)
  const hear = (part: Part, answer: Heard): void => {
    const finding = swept[part.subject]
    if (answer.is === 'looked') return finding?.sawDifferences(answer.differences)
    finding?.sawBytes(answer.found)
    if (part.do === 'read' && finding)
      for (const i of part.entries) options.onHashed?.(finding.sight.manifest.size(i))
  }
  await sweep(subjects, stretchesOf(subjects), options, hear)
  const parts = swept.flatMap((finding, subject) => readingsOf(finding, subject))
  if (parts.length > 0) options.onReading?.(toBeRead(swept, parts))
  const clockMs = parts.length > 0 ? await options.clock?.() : undefined
  await sweep(subjects, parts, options, hear)
  return findings.map(finding => finding.look(clockMs))
}

function toBeRead(findings: readonly Finding[], parts: readonly Part[]): ToBeRead {
  const sum = (entriesOf: Iterable<readonly [Finding, Iterable<number>]>) => {
    let [files, bytes] = [0, 0]
    for (const [{ sight }, entries] of entriesOf)
      for (const i of entries) {
        files += 1
        bytes += sight.manifest.size(i)
      }
    return { files, bytes }
  }
  const read = parts.map(
    part => [findings[part.subject] as Finding, part.do === 'read' ? part.entries : []] as const,
  )
  const apart = sum(findings.map(finding => [finding, finding.toldApart()] as const))
  return { ...sum(read), apart, among: findings.reduce((all, { sight }) => all + sight.manifest.count, 0) }
}

/** What of each is not as its columns tell, by one look: no byte is read. */
export async function differencesOf(
  subjects: readonly Subject[],
  options: LookOptions = {},
): Promise<readonly Differences[]> {
  const all = subjects.map((): Differences => ({ missing: [], edited: [], unsure: [], unreadable: [] }))
  await sweep(subjects, stretchesOf(subjects), options, ({ subject }, answer) => {
    const found = all[subject]
    if (answer.is !== 'looked' || found === undefined) return
    for (const i of answer.differences.missing) found.missing.push(i)
    for (const i of answer.differences.edited) found.edited.push(i)
    for (const value of answer.differences.unsure) found.unsure.push(value)
  })
  return all
}

type Heard = Extract<SweepAnswer, { is: 'looked' | 'read' }>

async function sweep(
  subjects: readonly Subject[],
  parts: readonly Part[],
  options: LookOptions,
  hear: (part: Part, answer: Heard) => void,
): Promise<void> {
  if (parts.length === 0) return
  const { files, bytes } = sizeOf(parts, subjects)
  const { isLong, isRemote } = lengthOf(files, subjects[0]?.place)
  await carryOut({
    subjects,
    parts,
    isLong: isLong || bytes >= bytesForThreads,
    isRemote,
    tellsUnreadable: options.tellsUnreadable ?? false,
    hear(answer) {
      if (answer.is === 'looked' || answer.is === 'read') hear(parts[answer.part] as Part, answer)
    },
    signal: options.signal,
  })
}

/** Threads start already where so many files below a place are to be looked at soon. */
export async function prepareFor(files: number, place: string): Promise<void> {
  const { isLong, isRemote } = lengthOf(files, place)
  if (isLong) await prepare({ isRemote })
}

function lengthOf(files: number, place = '/'): { readonly isLong: boolean; readonly isRemote: boolean } {
  const isRemote = files >= filesForThreads.remote && isOnNetwork(place)
  return { isLong: files >= filesForThreads[isRemote ? 'remote' : 'here'], isRemote }
}

function sizeOf(parts: readonly Part[], subjects: readonly Subject[]) {
  let [files, bytes] = [0, 0]
  for (const part of parts) {
    if (part.do === 'look') files += part.to - part.from
    else for (const i of part.entries) bytes += subjects[part.subject]?.columns.size[i] ?? 0
  }
  return { files, bytes }
}

const stretchesOf = (subjects: readonly Subject[]): readonly Part[] =>
  subjects.flatMap(({ columns: { size } }, subject) =>
    Array.from({ length: Math.ceil(size.length / filesOfPart) }, (_, k): Part => {
      const from = k * filesOfPart
      return { do: 'look', subject, from, to: Math.min(from + filesOfPart, size.length) }
    }),
  )

/** What has to be read of an artifact, by `bytesOfPart`. */
function readingsOf(finding: Finding, subject: number): readonly Part[] {
  const parts: Part[] = []
  let entries: number[] = []
  let bytes = 0
  const end = (): void => {
    if (entries.length > 0) parts.push({ do: 'read', subject, entries: Uint32Array.from(entries) })
    entries = []
    bytes = 0
  }
  for (const i of finding.toBeRead()) {
    entries.push(i)
    bytes += finding.sight.manifest.size(i)
    if (bytes >= bytesOfPart || entries.length >= filesOfPart) end()
  }
  end()
  return parts
}

/** Whether `lstat` alone vouches for an entry. */
export const isAsRecorded = (stats: Stats, { columns, takenAtMs }: ColumnarManifest, i: number): boolean =>
  stats.isFile() && stats.size === columns.size[i] && hasRecordedTimes(stats, columns, takenAtMs, i)

/**
 * A file outside of the root (absolute) that is not as it was when it was read, by size and time. One that is gone
 * changes nothing.
 */
export function changedRead(paths: readonly string[], then: readonly ReadFile[]): string | undefined {
  return paths.find((path, i) => {
    const now = look(path)
    const was = then[i]
    return now !== undefined && was !== undefined && (now.size !== was.bytes || now.mtimeMs !== was.mtimeMs)
  })
}
