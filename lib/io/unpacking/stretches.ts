/** Cuts a selection into stretches: neighbours that one thread reads at once. Pure. */

import { mostReadBytes } from './extraction.ts'
import type { Stretch } from './protocol.ts'
import type { Selection } from './selection.ts'

/** So many small files are written before somebody else may have the thread. */
const mostEntries = 256
/** What lies between two entries that are wanted is read along up to here. */
const mostBetweenBytes = 64 << 10

/** Front to back; what is done already is in none. */
export function* stretchesOf(selection: Selection): Generator<Stretch> {
  let from: number | undefined
  for (let k = 0; k < selection.count; k += 1) {
    if (selection.isDone(k)) {
      if (from !== undefined) yield { from, to: k }
      from = undefined
    } else if (from === undefined) from = k
    else if (!belongs(selection, from, k)) {
      yield { from, to: k }
      from = k
    }
  }
  if (from !== undefined) yield { from, to: selection.count }
}

/** Entries that an earlier attempt left, to be checked. */
export function* stretchesToCheck(isLeft: Uint8Array): Generator<Stretch> {
  for (let from = isLeft.indexOf(1); from >= 0; ) {
    let to = from + 1
    while (to < isLeft.length && isLeft[to] === 1 && to - from < mostEntries) to += 1
    yield { from, to }
    from = isLeft.indexOf(1, to)
  }
}

const belongs = (selection: Selection, from: number, k: number): boolean =>
  k - from < mostEntries &&
  selection.isSmall(from) &&
  selection.isSmall(k) &&
  selection.to(k) - selection.from(from) <= mostReadBytes &&
  selection.from(k) - selection.to(k - 1) <= mostBetweenBytes
