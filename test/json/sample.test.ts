/** Which records a sample draws: so many, of each dataset its share, always the same. */

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { drawnOf, sharesOf } from '../../tasks/json/sample.ts'

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)

test.each([
  { counts: [10, 20, 70], wanted: 10, shares: [1, 2, 7] },
  { counts: [1, 1, 998], wanted: 10, shares: [1, 1, 8] },
  { counts: [5, 5, 5], wanted: 2, shares: [1, 1, 0] },
  { counts: [5, 5], wanted: 100, shares: [5, 5] },
  { counts: [], wanted: 3, shares: [] },
])('$wanted of $counts', ({ counts, wanted, shares }) => {
  expect(sharesOf(counts, wanted)).toEqual(shares)
})

test('shares are never more than there are, all of them what is wanted, and none of nothing where there is enough for all', () => {
  const counts = fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 60 })
  fc.assert(
    fc.property(counts, fc.integer({ min: 1, max: 100_000 }), (of, wanted) => {
      const shares = sharesOf(of, wanted)
      expect(sum(shares)).toBe(Math.min(wanted, sum(of)))
      for (const [i, share] of shares.entries()) expect(share).toBeLessThanOrEqual(of[i] as number)
      if (wanted >= of.length) expect(Math.min(...shares)).toBeGreaterThan(0)
    }),
  )
})

test('records are drawn within their stratum, in their order, the same each time', () => {
  const of = Uint32Array.from({ length: 1000 }, (_, i) => (i % 10 === 0 ? 1 : 0))
  const numbers = [...drawnOf({ of, counts: [900, 100] }, 50)]
  expect(numbers).toEqual([...drawnOf({ of, counts: [900, 100] }, 50)])
  expect(numbers).toEqual(numbers.toSorted((a, b) => a - b))
  expect(new Set(numbers).size).toBe(50)
  expect(numbers.filter(number => of[number - 1] === 1)).toHaveLength(5)
})
