/** `drop_missing`: what training would miss goes, is listed, and comes back with its image. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Ground, ground, zip } from '../rig/playground.ts'

const mix =
  '[{"id":1,"image":"1.gif"},{"id":2,"image":["2.jpg","3.jpg"]},{"id":3},{"id":4,"image":"3.jpg"},{"id":5,"image":"0.jpg"},{"id":6,"image":"../x/a\\tb.jpg"}]'

const specOf = (keys = ''): string => `targets:
  birds: { sources: [{ url: published/birds.zip }] }
  other: { sources: [{ url: published/other.zip }] }
  notes:
    sources:
      - url: published/mix.json
        json: { images: /birds, rewrite: [{ match: 'gif$', to: jpg }], drop_missing: true${keys} }
`

function world(): Ground {
  const place = ground()
  place.write('published/mix.json', mix)
  place.write('published/birds.zip', zip({ '1.jpg': 'one', '2.jpg': 'two', '0.jpg': '' }))
  place.write('published/other.zip', zip({ '3.jpg': 'three' }))
  place.spec(specOf())
  return place
}

const made = (place: Ground, name: string): string => readFileSync(join(place.root, 'notes', name), 'utf8')
const transform = 'transform:notes/mix.clean.json'

test('records without their images go and are listed; text-only ones stay', async () => {
  const place = world()
  const first = await place.run('build', 'notes')
  expect(first.exitCode).toBe(0)
  expect(Object.keys(place.tree())).toEqual([
    'birds/0.jpg',
    'birds/1.jpg',
    'birds/2.jpg',
    'notes/mix.clean.json',
    'notes/mix.dropped.txt',
    'notes/mix.json',
  ])
  expect(made(place, 'mix.json')).toBe(mix)
  expect(made(place, 'mix.clean.json')).toBe('[\n{"id":1,"image":"1.jpg"},\n{"id":3}\n]\n')
  expect(made(place, 'mix.dropped.txt')).toBe('2\t3.jpg\n4\t3.jpg\n5\t0.jpg\n6\t../x/a\\tb.jpg\n')
  expect((await place.run('build', 'notes')).summary).toMatchObject({ ran: 0 })
  expect((await place.run('verify', 'notes')).exitCode).toBe(0)
})

test('it is made again when a target that it refers to changed, and for no other', async () => {
  const place = world()
  await place.run('build')
  place.write('published/other.zip', zip({ '3.jpg': 'three', '4.jpg': 'four' }))
  expect((await place.run('build')).started).not.toContain(transform)
  place.write('published/birds.zip', zip({ '1.jpg': 'one', '2.jpg': 'two', '3.jpg': 'three' }))
  expect((await place.text('why', 'notes')).stdout).toContain('transform')
  expect((await place.run('build')).started).toContain(transform)
  expect(made(place, 'mix.dropped.txt')).toBe('5\t0.jpg\n6\t../x/a\\tb.jpg\n')
  expect(made(place, 'mix.clean.json').split('\n')).toHaveLength(7)
})

test('a sample is drawn from what stays, and split files have the list beside them', async () => {
  const place = world()
  place.spec(specOf(', sample: 2, split: true'))
  expect((await place.run('build')).exitCode).toBe(0)
  expect(Object.keys(place.tree()).filter(path => path.startsWith('notes/mix.split'))).toEqual([
    'notes/mix.split/_dropped.txt',
    'notes/mix.split/_no-folder.json',
    'notes/mix.split/_text-only.json',
  ])
  expect(made(place, 'mix.split/_dropped.txt')).toContain('2\t3.jpg\n')
})

test('only what is needed: the original says which images, as nothing changes its paths', async () => {
  const place = world()
  place.spec(specOf().replace("rewrite: [{ match: 'gif$', to: jpg }], ", ''))
  expect((await place.run('build', '--only-needed')).exitCode).toBe(0)
  expect(made(place, 'mix.clean.json')).toBe('[\n{"id":3}\n]\n')
  expect((await place.run('verify', 'notes')).codes).not.toContain('images-missing')
})

test('only what is needed behind a prefix that is a folder: the original says which images, all the same', async () => {
  const place = world()
  const keys = 'images: /, prefix: birds/, drop_missing: true'
  place.spec(specOf().replace(/json: \{.*\}/, `json: { ${keys} }`))
  place.write('published/mix.json', '[{"id":1,"image":"1.jpg"},{"id":2,"image":"9.jpg"},{"id":3}]')
  expect((await place.run('build', '--only-needed')).exitCode).toBe(0)
  expect(Object.keys(place.tree())).toContain('birds/1.jpg')
  expect(Object.keys(place.tree())).not.toContain('birds/2.jpg')
  expect(made(place, 'mix.clean.json')).toBe('[\n{"id":1,"image":"birds/1.jpg"},\n{"id":3}\n]\n')
  const small = await place.run('build', '--sample', '3', '--root', 'small')
  expect(small).toMatchObject({ exitCode: 0, codes: ['nothing-needed'] })
  expect(place.read('small/notes/mix.clean.json')).toBe(made(place, 'mix.clean.json'))
})
