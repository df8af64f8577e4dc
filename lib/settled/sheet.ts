/**
 * Paths with what `lstat` said of each, as columns in one file that is read at once: what an idle build holds the disk against.
 * The bytes are those of a manifest, so that a torn or foreign file reads as none. Knows no result and no verdict.
 */

import { randomBytes } from 'node:crypto'
import { readShared, writeWhole } from '../io/disk.ts'
import { type Columns, manifestOver, type Times } from '../model/manifest.ts'
import { decodeManifest, encodeManifest } from '../model/manifest-codec.ts'
import type { Differences, Subject } from '../survey.ts'

export interface Row extends Times {
  /** Relative to the sheet's place. */
  readonly path: string
  readonly size: number
}

/** Of nobody: whoever is held against them has to be looked at closer. */
export const noTimes: Times = { mtimeMs: Number.NaN, ctimeMs: Number.NaN, ino: Number.NaN }

/** The name of what was written: random, so that a sheet of another moment is told from it. */
export function writeSheet(file: string, rows: readonly Row[]): string {
  const digest = randomBytes(32).toString('hex')
  const takenAtMs = Number.POSITIVE_INFINITY
  writeWhole(file, encodeManifest(manifestOver(columnsOf(rows), { bytes: 0, digest, takenAtMs })))
  return digest
}

/** Undefined where another lies there, or none that can be read. */
export function readSheet(file: string, digest: string): Columns | undefined {
  const sheet = decodeManifest(readShared(file))
  return sheet?.digest === digest ? sheet.columns : undefined
}

/** What is racy never comes into a sheet: its times vouch. */
export const subjectOver = (columns: Columns, rest: Omit<Subject, 'columns' | 'takenAtMs'>): Subject => ({
  ...rest,
  columns,
  takenAtMs: Number.POSITIVE_INFINITY,
})

export const isNothing = ({ missing, edited, unsure }: Differences): boolean =>
  missing.length + edited.length + unsure.length === 0

/** Indexes of what lies there and is not as it was. */
export const changedIn = ({ edited, unsure }: Differences): readonly number[] => [
  ...edited,
  ...unsure.filter((_, k) => k % 4 === 0),
]

export const pathIn = ({ paths, starts }: Columns, i: number): string =>
  Buffer.from(paths.buffer, paths.byteOffset, paths.byteLength).toString('utf8', starts[i], starts[i + 1])

function columnsOf(rows: readonly Row[]): Columns {
  const paths = Buffer.from(rows.map(({ path }) => path).join(''))
  const starts = new Uint32Array(rows.length + 1)
  for (const [i, { path }] of rows.entries()) starts[i + 1] = (starts[i] as number) + Buffer.byteLength(path)
  return {
    paths,
    starts,
    size: Float64Array.from(rows, ({ size }) => size),
    mtimeMs: Float64Array.from(rows, ({ mtimeMs }) => mtimeMs),
    ctimeMs: Float64Array.from(rows, ({ ctimeMs }) => ctimeMs),
    inode: Float64Array.from(rows, ({ ino }) => ino),
    sha256: new Uint8Array(32 * rows.length),
  }
}
