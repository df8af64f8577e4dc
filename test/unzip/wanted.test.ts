/** Which ranges of an archive are asked for. */

import { expect, test } from 'vitest'
import type { Selection } from '../../lib/io/unpacking/selection.ts'
import { isWorthwhile, rangesOf } from '../../tasks/unzip/wanted.ts'

const kilobyte = 1 << 10

/** Entries at these places; `done` where the last is true. */
const selected = (...entries: readonly (readonly [from: number, to: number, done?: boolean])[]): Selection =>
  ({
    count: entries.length,
    from: k => entries[k]?.[0],
    to: k => entries[k]?.[1],
    isDone: k => entries[k]?.[2] === true,
  }) as Selection

test.each([
  ['nothing is wanted', selected(), []],
  ['neighbours', selected([0, 10], [10, 30]), [[0, 30]]],
  ['what is done is in none', selected([0, 10, true], [10, 30], [30, 40, true]), [[10, 30]]],
  ['a small gap is read along', selected([0, 10], [10 + 128 * kilobyte, 300_000]), [[0, 300_000]]],
  [
    'a larger one is not',
    selected([0, 10], [11 + 128 * kilobyte, 300_000]),
    [
      [0, 10],
      [11 + 128 * kilobyte, 300_000],
    ],
  ],
] as const)('%s', (_, selection, ranges) => {
  expect(rangesOf(selection)).toEqual(ranges)
})

test('rather larger gaps than thousands of questions', () => {
  const gap = 200 * kilobyte
  const many = selected(...Array.from({ length: 5000 }, (_, i) => [i * gap, i * gap + 10] as const))
  expect(rangesOf(many)).toEqual([[0, 4999 * gap + 10]])
})

test('more than four fifths of an archive is the whole of it', () => {
  expect(isWorthwhile([[0, 80]], 100)).toBe(true)
  expect(
    isWorthwhile(
      [
        [0, 40],
        [50, 91],
      ],
      100,
    ),
  ).toBe(false)
})
