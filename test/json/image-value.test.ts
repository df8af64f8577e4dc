/** What stands under `image` and is no path is told the same, whether a record is held or passes. */

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { imagesIn } from '../../lib/io/json/image-value.ts'
import { Records } from '../../lib/io/json/records.ts'
import { Scanner } from '../../lib/io/json/scanner.ts'

test.each<[value: unknown, odd: string | undefined]>([
  ['a.jpg', undefined],
  [['a.jpg', 'b.jpg'], undefined],
  [' ', undefined],
  [null, 'null'],
  [7, 'a number'],
  [true, 'true or false'],
  [{ path: 'a.jpg' }, 'an object'],
  ['', 'an empty text'],
  [[], 'an empty list'],
  [['a.jpg', null, 7], 'a list with null'],
  [[7, 'a.jpg', null], 'a list with a number'],
  [['a.jpg', ''], 'a list with an empty text'],
  [[['a.jpg']], 'a list with a list'],
  [[[]], 'a list with a list'],
  [[{ image: '' }], 'a list with an object'],
  [[false], 'a list with true or false'],
])('%j: %s', (value, odd) => {
  expect(imagesIn(value).odd).toBe(odd)
  expect(passing(value)).toEqual(imagesIn(value))
})

/** As a record is heard of that is too long to be held; others under other keys, before and after. */
function passing(image: unknown): unknown {
  const records = new Records()
  const scanner = new Scanner(records, {
    state: 'value',
    inside: 'array',
    offset: 0,
    line: 1,
    lineStart: 0,
    surplus: 0,
    before: Buffer.alloc(0),
  })
  const text = `{"a":[null,""],"image":[8],"image":${JSON.stringify(image)},"b":{"image":null},"c":[7]},`
  scanner.push(Buffer.from(text))
  return records.imageValue
}

test('of any value', () =>
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), fc.array(fc.oneof(fc.string(), fc.jsonValue()))), value => {
      const written = JSON.parse(JSON.stringify(value)) as unknown
      expect(passing(written)).toEqual(imagesIn(written))
    }),
  ))
