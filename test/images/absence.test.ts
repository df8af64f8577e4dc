/** Which of the files that lie there may be meant by a path that does not, and in which words. */

import { expect, test } from 'vitest'
import { type Absence, inWords, keyOf, nearest, ofMany, readings } from '../../tasks/images/absence.ts'

test.each<[wanted: string, there: string, why: Absence['why'] | undefined]>([
  ['coco/train2017/1.jpg', 'coco/train2017/train2017/1.jpg', 'deeper'],
  ['coco/train2017/1.jpg', 'coco/images/train2017/1.jpg', 'deeper'],
  ['coco/train2017/1.jpg', 'coco/1.jpg', 'higher'],
  ['coco/train2017/1.jpg', 'train2017/1.jpg', 'higher'],
  ['1.jpg', 'a/1.jpg', 'deeper'],
  ['a/1.jpg', '1.jpg', 'higher'],
  ['ocr/1.jpg', 'ocr/1.gif', 'ending'],
  ['ocr/1', 'ocr/1.gif', 'ending'],
  ['ocr/1.jpg', 'ocr/1.JPG', 'case'],
  ['vg/VG_100K/1.jpg', 'vg/vg_100k/1.jpg', 'case'],
  ['a/x_1.jpg', 'a/x-1.jpg', 'dash'],
  ['a/caf\u00e9.jpg', 'a/cafe\u0301.jpg', 'unicode'],
  ['coco/train2017/1.jpg', 'coco/val2017/1.jpg', undefined],
  ['coco/train2017/1.jpg', 'coco/a/b/train2017/1.jpg', undefined],
  ['a/b/1.jpg', 'a/b/1.jpg/1.jpg', undefined],
  ['a/b/c/1.jpg', '1.jpg', undefined],
])('%s, where %s lies', (wanted, there, why) => {
  expect(keyOf(wanted)).toBe(keyOf(there))
  expect(nearest(wanted, ['elsewhere/x/y/z', there])).toEqual(why && { why, there })
})

test.each<[wanted: string, there: string, why: Absence['why'] | undefined]>([
  ['coco\\train2017\\1.jpg', 'coco/train2017/1.jpg', 'backslash'],
  ['coco\\a%20b/1.jpg', 'coco/a%20b/1.jpg', 'backslash'],
  ['my%20folder/1.jpg', 'my folder/1.jpg', 'percent'],
  ['my%20folder\\1.jpg', 'my folder/1.jpg', 'percent'],
  ['caf%C3%A9/%e6%b1%89%2F1.jpg', 'café/汉/1.jpg', 'percent'],
  ['coco\\1.jpg', 'gqa/1.jpg', undefined],
  ['my%20folder/1.jpg', 'our folder/1.jpg', undefined],
  ['my%folder/1.jpg', 'my folder/1.jpg', undefined],
])('%s, read as %s', (wanted, there, why) => {
  expect(nearest(wanted, [there])).toEqual(why && { why, there })
  if (why) expect(readings(wanted)).toContain(there)
})

test('what differs least is told', () => {
  const candidates = ['a/b/b/x.jpg', 'a/b/x.gif', 'a/b/X.jpg']
  expect(nearest('a/b/x.jpg', candidates)).toEqual({ why: 'case', there: 'a/b/X.jpg' })
})

test('the whole path below another folder, however deep, if there is one such file', () => {
  const [wanted, there] = ['00453/1.jpg', 'llava/llava_pretrain/images/00453/1.jpg']
  expect(nearest(wanted, ['a/b/1.jpg', there])).toEqual({ why: 'deeper', there, folders: 3 })
  expect(nearest(there, ['a/b/1.jpg', wanted])).toEqual({ why: 'higher', there: wanted, folders: 3 })
  expect(nearest('1.jpg', ['coco/train2017/1.jpg', 'gqa/images/1.jpg'])).toBeUndefined()
})

test('each has words, of one and of many', () => {
  const there = 'a/there.jpg'
  const all: readonly Absence[] = [
    { why: 'not-built', target: 'vg' },
    { why: 'damaged', target: 'vg' },
    { why: 'failed', told: 'status 404' },
    ...(['empty', 'outside', 'absent'] as const).map(why => ({ why })),
    { why: 'nobodys', folder: 'vgg' },
    { why: 'nobodys', folder: 'vgg', like: 'vg' },
    ...(['backslash', 'percent'] as const).map(why => ({ why, there })),
    ...(['deeper', 'higher', 'ending', 'case', 'dash', 'unicode'] as const).map(why => ({ why, there })),
    { why: 'deeper', there, folders: 3 },
  ]
  expect(all.map(absence => `${inWords(absence)} · ${ofMany(absence)}`)).toMatchInlineSnapshot(`
    [
      "belongs to vg, which is not built · below vg, which is not built",
      "was built with vg, and removed or edited since · built with vg, and removed or edited since",
      "could not be fetched (status 404) · could not be fetched",
      "is empty · empty",
      "leads out of the playground · leading out of the playground",
      "is not there · not there",
      "is not there: no target gives vgg/… · below no target of the spec",
      "is not there: no target gives vgg/…, but one gives vg · below no target of the spec",
      "has backslashes, not slashes: a/there.jpg · with backslashes",
      "is percent-encoded: a/there.jpg · percent-encoded",
      "lies one folder deeper: a/there.jpg · one folder deeper",
      "lies one folder higher: a/there.jpg · one folder higher",
      "has another ending: a/there.jpg · with another ending",
      "differs by case: a/there.jpg · differing by case",
      "differs by - and _: a/there.jpg · differing by - and _",
      "differs by Unicode form: a/there.jpg · differing by Unicode form",
      "lies 3 folders deeper: a/there.jpg · deeper, by 3 folders",
    ]
  `)
})
