/** The first few of many, and how many more there are, in the same words everywhere. Pure. */

import type { Evidence } from './problem.ts'
import { formatCount } from './units.ts'

/** `a, b, c, and 17 more`: at most so many of them. `count`: how many there are, where not all are given. */
export function fewOf(names: readonly string[], most: number, count = names.length): string {
  const shown = names.slice(0, most)
  return [...shown, ...more(count - shown.length)].join(', ')
}

/** Rows of evidence, the label before the first alone: at most so many of them. */
export function fewRows<T>(
  label: string,
  all: readonly T[],
  textOf: (each: T) => string,
  most = all.length,
): readonly Evidence[] {
  const shown = all.slice(0, most)
  return [
    ...shown.map((each, i) => ({ label: i === 0 ? label : '', text: textOf(each) })),
    ...moreRow(all.length - shown.length),
  ]
}

/** Behind rows of which some were left out. */
export const moreRow = (left: number): readonly Evidence[] => more(left).map(text => ({ label: '', text }))

/** `and 17 more`, or nothing. */
export const more = (left: number): readonly string[] => (left > 0 ? [`and ${formatCount(left)} more`] : [])
