/** Where a sorted list parts in two. Pure. */

/** The first index from `low` on that is not before; `high` where all are. Those before come first. */
export function lowerBound(low: number, high: number, isBefore: (i: number) => boolean): number {
  let [from, to] = [low, high]
  while (from < to) {
    const middle = (from + to) >>> 1
    if (isBefore(middle)) from = middle + 1
    else to = middle
  }
  return from
}
