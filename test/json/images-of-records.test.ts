/** The images that the JSON checker finds in records, as JSON.parse sees them, wherever chunks end. */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkJson } from '../../lib/io/json-stream.ts'
import { borders, chunksOf } from './chunks.ts'

describe('the images of records', () => {
  const imagesOf = async (
    text: string,
    cuts: readonly number[] = [],
  ): Promise<(readonly [number, unknown])[]> => {
    const told: (readonly [number, unknown])[] = []
    await checkJson(chunksOf(Buffer.from(text), cuts), {
      onImages: (paths, record) => told.push([record, paths]),
    })
    return told
  }

  test.each([
    ['one', '[{"image": "a.jpg"}]', [[1, ['a.jpg']]]],
    ['a list', '[{"image": ["a.jpg", "b.jpg"], "x": "c"}]', [[1, ['a.jpg', 'b.jpg']]]],
    ['text-only records have none', '[{"model": ""}, {"image": "b"}]', [[2, ['b']]]],
    ['an escaped key, escaped paths', '[{"\\u0069mage": "\\u00e9\\/x"}]', [[1, ['é/x']]]],
    ['the last of two keys', '[{"image": "a", "image": "b"}]', [[1, ['b']]]],
    ['no key of that name further in', '[{"x": {"image": "a"}, "y": [{"image": "b"}]}]', []],
    ['no value of another shape', '[{"image": {"x": "a"}}, {"image": [["b"]]}, {"image": null}]', []],
    ['no value after the list', '[{"image": [], "x": ["a"], "y": "b"}]', []],
    ['no element that is not a record', '["image", ["image", "a"]]', []],
    ['the members of an object', '{"image": "a", "x": {"image": "b"}}', [[2, ['b']]]],
    [
      'one record a line',
      '{"image": "a"}\n{"image": ["b"]}\n',
      [
        [1, ['a']],
        [2, ['b']],
      ],
    ],
    ['nothing of a value that has no records', '"image"', []],
  ])('%s', async (_, text, wanted) => {
    expect(await imagesOf(text)).toEqual(wanted)
  })

  test('are what JSON.parse sees, wherever chunks end', () => {
    const image = fc.oneof(fc.string({ unit: 'binary' }), fc.array(fc.string()), fc.jsonValue())
    const record = fc.dictionary(fc.constantFrom('id', 'image', 'x', 'imag', 'images'), image, { maxKeys: 4 })
    return fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(record, fc.jsonValue())), borders, async (records, cuts) => {
        const text = Buffer.from(JSON.stringify(records)).toString()
        const wanted = (JSON.parse(text) as unknown[]).flatMap((value, i) => {
          if (typeof value !== 'object' || value === null || !('image' in value)) return []
          const found = [value.image].flat(1).filter(path => typeof path === 'string')
          return found.length > 0 ? [[i + 1, found]] : []
        })
        expect(await imagesOf(text, cuts)).toEqual(wanted)
      }),
    )
  })

  test('a path too long for any disk is cut, so that memory stays flat', async () => {
    const text = `[{"image": "${'é'.repeat(40_000)}"}]`
    const whole = await imagesOf(text)
    expect(whole).toEqual([[1, [`${'é'.repeat(100)}…`]]])
    expect(await imagesOf(text, [5_000, 70_000])).toEqual(whole)
  })
})
