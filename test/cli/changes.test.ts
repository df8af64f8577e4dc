/** What a change of the spec causes, and what it must not cause. */

import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { filesBelow } from '../../lib/io/disk.ts'
import { ground, sha256Of, zip } from '../rig/playground.ts'
import { foretoldAndDone, pictures, records, short, whole, world } from './world.ts'

test('what cannot change a byte causes nothing', async () => {
  const { place, change, asked, host } = await world()
  await place.run('build')
  asked()
  change('title: Images', 'title: Pictures\n    license: MIT\n    homepage: https://example.org')
  change('groups:', '# a comment\ngroups:')
  change(
    `    sha256: ${sha256Of(pictures)}\n    size: ${pictures.length}`,
    `    size: ${pictures.length}\n    sha256: ${sha256Of(pictures).toUpperCase()}`,
  )
  change(`url: ${host.url}/LICENSE`, `url: ${host.url}/LICENSE\n        mirrors: [${host.url}/LICENCE]`)
  const before = place.listing()
  expect((await place.run('build')).summary).toMatchObject({ ran: 0, fresh: 10, requests: 0, exitCode: 0 })
  expect(place.listing()).toEqual(before)

  // The same bytes from elsewhere.
  change(`${host.url}/pack.zip`, `${host.url}/elsewhere/pack.zip`)
  const moved = await foretoldAndDone(place)
  expect(moved.summary).toMatchObject({ ran: 0, requests: 0, exitCode: 0 })
  expect(place.tree()).toEqual(whole)
})

test('rules and counts run the tasks that depend on them, and ask nobody', async () => {
  const { place, change, asked } = await world()
  await place.run('build')
  asked()

  change("{ match: '*.png', to: '{stem}.jpg' }", "{ match: '*', to: 'all/{name}' }")
  const renamed = await foretoldAndDone(place)
  expect(short(renamed.started)).toEqual(['expect:images', 'images:images/notes.json', 'rename:images'])
  expect(Object.keys(place.tree())).toContain('images/all/b.png')
  expect(Object.keys(place.tree())).not.toContain('images/b.jpg')
  change("{ match: '*', to: 'all/{name}' }", "{ match: '*.png', to: '{stem}.jpg' }")
  await foretoldAndDone(place)
  expect(place.tree()).toEqual(whole)
  expect(existsSync(join(place.root, 'images/all'))).toBe(false)

  change('files: 4', 'files: 5')
  const miscounted = await foretoldAndDone(place)
  expect(miscounted.started).toEqual(['expect:images'])
  expect(miscounted).toMatchObject({ exitCode: 1, codes: ['wrong-file-count'] })
  change('files: 5', 'files: 4')
  // The last count that was right is still recorded.
  expect((await place.run('build')).summary).toMatchObject({ ran: 0, exitCode: 0 })

  change('records: 2', 'records: 3')
  const wrong = await foretoldAndDone(place)
  expect(wrong.started).toEqual(['json:images/notes.json'])
  expect(wrong).toMatchObject({ exitCode: 1, codes: ['wrong-record-count'] })
  change('records: 3', 'records: 2')
  expect((await place.run('build')).summary).toMatchObject({ ran: 0, exitCode: 0 })
  expect(asked()).toEqual([])
})

test('another part of the archive, and another archive', async () => {
  const { place, change, asked, host } = await world()
  await place.run('build')
  asked()
  change('root: pack/masks', 'root: pack')
  const rooted = await foretoldAndDone(place)
  expect(short(rooted.started)).toEqual(['download:pack.zip', 'unzip:masks'])
  expect(Object.keys(place.tree()).filter(path => path.startsWith('masks/'))).toEqual([
    'masks/images/a.jpg',
    'masks/images/b.png',
    'masks/masks/a.png',
  ])
  expect(asked()).toEqual(['/pack.zip'])

  const other = zip({
    'pack/images/a.jpg': 'picture A',
    'pack/images/c.png': 'picture c',
    'pack/masks/a.png': 'mask a',
  })
  host.serve('/pack.zip', other)
  change(sha256Of(pictures), sha256Of(other))
  change(`size: ${pictures.length}`, `size: ${other.length}`)
  change('images: /images }', 'images: /images, allow_missing: 1 }')
  const replaced = await foretoldAndDone(place)
  expect(replaced.codes).toEqual(['images-missing'])
  expect(short(replaced.started)).toEqual([
    'download:pack.zip',
    'expect:images',
    'images:images/notes.json',
    'rename:images',
    'unzip:images',
    'unzip:masks',
  ])
  expect(place.tree()).toEqual({
    'images/LICENSE.txt': whole['images/LICENSE.txt'],
    'images/a.jpg': sha256Of('picture A'),
    'images/c.jpg': sha256Of('picture c'),
    'images/notes.json': whole['images/notes.json'],
    'masks/images/a.jpg': sha256Of('picture A'),
    'masks/images/c.png': sha256Of('picture c'),
    'masks/masks/a.png': whole['masks/a.png'],
  })
  expect((await place.run('build')).summary).toMatchObject({ ran: 0, requests: 0 })
})

test('another annotation with another count: the old one is not asked for its records', async () => {
  const { place, change, host } = await world()
  await place.run('build')
  const longer = JSON.stringify([{ id: 1 }, { id: 2 }, { id: 3 }])
  host.serve('/notes.json', Buffer.from(longer))
  change(sha256Of(records), sha256Of(longer))
  change('records: 2', 'records: 3')
  const ran = await foretoldAndDone(place)
  expect(ran).toMatchObject({ exitCode: 0, codes: [] })
  expect(short(ran.started)).toEqual([
    'download:notes.json',
    'expect:images',
    'images:images/notes.json',
    'json:images/notes.json',
  ])
  expect(place.tree()['images/notes.json']).toBe(sha256Of(longer))
  expect((await place.run('build')).summary).toMatchObject({ ran: 0, requests: 0 })
})

test('a rule is added to a tree that has none: the files that lie there get their names', async () => {
  const { place, change, asked } = await world()
  await place.run('build')
  asked()
  change(
    'unzip: { root: pack/masks }',
    "unzip: { root: pack/masks }\n    rename:\n      - { match: '**', to: 'new-{name}' }",
  )
  const ran = await foretoldAndDone(place)
  expect(short(ran.started)).toEqual(['rename:masks'])
  expect(asked()).toEqual([])
  expect(Object.keys(place.tree()).filter(path => path.startsWith('masks/'))).toEqual(['masks/new-a.png'])
  expect((await place.run('build')).summary).toMatchObject({ ran: 0, requests: 0 })
})

test('--force runs what is named whatever the records say, and changes no byte', async () => {
  const { place } = await world()
  await place.run('build')
  const forced = await place.run('build', 'masks', '--force')
  expect(short(forced.started)).toEqual(['download:pack.zip', 'unzip:masks'])
  expect(forced.codes).toEqual([])
  expect(place.tree()).toEqual(whole)
  writeFileSync(join(place.root, 'masks/mine.txt'), 'a note of mine')
  await place.run('build', '--force')
  expect(place.read('data/masks/mine.txt')).toBe('a note of mine')
  expect(readdirSync(join(place.root, '.groundwork'))).not.toContain('aside')
})

test('what a task of before had placed is replaced by what has its place now; what was edited since is moved aside', async () => {
  const place = ground()
  place.write('cats.zip', zip({ 'a.jpg': 'cat a', 'deep/b.jpg': 'cat b' }))
  place.spec('targets:\n  cats: { sources: [{ url: cats.zip }] }\n')
  await place.run('build')
  writeFileSync(join(place.root, 'cats/deep/b.jpg'), 'my cat b')
  for (const name of ['a', 'b']) place.write(`${name}.jpg`, `another cat ${name}`)
  place.spec(`targets:
  cats: { sources: [{ url: a.jpg, file: a.jpg }] }
  cats/deep: { sources: [{ url: b.jpg, file: b.jpg }] }
`)
  const ran = await place.run('build')
  expect(ran).toMatchObject({ exitCode: 0, codes: ['edited-by-hand'] })
  expect(place.tree()).toEqual({
    'cats/a.jpg': sha256Of('another cat a'),
    'cats/deep/b.jpg': sha256Of('another cat b'),
  })
  const aside = join(place.root, '.groundwork/aside')
  const [run = ''] = readdirSync(aside)
  expect([...filesBelow(join(aside, run))]).toEqual(['cats/deep/b.jpg'])
})
