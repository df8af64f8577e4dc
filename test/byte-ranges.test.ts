/** Sets of bytes, against a table of all of them. */

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ByteRanges } from '../lib/model/byte-ranges.ts'

const size = 40
const range = fc.tuple(fc.integer({ min: 0, max: size }), fc.integer({ min: 0, max: size }))
const change = fc.record({ adds: fc.boolean(), range })

test('are what a table of single bytes says', () => {
  fc.assert(
    fc.property(fc.array(change), range, (changes, [a, b]) => {
      const ranges = new ByteRanges()
      const table = Array.from({ length: size }, () => false)
      for (const {
        adds,
        range: [from, to],
      } of changes) {
        if (adds) ranges.add(from, to)
        else ranges.remove(from, to)
        if (from < to) table.fill(adds, from, to)
      }
      const listed = ranges.toJSON()
      expect(listed.flatMap(([from, to]) => table.slice(from, to))).toEqual(table.filter(Boolean))
      expect(listed.every(([from], i) => i === 0 || (listed[i - 1]?.[1] ?? 0) < from)).toBe(true)
      const [from, to] = [Math.min(a, b), Math.max(a, b)]
      expect(ranges.bytes(from, to)).toBe(table.slice(from, to).filter(Boolean).length)
      expect(ranges.gaps(from, to).bytes()).toBe(table.slice(from, to).filter(there => !there).length)
      const end = table.indexOf(false, from)
      expect(ranges.endOf(from)).toBe(table[from] === true ? (end < 0 ? size : end) : from)
      const first = table.indexOf(true, from)
      expect(ranges.firstIn(from, to)?.[0]).toBe(first >= 0 && first < to ? first : undefined)
      expect(ranges.end).toBe(table.lastIndexOf(true) + 1)
    }),
  )
})
