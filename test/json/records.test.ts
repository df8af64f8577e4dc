/** The records that an annotation is cut into: each where JSON.parse sees it, wherever chunks end. */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { recordsOf } from '../../lib/io/json-stream.ts'
import { borders, chunksOf } from './chunks.ts'

interface Told {
  readonly number: number
  readonly text: string
  readonly offset: number
  readonly line: number
  readonly key: string | undefined
  readonly id: unknown
  readonly images: readonly string[]
}

async function cut(bytes: Buffer, cuts: readonly number[] = [], name = 'x.json'): Promise<Told[]> {
  const told: Told[] = []
  for await (const batch of recordsOf(chunksOf(bytes, cuts), { name }))
    for (let i = 0; i < batch.count; i += 1)
      told.push({
        number: batch.first + i,
        text: batch.record(i).toString(),
        offset: batch.offset + (batch.from[i] as number),
        line: batch.line[i] as number,
        key: batch.key(i),
        id: batch.id(i),
        images: batch.images(i),
      })
  return told
}

const field = fc.oneof(fc.string({ unit: 'binary' }), fc.integer(), fc.array(fc.string()), fc.jsonValue())
const record = fc.oneof(
  fc.dictionary(fc.constantFrom('id', 'image', 'x', 'i"d', 'images'), field, { maxKeys: 4 }),
  fc.jsonValue(),
)
const space = fc.constantFrom('', ' ', '\n', '\r\n\t')

/** The record as JSON.parse sees it in the text that it was found in. */
function expected(value: unknown): Pick<Told, 'id' | 'images'> {
  const fields = typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
  const { id, image } = fields as { id?: unknown; image?: unknown }
  return {
    id: typeof id === 'string' || typeof id === 'number' ? id : undefined,
    images: [image].flat(1).filter(each => typeof each === 'string'),
  }
}

const inText = (value: unknown, text: string): string =>
  Buffer.from(JSON.stringify(value, undefined, text)).toString()

describe('records are what JSON.parse sees, wherever chunks end', () => {
  test('in an array', () =>
    fc.assert(
      fc.asyncProperty(fc.array(record), space, borders, async (records, blank, cuts) => {
        const texts = records.map(value => inText(value, blank))
        const text = `${blank}[${texts.map(each => `${blank}${each}${blank}`).join(',')}]${blank}`
        const told = await cut(Buffer.from(text), cuts)
        expect(told.map(({ text: own }) => own)).toEqual(texts)
        for (const [i, each] of told.entries()) {
          const before = Buffer.from(text).subarray(0, each.offset).toString()
          expect(each).toMatchObject({
            number: i + 1,
            key: undefined,
            line: before.split('\n').length,
            ...expected(JSON.parse(texts[i] as string)),
          })
          expect(Buffer.from(text).subarray(each.offset).toString().startsWith(each.text)).toBe(true)
        }
      }),
    ))

  test('in an object', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.string({ unit: 'binary' }), record)),
        space,
        borders,
        async (all, blank, cuts) => {
          const members = all.map(([key, value]) => [inText(key, ''), inText(value, blank)] as const)
          const text = `{${members.map(([key, value]) => `${key}${blank}:${blank}${value}`).join(`,${blank}`)}}`
          const told = await cut(Buffer.from(text), cuts)
          expect(told.map(each => [each.key, each.text])).toEqual(
            members.map(([key, value]) => [JSON.parse(key), value]),
          )
        },
      ),
    ))

  test('one a line', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(record, { minLength: 1 }),
        fc.constantFrom('\n', '\r\n', ' \n\n\t'),
        fc.boolean(),
        borders,
        async (records, ending, isEnded, cuts) => {
          const texts = records.map(value => inText(value, ''))
          const told = await cut(Buffer.from(texts.join(ending) + (isEnded ? ending : '')), cuts, 'x.jsonl')
          expect(told.map(each => each.text)).toEqual(texts)
        },
      ),
    ))
})

const samples = [
  '[{"id": 1, "image": "a/\\u00e9.jpg", "x": [{"id": 2}]}, {"id": "𝕏", "image": ["b\\n", 3]}, 12, null]',
  '{"B01": {"id": 1,\n "image": "é"}, "B\\u0030": {"\\u0069d": "x"}}',
  '{"id": 1, "image": "é"}\n{"id": 2}\r\n\n{"image": ["汉"]}',
]

test.each(samples)('does not care where a chunk ends: %s', async text => {
  const bytes = Buffer.from(text)
  const whole = await cut(bytes)
  expect(whole.length).toBeGreaterThan(1)
  for (let border = 0; border <= bytes.length; border += 1) expect(await cut(bytes, [border])).toEqual(whole)
  expect(
    await cut(
      bytes,
      Array.from({ length: bytes.length }, (_, i) => i),
    ),
  ).toEqual(whole)
})

test('an object on one line is an object of records, two of them are lines', async () => {
  expect((await cut(Buffer.from('{"a": 1, "b": 2}\n'))).map(each => each.key)).toEqual(['a', 'b'])
  expect((await cut(Buffer.from('{"a": 1, "b": 2}\n{"c": 3}'))).map(each => each.text)).toHaveLength(2)
  expect((await cut(Buffer.from('{"a": 1, "b": 2}'), [], 'x.jsonl')).map(each => each.key)).toEqual([
    undefined,
  ])
})

test('a record that is too long to be held is checked, and its images are told', async () => {
  const long = `{"image": "a", "x": "${'é'.repeat(9 << 20)}", "y": {"image": "b"}}`
  const text = Buffer.from(`[{"image": "c"}, ${long}, {"image": "d", "id": 7}]`)
  const cuts = Array.from({ length: 40 }, (_, i) => i << 19)
  const told: unknown[] = []
  for await (const batch of recordsOf(chunksOf(text, cuts)))
    for (let i = 0; i < batch.count; i += 1)
      told.push([batch.first + i, batch.images(i), batch.passed === undefined])
  expect(told).toEqual([
    [1, ['c'], true],
    [2, ['a'], false],
    [3, ['d'], true],
  ])
})
