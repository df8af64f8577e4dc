/** `build prune`: what the spec does not name any more is listed, and removed with --yes; nothing of a person's ever is. */

import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { expectContract, type Ground, ground, mirror, type Ran, sha256Of, zip } from '../rig/playground.ts'
import { whole, world } from './world.ts'

const event = (ran: Ran, name: string) => ran.events.filter(line => line.event === name)

/** Two archives of this machine, each with its target, and one file. */
function twoTargets(): { readonly place: Ground; readonly without: (...names: readonly string[]) => void } {
  const place = ground()
  place.write('cats.zip', zip({ 'a.jpg': 'cat a', 'deep/down/b.jpg': 'cat b' }))
  place.write('dogs.zip', zip({ 'a.jpg': 'dog a', 'b.jpg': 'dog b' }))
  place.write('notes.txt', 'notes')
  const targets: Readonly<Record<string, string>> = {
    cats: '  cats: { sources: [{ url: cats.zip }] }\n',
    'more/dogs': '  more/dogs: { sources: [{ url: dogs.zip }] }\n',
    notes: '  notes: { sources: [{ url: notes.txt, file: notes.txt }] }\n',
  }
  const without = (...names: readonly string[]): void => {
    const left = Object.entries(targets).filter(([name]) => !names.includes(name))
    place.spec(`targets:\n${left.map(([, text]) => text).join('')}`)
  }
  without()
  return { place, without }
}

test('lists first, and says what would do it; with --yes it is done, and then there is nothing more', async () => {
  const { place, without } = twoTargets()
  await place.run('build', '--keep-archives')
  expect((await place.text('prune')).stdout).toBe('Nothing to remove.\n')
  without('more/dogs')
  const before = place.listing()
  const listed = await place.text('prune')
  expect(listed.exitCode).toBe(0)
  expect(listed.stdout.split('\n').slice(0, 2)).toEqual([
    'The spec does not name any more:',
    expect.stringMatching(/^ {2}more\/dogs {2}3 files +\d+ B +download, unzip; built \d{4}-\d\d-\d\d$/),
  ])
  expect(listed.stdout).toMatch(
    /\nWould remove 3 files \(\d+ B\); 2 records forgotten\.\nIf another spec builds into this root as well, .*\nNothing was removed\. To remove it: npx tsx build prune --yes\n$/,
  )
  expect((await place.text('prune', '--yes', '--dry-run')).stdout).toBe(listed.stdout)
  expect(place.listing()).toEqual(before)

  const ran = await place.run('prune', '--yes')
  expectContract(ran)
  expect(ran).toMatchObject({ exitCode: 0, codes: [] })
  expect(event(ran, 'prune')).toEqual([
    expect.objectContaining({ kind: 'download', targets: ['more/dogs'], files: 1, removed: true }),
    expect.objectContaining({ task: 'unzip:more/dogs', files: 2, bytes: 10, left: [], removed: true }),
  ])
  expect(event(ran, 'pruned')).toEqual([expect.objectContaining({ files: 3, removed: true })])
  expect(Object.keys(place.tree())).toEqual(['cats/a.jpg', 'cats/deep/down/b.jpg', 'notes/notes.txt'])
  expect(existsSync(join(place.root, 'more'))).toBe(false)
  expect(readdirSync(join(place.root, '.groundwork/archives'))).toHaveLength(2)
  expect((await place.text('prune', '--yes')).stdout).toBe('Nothing to remove.\n')
  expect((await place.run('build')).summary).toMatchObject({ ran: 0, fresh: 4 })
  without()
  expect((await place.run('build')).codes).toEqual([])
  expect(Object.keys(place.tree())).toContain('more/dogs/b.jpg')
})

test('what a person edited or added stays, and is named', async () => {
  const { place, without } = twoTargets()
  await place.run('build')
  without('cats', 'more/dogs')
  writeFileSync(join(place.root, 'cats/a.jpg'), 'my cat')
  writeFileSync(join(place.root, 'cats/mine.txt'), 'mine')
  place.write('data/.groundwork/manual/cats/fetched.zip', 'fetched by hand')
  // Moved to another disk, and a link left in its place: as if the person had said "this is mine".
  renameSync(join(place.root, 'cats/deep'), join(place.folder, 'elsewhere'))
  symlinkSync(join(place.folder, 'elsewhere'), join(place.root, 'cats/deep'))
  const ran = await place.run('prune', '--yes', '--check', 'record')
  expect(event(ran, 'prune').find(({ task }) => task === 'unzip:cats')).toMatchObject({
    files: 0,
    left: ['cats/a.jpg', 'cats/deep/down/b.jpg'],
    leftCount: 2,
  })
  expect(place.read('data/cats/a.jpg')).toBe('my cat')
  expect(place.read('data/cats/mine.txt')).toBe('mine')
  expect(place.read('elsewhere/down/b.jpg')).toBe('cat b')
  expect(place.read('data/.groundwork/manual/cats/fetched.zip')).toBe('fetched by hand')
  expect(existsSync(join(place.root, 'more'))).toBe(false)
  expect((await place.text('prune')).stdout).toBe('Nothing to remove.\n')
})

test('clean leaves what lies behind a link, too', async () => {
  const { place } = twoTargets()
  await place.run('build')
  renameSync(join(place.root, 'cats/deep'), join(place.folder, 'elsewhere'))
  symlinkSync(join(place.folder, 'elsewhere'), join(place.root, 'cats/deep'))
  const cleaned = await place.text('clean', 'cats')
  expect(cleaned.stdout).toBe(
    'Removed 1 file (5 B).\nLeft, because it lies behind a link: cats/deep/down/b.jpg\n',
  )
  expect(place.read('elsewhere/down/b.jpg')).toBe('cat b')
})

test('names narrow, also those that only records know', async () => {
  const { place, without } = twoTargets()
  await place.run('build')
  without('cats', 'more/dogs')
  const listed = await place.text('prune', 'more')
  expect(listed.stdout).toContain('Would remove 2 files (10 B); 2 records forgotten.')
  expect(listed.stdout).toMatch(/To remove it: npx tsx build prune more --yes\n$/)
  expect(await place.run('prune', 'mores')).toMatchObject({ exitCode: 2, codes: ['unknown-target'] })
  expect((await place.text('prune', 'notes')).stdout).toBe('Nothing to remove.\n')
  await place.run('prune', 'more', '--yes')
  expect(Object.keys(place.tree())).toEqual(['cats/a.jpg', 'cats/deep/down/b.jpg', 'notes/notes.txt'])
  await place.run('prune', '--yes')
  expect(Object.keys(place.tree())).toEqual(['notes/notes.txt'])
})

test('what another task has by now stays; what may be found again by the next build, too', async () => {
  const place = ground()
  place.write('cats.zip', zip({ 'a.jpg': 'cat a', 'b.jpg': 'cat b' }))
  place.write('some.zip', zip({ 'a.jpg': 'cat a' }))
  place.spec('targets:\n  cats: { sources: [{ url: some.zip }, { url: cats.zip }] }\n')
  await place.run('build')
  place.spec('targets:\n  cats: { sources: [{ url: some.zip }] }\n')
  const second = await place.run('prune', '--yes')
  expect(event(second, 'prune').find(({ kind }) => kind === 'unzip')).toMatchObject({
    files: 1,
    leftCount: 0,
  })
  expect(Object.keys(place.tree())).toEqual(['cats/a.jpg'])
  expect((await place.run('build')).summary).toMatchObject({ ran: 0 })

  place.write('a.jpg', 'cat a')
  place.spec('targets:\n  cats: { sources: [{ url: a.jpg, file: a.jpg }] }\n')
  const waiting = await place.text('prune', '--yes')
  expect(waiting.stdout).toContain(
    'Left until what has its place now is built:\n  cats (cats/a.jpg is not built yet)\n',
  )
  expect(Object.keys(place.tree())).toEqual(['cats/a.jpg'])
  await place.run('build')
  await place.run('prune', '--yes')
  expect(place.tree()).toEqual({ 'cats/a.jpg': sha256Of('cat a') })
  expect((await place.run('build')).summary).toMatchObject({ ran: 0 })
  expect((await place.text('prune')).stdout).toBe('Nothing to remove.\n')
})

test('downloads that never came to their end, of tasks that are gone', async () => {
  const { place, change } = await world()
  await place.run('build')
  place.write('data/.groundwork/shelf/download2gone.zip@01234567/part', 'half of it')
  place.write('data/.groundwork/archives/01234567/gone.zip', 'all of it')
  place.write('data/.groundwork/parts/gone~images/01234567/a.jpg', 'a part')
  change('title: Images', 'title: Pictures')
  expect((await place.run('prune', 'images', '--yes')).events).toContainEqual(
    expect.objectContaining({ event: 'pruned', files: 0 }),
  )
  const listed = await place.text('prune')
  expect(listed.stdout).toMatch(/^Kept for no task of the spec:\n {2}3 files +25 B +archives and partial/)
  await place.run('prune', '--yes')
  for (const name of ['shelf/download2gone.zip@01234567', 'archives/01234567', 'parts/gone~images'])
    expect(existsSync(join(place.root, '.groundwork', name)), name).toBe(false)
})

test('--extra: files that no record names, counted for each target, and removed only with --yes', async () => {
  const { place, without } = twoTargets()
  await place.run('build')
  without('more/dogs')
  mkdirSync(join(place.root, 'cats/new/empty'), { recursive: true })
  writeFileSync(join(place.root, 'cats/new/c.jpg'), 'another cat')
  writeFileSync(join(place.root, 'cats/deep/.DS_Store'), 'junk')
  writeFileSync(join(place.root, 'more/dogs/c.jpg'), 'in no target of the spec')
  writeFileSync(join(place.root, 'cats/deep/.groundwork'), 'not a folder')
  place.write('outside/keep.txt', 'keep')
  symlinkSync(join(place.folder, 'outside'), join(place.root, 'cats/link'))
  renameSync(join(place.root, 'cats/deep/down'), join(place.folder, 'down'))
  symlinkSync(join(place.folder, 'down'), join(place.root, 'cats/deep/down'))

  const before = place.listing()
  const listed = await place.text('prune', '--extra', 'cats', 'notes')
  expect(listed.stdout).toMatch(
    /^In targets, and in no record:\n {2}cats +4 files +\d+ B +\S+, \S+, \S+, \S+\nWould remove 4 files/,
  )
  expect(listed.stdout).toMatch(/To remove it: npx tsx build prune cats notes --extra --yes\n$/)
  expect(place.listing()).toEqual(before)
  // Without --extra they are nobody's business.
  expect((await place.text('prune', 'cats', '--yes')).stdout).toBe('Nothing to remove.\n')

  const ran = await place.run('prune', '--extra', '--yes', 'cats')
  expectContract(ran)
  expect(event(ran, 'extra')).toEqual([expect.objectContaining({ target: 'cats', files: 4, removed: true })])
  expect(readdirSync(join(place.root, 'cats')).toSorted()).toEqual(['a.jpg', 'deep', 'new'])
  expect(readdirSync(join(place.root, 'cats/deep'))).toEqual(['down'])
  expect(place.read('outside/keep.txt')).toBe('keep')
  expect(place.read('down/b.jpg')).toBe('cat b')
  expect(place.read('data/more/dogs/c.jpg')).toBe('in no target of the spec')
  expect((await place.text('status', 'cats')).stdout).toMatch(/^fresh/)
})

test('--extra looks into nothing of which nobody knows what belongs there', async () => {
  const { place, without } = twoTargets()
  await place.run('build')
  rmSync(join(place.root, '.groundwork'), { recursive: true })
  const listed = await place.text('prune', '--extra', '--yes')
  expect(listed.stdout).toMatch(
    /^Not looked into:\n {2}cats \(build it first: .*\n(.*\n){2}Nothing to remove\.\n$/,
  )
  await place.run('build')
  // A target within another one, and one that is a link.
  without('notes')
  renameSync(join(place.root, 'cats'), join(place.root, 'more/cats'))
  symlinkSync('more/cats', join(place.root, 'cats'))
  writeFileSync(join(place.root, 'more/cats/c.jpg'), 'c')
  const linked = await place.text('prune', '--extra', '--yes')
  expect(linked.stdout).toContain('Not looked into:\n  cats (it is a link, or lies behind one)\n')
  expect(place.read('data/more/cats/c.jpg')).toBe('c')
})

test('a target within another one has its own strangers', async () => {
  const place = ground()
  place.write('cats.zip', zip({ 'a.jpg': 'cat a' }))
  place.write('kittens.zip', zip({ 'a.jpg': 'kitten a' }))
  place.write('notes.txt', 'notes')
  place.spec(`targets:
  cats: { sources: [{ url: notes.txt, file: notes.txt }] }
  cats/kittens: { sources: [{ url: kittens.zip }] }
`)
  await place.run('build')
  writeFileSync(join(place.root, 'cats/kittens/b.jpg'), 'b')
  writeFileSync(join(place.root, 'cats/b.jpg'), 'bb')
  const ran = await place.run('prune', '--extra', '--yes')
  expect(event(ran, 'extra')).toEqual([
    expect.objectContaining({ target: 'cats', files: 1, bytes: 2 }),
    expect.objectContaining({ target: 'cats/kittens', files: 1, bytes: 1 }),
  ])
  expect(Object.keys(place.tree())).toEqual(['cats/kittens/a.jpg', 'cats/notes.txt'])
})

test('a prune that was killed between the files and the record is finished by the next', async () => {
  const { place, without } = twoTargets()
  await place.run('build')
  without('cats')
  rmSync(join(place.root, 'cats/deep/down/b.jpg'))
  const ran = await place.run('prune', '--yes')
  expect(event(ran, 'prune').find(({ task }) => task === 'unzip:cats')).toMatchObject({
    files: 1,
    leftCount: 0,
  })
  expect(existsSync(join(place.root, 'cats'))).toBe(false)
})

test('another spec with the same root: the list says whose they are', async () => {
  const { place, change } = await world()
  await place.run('build')
  place.write('other.txt', 'other')
  place.write(
    'other.yaml',
    'version: 1\nroot: data\ntargets:\n  other: { sources: [{ url: other.txt, file: other.txt }] }\n',
  )
  await place.run('build', '--spec', 'other.yaml')
  change('title: Images', 'title: Pictures')
  const listed = await place.text('prune')
  expect(listed.stdout).toMatch(/^The spec does not name any more:\n {2}other +1 file/)
  expect(listed.stdout).toContain('If another spec builds into this root')
  expect((await place.text('prune', '--spec', 'other.yaml')).stdout).toMatch(
    /To remove it: npx tsx build prune --spec other\.yaml --yes\n$/,
  )
  expect(place.tree()).toEqual({ ...whole, 'other/other.txt': sha256Of('other') })
})

test('an archive whose address changed is not taken for one that nobody names: its bytes are pinned', async () => {
  const place = ground()
  const cats = zip({ 'a.jpg': 'cat a' })
  const host = await mirror()
  const from = (path: string): void => {
    host.serve(path, cats)
    place.spec(`targets: { cats: { sources: [{ url: "${host.url}${path}", sha256: ${sha256Of(cats)} }] } }\n`)
  }
  from('/cats.zip')
  await place.run('build', '--keep-archives')
  from('/moved/cats.zip')
  expect((await place.text('prune', '--yes')).stdout).toBe('Nothing to remove.\n')
  rmSync(join(place.root, 'cats/a.jpg'))
  expect((await place.run('build')).summary).toMatchObject({ ran: 1, requests: 0, exitCode: 0 })
})
