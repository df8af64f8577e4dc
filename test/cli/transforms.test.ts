/** Other annotations of those that are placed: made beside them, remembered, made anew when something changed, removed. */

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Ground, ground } from '../rig/playground.ts'

const specOf = (keys: string, more = ''): string => `targets:
  notes:
    sources:
      - url: published/mix.json
        json: { records: 3, images: /, ${keys} }
${more}`
const merged = `  all:
    sources:
      - { merge: [notes/mix.clean.json, notes/mix.json], json: { as: all.jsonl } }
`
const mix = '[{"id":1,"image":"a/1.gif"},{"id":2,"image":"a/2.jpg"},{"id":3}]'

function world(keys = 'prefix: a/', more = ''): Ground {
  const place = ground()
  place.write('published/mix.json', mix)
  place.spec(specOf(keys, more))
  return place
}

const made = (place: Ground, name = 'notes/mix.clean.json'): string =>
  readFileSync(join(place.root, name), 'utf8')
const why = async (place: Ground): Promise<string> => (await place.text('why', 'notes')).stdout
const everything = [
  'download',
  'json:notes/mix.json',
  'transform:all/all.jsonl',
  'transform:notes/mix.clean.json',
]
const kindsOf = (started: readonly string[]): readonly string[] =>
  started.map(id => id.replace(/^download:.*/, 'download'))

test('the original stays, the second build does nothing, and a key that changed has its name', async () => {
  const place = world('prefix: a/, cast_id: string', merged)
  const first = await place.run('build')
  expect(kindsOf(first.started)).toEqual([...everything, 'images:notes/mix.clean.json'].toSorted())
  expect(made(place, 'notes/mix.json')).toBe(mix)
  expect(made(place)).toBe(
    '[\n{"id":"1","image":"a/a/1.gif"},\n{"id":"2","image":"a/a/2.jpg"},\n{"id":"3"}\n]\n',
  )
  expect(made(place, 'all/all.jsonl').split('\n')).toHaveLength(7)
  const before = place.listing()
  expect((await place.run('build')).summary).toMatchObject({ ran: 0, fresh: 5, exitCode: 0 })
  expect(place.listing()).toEqual(before)

  place.spec(specOf('prefix: b/, cast_id: string', merged))
  expect(await why(place)).toContain('prefix changed: a/ → b/')
  const plan = (await place.run('build', '--dry-run')).events.find(({ event }) => event === 'plan')
  expect(plan?.['steps']).toMatchObject([
    { verdict: 'fresh' },
    { verdict: 'fresh' },
    {
      task: 'transform:notes/mix.clean.json',
      kind: 'transform',
      verdict: 'stale',
      reason: { code: 'definition-changed' },
    },
    { task: 'transform:all/all.jsonl', verdict: 'unsettled' },
    { task: 'images:notes/mix.clean.json', verdict: 'unsettled' },
  ])
  expect((await place.run('build')).started).toEqual([
    'images:notes/mix.clean.json',
    'transform:all/all.jsonl',
    'transform:notes/mix.clean.json',
  ])
  expect(made(place)).toContain('"b/a/1.gif"')
})

test('a change that makes the same bytes goes no further', async () => {
  const place = world("rewrite: [{ match: 'gif$', to: jpg }]", merged)
  await place.run('build')
  place.spec(specOf("rewrite: [{ match: '[.]gif$', to: .jpg }]", merged))
  expect(await why(place)).toContain('rewrite[0].match changed: gif$ → [.]gif$')
  expect((await place.run('build')).started).toEqual(['transform:notes/mix.clean.json'])
})

test('another original makes everything anew; two builds make the same bytes', async () => {
  const place = world('sample: 2, seed: 3', merged)
  await place.run('build')
  const tree = place.tree()
  const other = world('sample: 2, seed: 3', merged)
  await other.run('build')
  expect(other.tree()).toEqual(tree)
  // Which images are named is the same: nobody looks for them again.
  place.write('published/mix.json', mix.replace('3}', '4}'))
  expect(kindsOf((await place.run('build')).started)).toEqual(everything)
  expect(made(place, 'all/all.jsonl')).toContain('{"id":4}')
})

test('only one target is asked for, and what it is merged from comes with it', async () => {
  const place = world('prefix: a/', merged)
  expect(kindsOf((await place.run('build', 'all')).started)).toEqual(everything)
  expect((await place.text('status', 'all')).stdout).toMatch(/fresh +all/)
  expect((await place.text('clean', 'all')).exitCode).toBe(0)
  expect(Object.keys(place.tree())).toEqual(['notes/mix.clean.json', 'notes/mix.json'])
  expect((await place.text('graph', 'all', '--format', 'dot')).stdout).toContain('transform:all/all.jsonl')
})

test('clean removes it, prune what is not asked for any more, and an edited one is not trampled', async () => {
  const place = world('prefix: a/')
  await place.run('build')
  place.spec(specOf('allow_missing: 3'))
  expect((await place.text('prune')).stdout).toMatch(/notes +1 file .* transform, images;/)
  await place.text('prune', '--yes')
  expect(Object.keys(place.tree())).toEqual(['notes/mix.json'])
  place.spec(specOf('prefix: a/'))
  await place.run('build')
  place.write('data/notes/mix.clean.json', 'mine')
  const repaired = await place.run('build')
  expect(repaired.started).toEqual(['transform:notes/mix.clean.json'])
  expect(repaired.codes).toEqual(['edited-by-hand'])
  await place.text('clean', 'notes')
  expect(place.tree()).toEqual({})
})

test('verify looks for the images of the result, where they are after all changes', async () => {
  const place = world("rewrite: [{ match: 'gif$', to: jpg }], prefix: pictures/")
  place.write('data/pictures/a/1.jpg', 'one')
  place.write('data/pictures/a/2.jpg', 'two')
  await place.run('build')
  expect(await place.run('verify', 'notes')).toMatchObject({ exitCode: 0, codes: [] })
  place.spec(specOf('prefix: pictures/'))
  await place.run('build')
  const found = await place.run('verify', 'notes')
  expect(found).toMatchObject({ exitCode: 1, codes: ['images-missing'] })
  expect(found.diagnostics[0]).toMatchObject({ subject: 'notes: images' })
  expect(found.diagnostics[0]?.message).toContain('mix.clean.json names 1 image')
})

test('killed in the middle, nothing of it lies at its place, and the next build makes it whole', async () => {
  const place = ground()
  const long = Array.from(
    { length: 60_000 },
    (_, i) => `{"id":${i},"image":"a/${i}.jpg","text":"${'x'.repeat(600)}"}`,
  )
  place.write('published/mix.json', `[${long.join(',')}]`)
  place.spec(specOf('prefix: b/').replace('records: 3, ', ''))
  const running = place.start('build')
  await running.until(({ event, kind }) => event === 'task-progress' && kind === 'transform')
  running.kill('SIGKILL')
  await running.end.catch(() => {})
  expect(existsSync(join(place.root, 'notes/mix.clean.json'))).toBe(false)
  const again = await place.run('build')
  expect(again).toMatchObject({
    exitCode: 0,
    started: ['images:notes/mix.clean.json', 'transform:notes/mix.clean.json'],
  })
  expect(made(place).split('\n')).toHaveLength(60_003)
  expect((await place.run('build')).summary).toMatchObject({ ran: 0 })
})
