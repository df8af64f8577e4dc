/** Records that are drawn by lot: the same ones each time, a smaller sample in a larger one, and all with the same chance. */

import { expect, test } from 'vitest'
import { Lots } from '../../tasks/transform/lots.ts'

const upTo = (total: number): readonly number[] => Array.from({ length: total }, (_, i) => i + 1)
function draw(count: number, seed: number, numbers: Iterable<number>): readonly number[] {
  const lots = new Lots(count, seed)
  for (const number of numbers) lots.add(number)
  return [...lots.drawn()]
}

test('the same seed draws the same records, in their order; another seed others', () => {
  const first = draw(100, 0, upTo(10_000))
  expect(first).toHaveLength(100)
  expect(first).toEqual(first.toSorted((a, b) => a - b))
  expect(new Set(first).size).toBe(100)
  expect(draw(100, 0, upTo(10_000))).toEqual(first)
  expect(draw(100, 1, upTo(10_000))).not.toEqual(first)
  // Written down once: another draw for the same seed would be another result for the same spec.
  expect(first.slice(0, 5)).toEqual([209, 258, 288, 372, 514])
})

test('it does not matter in which order the numbers come', () => {
  expect(draw(50, 7, upTo(5000).toReversed())).toEqual(draw(50, 7, upTo(5000)))
})

test('a larger sample holds the smaller one, and a longer file changes little', () => {
  const thousand = new Set(draw(1000, 3, upTo(20_000)))
  expect(draw(100, 3, upTo(20_000)).every(number => thousand.has(number))).toBe(true)
  const later = draw(1000, 3, upTo(21_000)).filter(number => number <= 20_000)
  expect(later.every(number => thousand.has(number))).toBe(true)
  expect(later.length).toBeGreaterThan(900)
})

test('where there are no more, all are drawn', () => {
  expect(draw(10, 0, upTo(4))).toEqual([1, 2, 3, 4])
  expect(draw(10, 0, [])).toEqual([])
})

test('every record has the same chance, also behind 2^32', () => {
  for (const offset of [0, 2 ** 32 - 50, 2 ** 40]) {
    const hits = new Map<number, number>()
    const numbers = upTo(100).map(number => offset + number)
    for (let seed = 0; seed < 2000; seed += 1)
      for (const number of draw(10, seed, numbers)) hits.set(number, (hits.get(number) ?? 0) + 1)
    // 200 each, give or take five deviations.
    for (const number of numbers) expect(Math.abs((hits.get(number) ?? 0) - 200)).toBeLessThan(70)
  }
})
