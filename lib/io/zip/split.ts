/**
 * A zip that was split into parts and joined again: where its directory and its entries lie then, and what is wrong where
 * the parts are not all there or not in their order. Reads no entry.
 */

import { partStarts } from '../../model/part-sizes.ts'
import type { Evidence, Problem } from '../../model/problem.ts'
import { plural } from '../../model/units.ts'
import { damaged } from './corrupt.ts'
import type { RandomAccess } from './random-access.ts'

/** What the end record of a split archive says. Parts count from 0, as it counts them. */
export interface SplitEnd {
  /** The last part, which the record lies in. */
  readonly disk: number
  /** The part in which the directory begins. */
  readonly directoryDisk: number
  /** Of the directory. */
  readonly bytes: number
  /** Of the directory, within its part. */
  readonly offset: number
}

/** Where each part begins in the file. `recordAt`: where the end record lies, which the directory goes before. */
export async function startsOfParts(
  source: RandomAccess,
  end: SplitEnd,
  recordAt: number,
): Promise<readonly number[]> {
  const { name, parts } = source
  const count = end.disk + 1
  if (!parts)
    throw recordAt - end.bytes > end.offset ? unknownStarts(name, count) : lastPartAlone(name, count)
  if (parts.length !== count)
    throw wrongParts(
      `${name} was split into ${plural(count, 'part')}, but ${parts.length} ${parts.length === 1 ? 'is' : 'are'} listed.`,
      { wanted: plural(count, 'part'), found: plural(parts.length, 'part') },
    )
  const starts = partStarts(parts)
  await refuseOtherBeginning(source, starts)
  if (placeInParts(name, starts, end.directoryDisk, end.offset) !== recordAt - end.bytes) throw unfit(name)
  return starts
}

/** Where lies what begins `offset` bytes behind the beginning of a part. */
export function placeInParts(name: string, starts: readonly number[], disk: number, offset: number): number {
  const start = starts[disk]
  if (start === undefined || start + offset >= (starts[disk + 1] ?? Number.POSITIVE_INFINITY))
    throw unfit(name)
  return start + offset
}

/** Why a file in parts has no end record at its end, where the parts say why. `hasSplitEnd`: of the last bytes of one. */
export async function partsAmiss(
  source: RandomAccess,
  hasSplitEnd: (tail: Buffer) => boolean,
): Promise<Problem | undefined> {
  const { name, parts: [first = 0] = [] } = source
  if (first > 0 && hasSplitEnd(await source.read(Math.max(0, first - tailBytes), Math.min(first, tailBytes))))
    return wrongParts(`The parts of ${name} are not in their order.`, {
      wanted: 'the end of the archive in its last part',
      found: 'it lies in the first one',
    })
  if (source.bytes < 8 || !isMarker(await source.read(0, 4))) return undefined
  return wrongParts(`The last part of ${name} is missing.`, {
    wanted: 'the directory of the archive, which lies in the last part',
    found: `the beginning of a split archive in ${plural(source.parts?.length ?? 1, 'part')}`,
  })
}

const tailBytes = 22 + 0xffff

/** What a split archive begins with, so that nobody takes its first part for the whole. */
const isMarker = (bytes: Buffer): boolean => ['PK\x07\x08', 'PK00'].includes(bytes.toString('latin1'))

async function refuseOtherBeginning(source: RandomAccess, starts: readonly number[]): Promise<void> {
  for (const [i, start] of starts.entries()) {
    if (!isMarker(await source.read(start, 4))) continue
    if (i === 0) return
    throw wrongParts(`The parts of ${source.name} are not in their order.`, {
      wanted: 'the beginning of the archive in its first part',
      found: `it lies in part ${i + 1} of ${starts.length}`,
    })
  }
}

const inOrder = 'list every part once and in its order under url, the one with the ending .zip last.'

const wrongParts = (
  message: string,
  told: { readonly wanted: string; readonly found: string } | undefined,
  next = inOrder,
): Problem =>
  damaged(
    'wrong-parts',
    message,
    Object.entries(told ?? {}).map(([label, text]): Evidence => ({ label, text })),
    next,
  )

const unfit = (name: string): Problem =>
  wrongParts(
    `The parts of ${name} do not belong together: they are not as long as its directory says.`,
    undefined,
  )

const unknownStarts = (name: string, count: number): Problem =>
  wrongParts(
    `${name} was split into ${plural(count, 'part')} and joined, and nothing tells where each of them begins.`,
    undefined,
    'list the parts themselves under url; where they are listed, fetch them again (npx tsx build clean --archives).',
  )

function lastPartAlone(name: string, count: number): Problem {
  const stem = name.replace(/\.[^.]*$/, '')
  const before = count === 2 ? `${stem}.z01` : `"${stem}.z{01..${String(count - 1).padStart(2, '0')}}"`
  return damaged(
    'split-zip',
    `${name} is only the last part of a split archive.`,
    [{ label: 'wanted', text: plural(count, 'part') }],
    `list all parts, in this order: url: [${before}, ${stem}.zip]`,
  )
}
