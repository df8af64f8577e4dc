/** The images that an annotation names are looked for by the build itself, when all that can hold them is there. */

import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { foretold, noise } from '../cli/pieces.ts'
import { expectGolden } from '../rig/golden.ts'
import { ground, mirror, sha256Of, zip } from '../rig/playground.ts'

const named = (...images: readonly string[]): string => JSON.stringify(images.map(image => ({ image })))
const birds = zip({ '1.jpg': 'one', '2.jpg': 'two' })
/** Large enough that a few of its files are fetched alone. */
const many = zip(Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`${i}.jpg`, noise(`${i}`)])))
const cats = zip({ '1.jpg': 'uno' })
const check = 'images:notes/notes.json'

async function world(annotation: string, keys = '') {
  const [place, host] = [ground(), await mirror()]
  const write = (json: string): void =>
    place.spec(`targets:
  notes: { sources: [{ url: "${host.url}/notes.json", json: { images: /${json} } }] }
  birds: { sources: [{ url: "${host.url}/birds.zip", sha256: ${sha256Of(birds)} }] }
  cats: { sources: [{ url: "${host.url}/cats.zip" }] }
`)
  host.serve('/notes.json', Buffer.from(annotation))
  host.serve('/birds.zip', birds)
  host.serve('/cats.zip', cats)
  write(keys)
  return { place, host, write }
}

test('all are there: looked for once, and again when the annotation or what can hold them is another', async () => {
  const { place, write } = await world(named('birds/1.jpg', 'cats/1.jpg'))
  const plan = foretold(await place.run('build', '--dry-run'))
  expect(plan.steps.at(-1)).toMatchObject({ task: check, kind: 'images', download: 0, write: 0 })
  const first = await place.run('build')
  expect(first).toMatchObject({ exitCode: 0, codes: [] })
  expect(first.started).toContain(check)
  expect((await place.run('build')).summary).toMatchObject({ ran: 0, requests: 0 })
  expect((await place.run('build', 'notes')).summary).toMatchObject({ ran: 0, requests: 0 })
  write(', allow_missing: 1')
  expect((await place.text('why', 'notes')).stdout).toContain('allow_missing added: 1')
  expect((await place.run('build')).started).toEqual([check])
  rmSync(join(place.root, 'birds/1.jpg'))
  // The same bytes come back: nothing was decided by their absence.
  expect((await place.run('build')).started).not.toContain(check)
})

test('a target that holds none of them is none of its business', async () => {
  const { place, host } = await world(named('birds/1.jpg'))
  await place.run('build')
  host.serve('/dogs.zip', zip({ '1.jpg': 'un' }))
  place.write(
    'datasets.yaml',
    `${place.read('datasets.yaml')}  dogs: { sources: [{ url: "${host.url}/dogs.zip" }] }\n`,
  )
  const added = await place.run('build')
  expect(added.started.map(id => id.replace(/@.*/, ''))).toEqual(['download:dogs.zip', 'unzip:dogs'])
  // Another name is another place.
  place.write('datasets.yaml', place.read('datasets.yaml').replace('  birds:', '  finches:'))
  const renamed = await place.run('build')
  expect(renamed.started).toContain(check)
  expect(renamed).toMatchObject({ exitCode: 1, codes: ['images-missing'], summary: { requests: 0 } })
})

test('more are missing than may be: said last, with why, and everything else is in place', async () => {
  const { place, host, write } = await world(
    named('birds/1.jpg', 'birds/2.png', 'birds/3.jpg', 'cats/cats/1.jpg'),
  )
  const ran = await place.run('build')
  expect(ran).toMatchObject({ exitCode: 1, codes: ['images-missing'], summary: { failed: 1, skipped: 0 } })
  expectGolden('images/images-missing', ran.diagnostics)
  expect(Object.keys(place.tree())).toEqual(['birds/1.jpg', 'birds/2.jpg', 'cats/1.jpg', 'notes/notes.json'])
  expect((await place.text('status')).stdout).toMatch(/stale +notes .* not checked yet, or in vain/)
  const again = await place.run('build')
  expect(again).toMatchObject({ exitCode: 1, started: [check] })
  expect(again.summary).toMatchObject({ ran: 0, failed: 1, requests: 0 })
  write(', allow_missing: 75%')
  const allowed = await place.run('build')
  expect(allowed).toMatchObject({ exitCode: 0, codes: ['images-missing'], started: [check] })
  expect(allowed.diagnostics[0]).toMatchObject({ severity: 'warning' })
  expect((await place.run('build')).summary).toMatchObject({ ran: 0, failed: 0 })
  expect((await place.text('why', 'notes')).stdout).toContain('images notes/notes.json')
  host.serve('/notes.json', Buffer.from(named('birds/1.jpg')))
  expect(await place.run('build', '--force')).toMatchObject({ exitCode: 0, codes: [] })
})

test('one that fails under --force is not taken for done by the next build', async () => {
  const { place, write } = await world(named('birds/1.jpg', 'cats/1.jpg'))
  await place.run('build')
  rmSync(join(place.root, 'birds/1.jpg'))
  const failed = { exitCode: 1, codes: ['images-missing'], started: [check] }
  expect(await place.run('build', 'notes')).toMatchObject({ exitCode: 0, started: [] })
  expect(await place.run('build', 'notes', '--force')).toMatchObject({
    ...failed,
    started: expect.anything(),
  })
  expect(await place.run('build', 'notes')).toMatchObject(failed)
  expect((await place.text('status', 'notes')).stdout).toContain('not checked yet, or in vain')
  // The image comes back, and the check is done.
  expect(await place.run('build')).toMatchObject({ exitCode: 0, codes: [] })
  expect((await place.run('build')).summary).toMatchObject({ ran: 0 })
  // Where something else changed, what was before is still known: `why` names it.
  rmSync(join(place.root, 'birds/1.jpg'))
  write(', allow_missing: 0')
  expect(await place.run('build', 'notes', '--force')).toMatchObject({
    ...failed,
    started: expect.anything(),
  })
  expect((await place.text('why', 'notes')).stdout).toContain('allow_missing added: 0')
})

test('what lies there, but not as it was built, is no reason to trust what will', async () => {
  const { place, host, write } = await world(named('cats/1.jpg'))
  host.serve('/cats.zip', zip({ '1.jpg': 'uno', '2.jpg': 'dos' }))
  await place.run('build')
  rmSync(join(place.root, 'cats/2.jpg'))
  write(', allow_missing: 0')
  expect(await place.run('build', 'notes')).toMatchObject({ exitCode: 0, started: [check] })
  host.serve('/cats.zip', zip({ '2.jpg': 'dos' }))
  await place.run('build', 'cats', '--force')
  expect(await place.run('build', 'notes')).toMatchObject({ exitCode: 1, codes: ['images-missing'] })
})

test('it ends nobody else’s work', async () => {
  const { place, host } = await world(named('birds/9.jpg'))
  host.serve('/cats.zip', cats, { does: 'drip', bytesPerSecond: 200 })
  place.write('datasets.yaml', place.read('datasets.yaml').replace('images: /', 'images: /birds'))
  const ran = await place.run('build')
  expect(ran).toMatchObject({ exitCode: 1, codes: ['images-missing'], summary: { failed: 1, skipped: 0 } })
  expect(Object.keys(place.tree())).toContain('cats/1.jpg')
})

test('nor that of a task which finds out that it needs its archive after all', async () => {
  const { place, host } = await world(named('9.jpg'), 'cats, allow_missing: 1')
  place.write('datasets.yaml', place.read('datasets.yaml').replace(sha256Of(birds), sha256Of(many)))
  host.serve('/birds.zip', many)
  expect((await place.run('build')).exitCode).toBe(0)
  rmSync(join(place.root, 'birds/1.jpg'))
  host.serve('/birds.zip', many, { does: 'no-ranges' })
  place.write('datasets.yaml', place.read('datasets.yaml').replace(', allow_missing: 1', ''))
  const ran = await place.run('build')
  expect(ran).toMatchObject({ exitCode: 1, codes: ['images-missing'], summary: { failed: 1, repaired: 1 } })
  expect(Object.keys(place.tree())).toContain('birds/1.jpg')
})

test('asked for alone: what is not built is told, and looked for when it is', async () => {
  const { place } = await world(named('birds/1.jpg', 'cats/1.jpg'))
  const alone = await place.run('build', 'notes')
  expect(alone).toMatchObject({ exitCode: 0, codes: ['images-missing'] })
  expect(Object.keys(place.tree())).toEqual(['notes/notes.json'])
  expectGolden('images/images-missing.unbuilt', alone.diagnostics)
  expect((await place.run('build', 'notes')).summary).toMatchObject({ ran: 0 })
  const more = await place.run('build', 'birds', 'notes')
  expect(more).toMatchObject({ exitCode: 0, codes: ['images-missing'] })
  expect(more.started).toContain(check)
  await place.run('build', 'cats')
  expect((await place.text('why', 'notes')).stdout).toMatch(
    /images notes\/notes\.json\s+stale: unzip cats has been built since/,
  )
  expect(await place.run('build', 'notes')).toMatchObject({ exitCode: 0, codes: [], started: [check] })
})

test('where a target that can hold them cannot be made, nobody looks', async () => {
  const { place, host } = await world(named('birds/1.jpg', 'cats/1.jpg'))
  host.serve('/cats.zip', Buffer.from('no zip'))
  // What was fetched of it stays: only the look is left out.
  const ran = await place.run('build', '-k')
  expect(ran).toMatchObject({ exitCode: 1, summary: { failed: 1, skipped: 1 } })
  expect(ran.codes).not.toContain('images-missing')
})

test('what was looked at is told when it is done; statistics never tell of a look at something else', async () => {
  const { place, host } = await world(named('birds/1.jpg', 'birds/3.jpg'), ', allow_missing: 1')
  const ran = await place.run('build')
  const done = ran.events.find(({ event, task }) => event === 'task-finished' && task === check)
  expect(done).toMatchObject({ looked: { images: 2, missing: 1 } })
  const statistics = async () =>
    (await place.run('stats', 'notes')).events.find(({ about }) => about === 'annotation')
  expect(await statistics()).toMatchObject({ images: 2, missing: 1 })
  host.serve('/notes.json', Buffer.from(named('birds/3.jpg', 'birds/4.jpg')))
  expect(await place.run('build', '--force')).toMatchObject({ exitCode: 1, codes: ['images-missing'] })
  expect(await statistics()).not.toHaveProperty('missing')
})

test('each file of a split annotation has its own count, allowance and list', async () => {
  const { place } = await world(
    named('birds/1.jpg', 'birds/3.jpg', 'cats/1.jpg', 'cats/2.jpg'),
    ', split: true',
  )
  const ran = await place.run('build')
  expect(ran).toMatchObject({ exitCode: 1, codes: ['images-missing', 'images-missing'] })
  const list = (name: string) => place.read(`data/.groundwork/missing/notes/notes.split/${name}.json.ndjson`)
  expect(list('birds')).toBe('{"image":"birds/3.jpg","record":2,"why":"absent"}\n')
  expect(list('cats')).toBe('{"image":"cats/2.jpg","record":2,"why":"absent"}\n')
  await place.run('clean', 'notes')
  expect(existsSync(join(place.root, '.groundwork/missing'))).toBe(false)
})
