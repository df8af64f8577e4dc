/** `verify` says of each image that an annotation names and that is not there why it is not, and where the whole list lies. */

import { rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { expectGolden } from '../rig/golden.ts'
import { ground, zip } from '../rig/playground.ts'
import { rowsIn } from '../rig/rows.ts'
import { shop } from '../urls/rig.ts'

const named = (paths: readonly (string | readonly string[])[]): string =>
  JSON.stringify([{ id: 0 }, ...paths.map((image, i) => ({ id: i + 1, image }))])

async function world(paths: readonly (string | readonly string[])[], rest = '') {
  const { ground, sell, list } = await shop()
  sell('B0001')
  list(['B0001', 'B0002'])
  ground.write(
    'coco.zip',
    zip({
      'train2017/1.jpg': 'one',
      'train2017/train2017/2.jpg': 'two',
      '3.jpg': 'three',
      'train2017/e.jpg': '',
    }),
  )
  ground.write(
    'gqa.zip',
    zip({ 'a/1.gif': 'one', 'a/Two.jpg': 'two', 'a/x_3.jpg': 'three', 'a/cafe\u0301.jpg': 'four' }),
  )
  ground.write('vg.zip', zip({ '1.jpg': 'one' }))
  ground.write('notes.json', named(paths))
  ground.spec(`groups: { most: [coco, gqa, ocr/images, notes] }
targets:
  coco: { sources: [{ url: coco.zip }] }
  gqa: { sources: [{ url: gqa.zip, unzip: { root: a } }] }
  vg: { sources: [{ url: vg.zip }] }
  ocr/images: { sources: [{ urls: dataset.json, name: '{key}.jpg', allow_missing: 1 }] }
  notes: { sources: [{ url: notes.json, json: { images: /${rest} } }] }
`)
  return ground
}

test('a file that is no image among images is told, and nothing where hardly any is', async () => {
  const place = ground()
  const jpeg = Buffer.concat([
    Buffer.from([0xff, 0xd8, 0xff, 0xe0]),
    Buffer.alloc(40),
    Buffer.from([0xff, 0xd9]),
  ])
  place.write(
    'a.zip',
    zip({ '1.jpg': jpeg, '2.jpg': '<!doctype html><html></html>', '3.txt': 'no name of an image' }),
  )
  place.write('b.zip', zip({ '1.jpg': 'one', '2.jpg': 'two', '3.jpg': jpeg }))
  place.write('notes.json', named(['a/1.jpg', 'a/2.jpg', 'a/3.txt', 'b/1.jpg', 'b/2.jpg', 'b/3.jpg']))
  place.spec(`targets:
  a: { sources: [{ url: a.zip }] }
  b: { sources: [{ url: b.zip }] }
  notes: { sources: [{ url: notes.json, json: { images: / } }] }
`)
  expect(await place.run('build')).toMatchObject({ exitCode: 0, codes: [] })
  const told = await place.run('verify')
  expect(told).toMatchObject({ exitCode: 1, codes: ['images-missing'] })
  expectGolden('images/images-missing.no-image', told.diagnostics)
})

test('each reason is told', async () => {
  const ground = await world([
    'coco/train2017/1.jpg',
    ['coco/train2017/1.jpg', 'coco/train2017/2.jpg', 'coco/train2017/3.jpg'],
    'coco/train2017/e.jpg',
    'coco/train2017/gone.jpg',
    'gqa/1.jpg',
    'gqa/two.jpg',
    'gqa/x-3.jpg',
    'gqa/caf\u00e9.jpg',
    'ocr/images/B0001.jpg',
    'ocr/images/B0002.jpg',
    'vg/1.jpg',
    '../elsewhere.jpg',
  ])
  await ground.run('build', 'most')
  const told = await ground.run('verify', 'notes')
  expect(told).toMatchObject({ exitCode: 1, codes: ['images-missing'] })
  expectGolden('json/images-missing', told.diagnostics)
  expect(rowsIn(join(ground.root, '.groundwork/missing/notes/notes.json.ndjson'))).toEqual([
    { image: 'coco/train2017/2.jpg', record: 3, why: 'deeper', there: 'coco/train2017/train2017/2.jpg' },
    { image: 'coco/train2017/3.jpg', record: 3, why: 'higher', there: 'coco/3.jpg' },
    { image: 'coco/train2017/e.jpg', record: 4, why: 'empty' },
    { image: 'coco/train2017/gone.jpg', record: 5, why: 'absent' },
    { image: 'gqa/1.jpg', record: 6, why: 'ending', there: 'gqa/1.gif' },
    { image: 'gqa/two.jpg', record: 7, why: 'case', there: 'gqa/Two.jpg' },
    { image: 'gqa/x-3.jpg', record: 8, why: 'dash', there: 'gqa/x_3.jpg' },
    { image: 'gqa/café.jpg', record: 9, why: 'unicode', there: 'gqa/cafe\u0301.jpg' },
    { image: 'ocr/images/B0002.jpg', record: 11, why: 'failed', told: 'status 404' },
    { image: 'vg/1.jpg', record: 12, why: 'not-built', target: 'vg' },
    { image: '../elsewhere.jpg', record: 13, why: 'outside' },
  ])
})

test('files that nobody recorded count, also by another way of writing; a record that does not hold any more vouches for nothing', async () => {
  const ground = await world([
    'coco/mine.jpg',
    './coco//train2017/1.jpg',
    'coco/train2017/1.jpg',
    'gqa/1.gif',
  ])
  await ground.run('build', 'most')
  writeFileSync(join(ground.root, 'coco/mine.jpg'), 'mine')
  expect(await ground.run('verify', 'notes')).toMatchObject({ exitCode: 0, codes: [] })
  truncateSync(join(ground.root, 'coco/mine.jpg'))
  rmSync(join(ground.root, 'gqa/1.gif'))
  const told = await ground.run('verify', 'notes')
  expect(told.diagnostics[0]).toMatchObject({
    message: 'notes.json names 2 images that are missing or empty, of 3.',
    severity: 'error',
  })
})

test('what was removed since is told as that, and what else lies there is still known', async () => {
  const ground = await world(['gqa/1.gif', 'gqa/two.jpg', 'train2017/1.jpg', 'far/off/vg/1.jpg'])
  await ground.run('build', 'gqa', 'vg')
  await ground.run('build', 'coco', 'notes')
  rmSync(join(ground.root, 'gqa/1.gif'))
  await ground.run('verify', 'notes')
  expect(rowsIn(join(ground.root, '.groundwork/missing/notes/notes.json.ndjson'))).toEqual([
    { image: 'gqa/1.gif', record: 2, why: 'damaged', target: 'gqa' },
    { image: 'gqa/two.jpg', record: 3, why: 'case', there: 'gqa/Two.jpg' },
    { image: 'train2017/1.jpg', record: 4, why: 'deeper', there: 'coco/train2017/1.jpg' },
    { image: 'far/off/vg/1.jpg', record: 5, why: 'higher', there: 'vg/1.jpg', folders: 2 },
  ])
})

test('written in another way, and below no target; the rules that are told make paths that fit', async () => {
  const place = ground()
  place.write('a.zip', zip({ 'my folder/café/1.jpg': 'one', '2.jpg': 'two', '100%.jpg': 'three' }))
  place.write('vg.zip', zip({ '1.jpg': 'one' }))
  const other = ['coco/a\\my%20folder/caf%C3%A9\\1.jpg', 'coco\\a\\2.jpg', 'coco/a/100%25.jpg']
  const lost = [
    'vgg/9.jpg',
    'far/off/9.jpg',
    'coco/b/9.jpg',
    'coco/9.jpg',
    'coco\\a\\9.jpg',
    'notes/images/9.jpg',
    'vf/9.jpg',
  ]
  place.write('notes.json', named([...other, ...lost]))
  const spec = (keys: string): void =>
    place.spec(`targets:
  coco/a: { sources: [{ url: a.zip }] }
  vg: { sources: [{ url: vg.zip }] }
  notes: { sources: [{ url: notes.json, json: { images: /${keys} } }] }
`)
  spec('')
  const told = await place.run('build')
  expect(told).toMatchObject({ exitCode: 1, codes: ['images-missing'] })
  expectGolden('images/images-missing.written', told.diagnostics)
  expect(rowsIn(join(place.root, '.groundwork/missing/notes/notes.json.ndjson'))).toEqual([
    { image: other[0], record: 2, why: 'percent', there: 'coco/a/my folder/café/1.jpg' },
    { image: other[1], record: 3, why: 'backslash', there: 'coco/a/2.jpg' },
    { image: other[2], record: 4, why: 'percent', there: 'coco/a/100%.jpg' },
    { image: lost[0], record: 5, why: 'nobodys', folder: 'vgg', like: 'vg' },
    { image: lost[1], record: 6, why: 'nobodys', folder: 'far' },
    { image: lost[2], record: 7, why: 'nobodys', folder: 'coco/b', like: 'coco/a' },
    { image: lost[3], record: 8, why: 'absent' },
    { image: lost[4], record: 9, why: 'absent' },
    { image: lost[5], record: 10, why: 'nobodys', folder: 'notes/images' },
    { image: lost[6], record: 11, why: 'nobodys', folder: 'vf' },
  ])
  const rules = /`(rewrite: .*?\])`/.exec(told.diagnostics[0]?.next ?? '')?.[1]
  spec(`, allow_missing: ${lost.length}, ${rules}`)
  const ran = await place.run('build')
  expect(ran).toMatchObject({ exitCode: 0, codes: ['images-missing'] })
  expect(ran.diagnostics[0]?.message).toContain('names 7 images')
})

test('what is allowed is a warning', async () => {
  const ground = await world(['coco/train2017/1.jpg', 'coco/no.jpg'], ', allow_missing: 50%')
  await ground.run('build', 'most')
  const told = await ground.run('verify', 'notes')
  expect(told).toMatchObject({ exitCode: 0, codes: ['images-missing'] })
  expect(told.diagnostics[0]).toMatchObject({
    severity: 'warning',
    evidence: [{ text: '1 (50%)' }, {}, {}, {}, {}],
  })
})

test('paths that no file can have are not there, and end no look', async () => {
  const odd = [
    'coco/train2017/1.jpg/',
    'coco/train2017/1.jpg/x.jpg',
    'coco/\0.jpg',
    `coco/${'x'.repeat(300)}.jpg`,
  ]
  const ground = await world(['coco/train2017/1.jpg', ...odd])
  const told = await ground.run('build', 'coco', 'notes')
  expect(told).toMatchObject({ exitCode: 1, codes: ['images-missing'] })
  const rows = rowsIn(join(ground.root, '.groundwork/missing/notes/notes.json.ndjson'))
  expect(rows).toEqual(odd.map((image, i) => ({ image, record: i + 3, why: 'absent' })))
})
