/** What the records of an annotation say, counted. */

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { tallyOf, wordsIn } from '../../lib/io/annotation-tally.ts'
import { ground } from '../rig/playground.ts'

const human = (value: unknown) => ({ from: 'human', value })
const gpt = (value: unknown) => ({ from: 'gpt', value })
const records = [
  { id: 1, image: 'coco/train2017/1.jpg', conversations: [human('<image>\nWhat is it?'), gpt('A cat.')] },
  {
    id: 2,
    image: ['vg/VG_100K/deep/2.jpg', 'gqa/3.jpg', 'top.jpg'],
    conversations: [human('Both <image><image> here?')],
  },
  { id: 3, image: 'coco/train2017/1.jpg', conversations: [] },
  { id: 4, conversations: [human('no'), gpt(7), gpt('na\u00efve\u00a0\u3000\u540d')] },
  { id: 5, image: null, conversations: 'none' },
  { id: 6, image: ['gqa/3.jpg', ''], conversations: [] },
  'not a record',
  null,
]

const wanted = {
  records: 8,
  textOnly: 3,
  odd: 2,
  turns: 6,
  words: 3 + 2 + 2 + 1 + 0 + 2,
  images: 6,
  sources: [
    { prefix: 'coco/train2017', images: 2 },
    { prefix: 'gqa', images: 2 },
    { prefix: '', images: 1 },
    { prefix: 'vg/VG_100K', images: 1 },
  ],
}

test.each([
  ['an array', 'x.json', JSON.stringify(records)],
  ['a pretty one', 'x.json', JSON.stringify(records, undefined, 2)],
  [
    'an object of records',
    'x.json',
    JSON.stringify(Object.fromEntries(records.map((record, i) => [`k${i}`, record]))),
  ],
  ['lines', 'x.jsonl', records.map(record => JSON.stringify(record)).join('\n')],
])('of %s', async (_, name, content) => {
  const place = ground()
  place.write(name, content)
  expect(await tallyOf(`${place.folder}/${name}`, { name })).toEqual(wanted)
})

test('words are what a split at white space gives', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.constantFrom('a', 'b\u0301', ' ', '\n', '\u00a0', '\u2003', '\ufeff', '\u200b', '<image>', '<im'),
      ),
      parts => {
        const text = parts.join('')
        const split = text
          .replaceAll('<image>', ' ')
          .split(/\s+/)
          .filter(word => word !== '')
        expect(wordsIn(text)).toBe(split.length)
      },
    ),
    { seed: 5, numRuns: 500 },
  )
})
