/** Which ranges of an archive hold the entries that are wanted, and whether they are worth asking for one by one. Pure. */

import type { Selection } from '../../lib/io/unpacking/selection.ts'
import type { ByteRange } from '../../lib/model/byte-ranges.ts'

/** Sooner read along than asked around: what a line brings while it waits for an answer. */
const gapBytes = 128 << 10
/** With more ranges than this, larger gaps are read along. */
const mostRanges = 4096
/** A larger share of an archive than this is not less work than the whole. */
const mostShare = 0.8

/** Front to back, apart from one another; entries that are done are in none. */
export function rangesOf(selection: Selection): readonly ByteRange[] {
  for (let gap = gapBytes; ; gap *= 2) {
    const ranges = apart(selection, gap)
    if (ranges.length <= mostRanges) return ranges
  }
}

function apart(selection: Selection, gap: number): readonly ByteRange[] {
  const ranges: ByteRange[] = []
  let last: [number, number] | undefined
  for (let k = 0; k < selection.count; k += 1) {
    if (selection.isDone(k)) continue
    const [from, to] = [selection.from(k), selection.to(k)]
    if (last && from - last[1] <= gap) last[1] = Math.max(last[1], to)
    else ranges.push((last = [from, to]))
  }
  return ranges
}

/** Whether these ranges are worth it, of an archive of so many bytes. */
export const isWorthwhile = (ranges: readonly ByteRange[], archiveBytes: number): boolean =>
  ranges.reduce((sum, [from, to]) => sum + to - from, 0) <= mostShare * archiveBytes
