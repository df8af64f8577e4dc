/** `build stats`: exact numbers of a small playground. */

import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { statsPage } from '../../lib/report/stats.ts'
import { expectContract, type Ground, ground, mirror, zip } from '../rig/playground.ts'
import { picture } from '../urls/rig.ts'

/** As much of an image as tells its size. */
function image(type: 'jpeg' | 'png' | 'gif' | 'webp', width: number, height: number): Buffer {
  const [head, tail] = [Buffer.alloc(30), Buffer.from(`${type} ${width}`)]
  switch (type) {
    case 'jpeg':
      head.write('ffd8ffc0001108', 'hex')
      head.writeUInt16BE(height, 7)
      head.writeUInt16BE(width, 9)
      break
    case 'png':
      head.write('89504e470d0a1a0a0000000d49484452', 'hex')
      head.writeUInt32BE(width, 16)
      head.writeUInt32BE(height, 20)
      break
    case 'gif':
      head.write('GIF89a')
      head.writeUInt16LE(width, 6)
      head.writeUInt16LE(height, 8)
      break
    case 'webp':
      head.write('RIFF    WEBPVP8X')
      head.writeUIntLE(width - 1, 24, 3)
      head.writeUIntLE(height - 1, 27, 3)
  }
  return Buffer.concat([head, tail])
}

/** Images of four formats, one that is none, one twice in a target, one in two; a list with addresses that are gone. */
async function playground(): Promise<Ground> {
  const place = ground()
  const host = await mirror()
  const small = image('jpeg', 20, 10)
  const middle = image('png', 30, 20)
  const large = image('webp', 40, 30)
  const giant = image('gif', 50, 40)
  place.write(
    'one.zip',
    zip({
      'a.jpg': small,
      'deep/b.png': middle,
      'deep/c.webp': large,
      'd.gif': giant,
      'e.jpg': '<html>',
      LICENSE: 'MIT',
    }),
  )
  place.write('two.zip', zip({ 'x.jpg': small, 'y.jpg': small, 'notes.txt': 'MIT' }))
  host.serve('/1.gif', picture(1))
  place.write(
    'list.txt',
    ['1', 'gone', 'lost']
      .map(name => `${host.url}/${name}.gif\\n`)
      .join('')
      .replaceAll('\\n', '\n'),
  )
  const turn = (value: string) => ({ from: 'human', value })
  const records = [
    { id: 1, image: 'a.jpg', conversations: [turn('<image> What is it?'), turn('A cat.')] },
    { id: 2, image: 'deep/b.png', conversations: [turn('And that?')] },
    { id: 3, conversations: [turn('Hello.')] },
  ]
  place.write('notes.json', JSON.stringify(records))
  place.spec(`targets:
  notes: { sources: [{ url: notes.json, json: { images: /one/images } }] }
  one/images: { sources: [{ url: one.zip }] }
  two: { sources: [{ url: two.zip }] }
  listed: { sources: [{ urls: { from: list.txt, allow_missing: 2 } }] }
  never: { sources: [{ url: never.zip }] }
`)
  await place.run('build', 'notes', 'one', 'two', 'listed')
  return place
}

test('every number, for programs and for people', async () => {
  const place = await playground()
  const before = place.listing()
  const told = await place.run('stats')
  expectContract(told)
  expect(told).toMatchObject({ exitCode: 0, codes: [] })
  const byteless = (about: string) =>
    told.events
      .filter(line => line['about'] === about)
      .map(line =>
        Object.fromEntries(Object.entries(line).filter(([key]) => !['event', 'time', 'about'].includes(key))),
      )
  expect(byteless('annotation')).toEqual([
    {
      target: 'notes',
      path: 'notes/notes.json',
      records: 3,
      textOnly: 1,
      turns: 4,
      words: 8,
      images: 2,
      missing: 0,
      sources: [
        { prefix: '', images: 1 },
        { prefix: 'deep', images: 1 },
      ],
    },
  ])
  expect(byteless('images')).toEqual([
    {
      target: 'one/images',
      files: 5,
      bytes: 152,
      looked: 5,
      formats: ['gif', 'jpeg', 'none', 'png', 'webp'].map(format => ({ format, count: 1 })),
      pixels: {
        smallest: { width: 20, height: 10 },
        median: { width: 30, height: 20 },
        largest: { width: 50, height: 40 },
      },
    },
    expect.objectContaining({ target: 'two', files: 2, formats: [{ format: 'jpeg', count: 2 }] }),
    expect.objectContaining({
      target: 'listed',
      files: 1,
      bytes: 400,
      formats: [{ format: 'gif', count: 1 }],
    }),
  ])
  expect(byteless('duplicates')).toMatchObject([
    {
      files: 11,
      groups: 2,
      copies: 3,
      largest: [
        { count: 3, paths: ['one/images/a.jpg', 'two/x.jpg', 'two/y.jpg'] },
        { count: 2, bytes: 3 },
      ],
      shared: [
        { targets: ['one/images', 'two'], files: 2 },
        { targets: ['two'], files: 1 },
      ],
    },
  ])
  expect(byteless('failures')).toEqual([{ target: 'listed', failures: [{ cause: 'status 404', count: 2 }] }])
  expect(place.listing()).toEqual(before)

  const { stdout, stderr } = await place.text('stats')
  expect(stderr).toBe('')
  await expect(stdout).toMatchFileSnapshot('../goldens/cli/stats.txt')
})

test('an image that is not there any more is told, nothing of what is named is left out', async () => {
  const place = await playground()
  rmSync(join(place.root, 'two/x.jpg'))
  const told = await place.run('stats', 'two')
  expect(told.events[0]).toMatchObject({
    formats: [
      { format: 'jpeg', count: 1 },
      { format: 'missing', count: 1 },
    ],
  })
  rmSync(join(place.root, 'notes/notes.json'))
  expect((await place.text('stats', 'never')).stdout).toBe('Not there: never.\n')
  expect((await place.text('stats', 'notes')).stdout).toMatch(/\n\nNot there: notes\/notes\.json\.\n$/)
})

test('a sample is spread over the files; --all looks at each', async () => {
  const place = ground()
  const bytes = image('jpeg', 8, 8)
  const half = (from: number, content: Buffer | string) =>
    Array.from({ length: 600 }, (_, i) => [`${from + i}.jpg`, content] as const)
  place.write('many.zip', zip(Object.fromEntries([...half(10_000, bytes), ...half(20_000, 'not one')])))
  place.spec('targets:\n  many: { sources: [{ url: many.zip }] }\n')
  await place.run('build')
  const [sample] = (await place.run('stats')).events
  expect(sample).toMatchObject({
    files: 1200,
    looked: 1000,
    formats: [
      { format: 'jpeg', count: 500 },
      { format: 'none', count: 500 },
    ],
  })
  const [all] = (await place.run('stats', '--all')).events
  expect(all).toMatchObject({
    files: 1200,
    looked: 1200,
    formats: [
      { format: 'jpeg', count: 600 },
      { format: 'none', count: 600 },
    ],
  })
})

const many = {
  annotations: [
    {
      target: 'llava/llava_sft',
      path: 'llava/llava_sft/llava_v1_5_mix665k.json',
      records: 665_298,
      textOnly: 40_676,
      odd: 12,
      turns: 6_904_122,
      words: 123_456_789,
      images: 624_610,
      sources: [
        { prefix: 'coco/train2017', images: 364_100 },
        {
          prefix: 'a/folder-with-a-name-that-is-longer-than-what-fits-in-front-of-the-numbers-of-the-others',
          images: 86_417,
        },
        { prefix: 'ocr_vqa/images', images: 80_000 },
        ...Array.from({ length: 9 }, (_, i) => ({ prefix: `vg/VG_100K_${i}`, images: 9 - i })),
      ],
    },
  ],
  images: [
    {
      target: 'a/directory/with/a/very/long/name/that/does/not/fit/in/eighty/columns/of/a/terminal',
      files: 1_118_287,
      bytes: 19.3e9,
      looked: 1000,
      formats: [
        { format: 'jpeg', count: 968 },
        { format: 'png', count: 20 },
        { format: 'webp', count: 10 },
        { format: 'none', count: 1 },
        { format: 'missing', count: 1 },
      ],
      pixels: {
        smallest: { width: 1, height: 1 },
        median: { width: 640, height: 480 },
        largest: { width: 12_000, height: 9000 },
      },
    },
  ],
  duplicates: {
    files: 1_166_209,
    groups: 3210,
    copies: 43_210,
    bytes: 1.2e9,
    largest: [
      {
        sha256: '',
        bytes: 4_800_000,
        count: 1234,
        paths: ['coco/train2017/000000000001.jpg', 'vg/VG_100K/2.jpg', 'a\nb.jpg'],
      },
    ],
    shared: Array.from({ length: 12 }, (_, i) => ({
      targets: i % 2 ? ['coco/train2017', `vg/VG_100K_${i}`] : ['coco/train2017'],
      files: 10 ** (i % 6),
      bytes: 10 ** (12 - i),
    })),
  },
  failures: [
    {
      target: 'ocr_vqa/images',
      failures: [
        { cause: 'status 404', count: 1204 },
        { cause: 'the connection was cut', count: 3 },
      ],
    },
  ],
  notThere: [
    'vg/VG_100K',
    'vg/VG_100K_2',
    'share_textvqa/images',
    'web-celebrity/images',
    'web-landmark/images',
  ],
} as const

test.each([80, 100])('no line is wider than %i columns', async width => {
  const page = statsPage(many, width)
  for (const line of page.split('\n')) expect(line.length).toBeLessThanOrEqual(width)
  await expect(page).toMatchFileSnapshot(`../goldens/cli/stats.${width}.txt`)
})
