/**
 * What stands under `image` and is no path, or one that training reads in another way, is told by whoever looks for the images, a
 * build or `verify`, and fails neither.
 */

import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { expectGolden } from '../rig/golden.ts'
import { ground, zip } from '../rig/playground.ts'

function world(name: string, annotation: string, keys = '') {
  const place = ground()
  place.write('birds.zip', zip({ '1.jpg': 'one', '2.jpg': 'two' }))
  place.write(name, annotation)
  place.spec(`targets:
  birds: { sources: [{ url: birds.zip }] }
  notes: { sources: [{ url: ${name}, json: { images: /${keys} } }] }
`)
  return place
}

describe('no path', () => {
  const records = [
    { image: 'birds/1.jpg' },
    {},
    { image: null },
    { image: ['birds/2.jpg', null] },
    { image: 7 },
    { image: null },
    { image: { path: 'birds/1.jpg' } },
    { image: '' },
    { image: [] },
    { image: true },
    { image: ['birds/1.jpg', 'birds/2.jpg'] },
    { image: [['birds/1.jpg']] },
    { image: ['', 'birds/3.jpg'] },
    'no record',
  ]
  const text = (from: number, to: number): string => JSON.stringify(records.slice(from, to))

  test('each shape is told, with the number of its first record; all records add up', async () => {
    const { run, text } = world('notes.json', JSON.stringify(records, undefined, 1), ', allow_missing: 1')
    const built = await run('build')
    expect(built).toMatchObject({ exitCode: 0, codes: ['odd-images', 'images-missing'] })
    expectGolden('images/odd-images', built.diagnostics.slice(0, 1))
    expect((await run('build')).summary).toMatchObject({ ran: 0 })
    expect(await run('verify', 'notes')).toMatchObject({ exitCode: 0, codes: built.codes })
    expect((await text('verify', 'notes')).stderr).toContain('10 records of notes.json')
  })

  test.each([
    [
      'lines',
      'notes.jsonl',
      records
        .slice(0, 4)
        .map(each => JSON.stringify(each))
        .join('\n'),
    ],
    ['an object of records', 'notes.json', JSON.stringify({ ...records.slice(0, 4) })],
    [
      'a record that is too long to be held',
      'notes.json',
      `${text(0, 2).slice(0, -1)},{"image":null,"x":"${'x'.repeat(17 << 20)}"},${text(3, 4).slice(1)}`,
    ],
  ])('of %s', async (_, name, annotation) => {
    const built = await world(name, annotation).run('build')
    expect(built).toMatchObject({ exitCode: 0, codes: ['odd-images'] })
    expect(built.diagnostics[0]?.evidence?.map(({ text }) => text)).toEqual([
      'null, in record 3',
      'a list with null, in record 4',
      '1 with paths alone, 1 without `image`',
    ])
  })

  test('also where images are missing, which alone fails the build', async () => {
    const { run, root } = world('notes.json', text(0, 3))
    await run('build')
    rmSync(join(root, 'birds/1.jpg'))
    const told = await run('verify', 'notes')
    expect(told).toMatchObject({ exitCode: 1, codes: ['images-missing', 'odd-images'] })
    const missing = await world('notes.json', text(2, 13)).run('build')
    expect(missing).toMatchObject({ exitCode: 1, codes: ['odd-images', 'images-missing'] })
  })

  test('where nobody looks for images, nobody tells', async () => {
    const place = world('notes.json', text(0, 14))
    place.write('datasets.yaml', place.read('datasets.yaml').replace('json: { images: / }', 'json:'))
    expect(await place.run('build')).toMatchObject({ exitCode: 0, codes: [] })
  })
})

describe('a slash in front', () => {
  const images = ['birds/1.jpg', '/birds/2.jpg', '//birds/1.jpg', '/birds/2.jpg', 'birds/2.jpg']
  const annotation = JSON.stringify(images.map(image => ({ image })))

  test('is told, though the images are there', async () => {
    const { run } = world('notes.json', annotation)
    const built = await run('build')
    expect(built).toMatchObject({ exitCode: 0, codes: ['rooted-images'] })
    expectGolden('images/rooted-images', built.diagnostics)
    expect(await run('verify', 'notes')).toMatchObject({ exitCode: 0, codes: ['rooted-images'] })
  })

  test('the rule that is named takes it off', async () => {
    const { run, read } = world('notes.json', annotation, ", rewrite: [{ match: '^/+', to: '' }]")
    expect(await run('build')).toMatchObject({ exitCode: 0, codes: [] })
    const made = JSON.parse(read('data/notes/notes.clean.json')) as { image: string }[]
    expect(made.map(({ image }) => image)).toEqual(images.map(image => image.replace(/^\/+/, '')))
  })

  test('also below a folder, and of one that is not there', async () => {
    const { run } = world('notes.json', '[{"image":"/1.jpg"},{"image":"/3.jpg"}]', 'birds')
    const built = await run('build')
    expect(built).toMatchObject({ exitCode: 1, codes: ['rooted-images', 'images-missing'] })
    expect(built.diagnostics[0]).toMatchObject({
      message: '2 image paths of notes.json begin with a slash.',
      severity: 'warning',
    })
  })
})
