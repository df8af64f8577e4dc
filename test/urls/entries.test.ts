/** From a record to key, address and name. */

import { describe, expect, test } from 'vitest'
import { entryOf } from '../../tasks/urls/entries.ts'

const record = (value: unknown, params: Partial<Parameters<typeof entryOf>[1]> = {}, name?: string) =>
  entryOf(
    { value, name, number: 7, place: 'line 7' },
    { key: undefined, address: undefined, name: undefined, ...params },
  )
const url = 'https://ecx.example.org/images/I/51abc%20d.gif?x=1'

describe('key and address', () => {
  test.each([
    ['the member of an object', record({ imageURL: url, id: 3 }, {}, 'B01'), 'B01', url],
    ['an address alone', record(url), '7', url],
    ['an address as a member', record(url, {}, 'B01'), 'B01', url],
    ['id', record({ id: 17, url }), '17', url],
    ['the position', record({ url: ` ${url} ` }), '7', url],
    [
      'fields that are named',
      record({ asin: 'A', link: url, url: 'x' }, { key: 'asin', address: 'link' }),
      'A',
      url,
    ],
    ['no address', record({ title: 'x' }), '7', undefined],
    ['nothing at all', record(null), '7', undefined],
    ['an empty address', record({ imageURL: ' ', url }), '7', url],
  ])('%s', (_, entry, key, address) => {
    expect([entry.key, entry.address]).toEqual([key, address])
  })
})

describe('names', () => {
  test.each([
    [undefined, '51abc d.gif'],
    ['{key}.jpg', 'B01.jpg'],
    ['{stem}.{ext}', '51abc d.gif'],
    ['{host}/{key}.{ext}', 'ecx.example.org/B01.gif'],
    ['{split}/{index}.{ext}', '1/7.gif'],
    ['{{key}}', '{B01}'],
  ])('%s gives %s', (name, path) => {
    const { name: given } = record({ imageURL: url, split: 1 }, name === undefined ? {} : { name }, 'B01')
    expect(given).toEqual({ form: 'good', path })
  })

  test('without an ending there is no dot', () => {
    expect(record('http://a/b', { name: '{key}.{ext}' }).name).toEqual({ form: 'good', path: '7' })
  })

  test.each([
    ['../../etc/passwd', 'entry-outside'],
    ['/etc/passwd', 'entry-absolute'],
    ['C:evil', 'entry-drive'],
    ['a\\..\\b', 'entry-outside'],
    ['a\\b', 'entry-backslash'],
    ['a\0b', 'entry-control-character'],
    ['a\nb', 'entry-control-character'],
    ['', 'entry-bad-name'],
    ['a//b', 'entry-bad-name'],
    ['./a', 'entry-bad-name'],
    ['x'.repeat(300), 'entry-too-long'],
    ['\ud800', 'entry-not-utf8'],
  ])('a key of %j is refused', (key, code) => {
    expect(record({ url, id: key }, { name: '{key}' }).name).toMatchObject({ form: 'bad', code })
  })

  test('what an address decodes to is judged, not how it is written', () => {
    expect(record('http://a/x/..%2f..%2fetc').name).toMatchObject({ form: 'bad', code: 'entry-outside' })
    expect(record('http://a/').name).toMatchObject({ form: 'bad' })
    expect(record('http://a/100%.jpg').name).toEqual({ form: 'good', path: '100%.jpg' })
  })

  test('a field that the record does not have is named, with those that it has', () => {
    const { name } = record({ url, title: 'x' }, { name: '{asin}.jpg' })
    expect(name).toMatchObject({ code: 'entry-bad-name', why: expect.stringContaining('asin') as string })
    expect(name).toMatchObject({ why: expect.stringContaining('title') as string })
  })

  test('without an address there is a name only if it needs none', () => {
    expect(record({ id: 1 }).name).toEqual({ form: 'none' })
    expect(record({ id: 1 }, { name: '{stem}.jpg' }).name).toEqual({ form: 'none' })
    expect(record({ id: 1 }, { name: '{key}.jpg' }).name).toEqual({ form: 'good', path: '1.jpg' })
  })

  test('fields of the prototype are no fields', () => {
    expect(record({ url }, { name: '{constructor}' }).name).toMatchObject({ form: 'bad' })
    expect(record({ url }, { address: 'toString' }).address).toBeUndefined()
  })
})
