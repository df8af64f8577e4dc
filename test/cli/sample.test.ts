/** --sample: a small playground of its own, with so many records of each annotation and just their images. */

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Ground, sha256Of } from '../rig/playground.ts'
import { world } from './needed-world.ts'
import { foretold } from './pieces.ts'

interface Record {
  readonly id: number
  readonly image?: string
}

/** Forty with an image each, a quarter as many without. */
const records: readonly Record[] = [
  ...Array.from({ length: 40 }, (_, i) => ({ id: i, image: `birds/images/${i}.jpg` })),
  ...Array.from({ length: 10 }, (_, i) => ({ id: 100 + i })),
]
const notes = Buffer.from(JSON.stringify(records, null, 1))

const start = async () => {
  const made = await world({ needed: notes })
  made.change('json: { images: / }', `sha256: ${sha256Of(notes)}, json: { images: /, records: 50 }`)
  return made
}

const small = (place: Ground, path: string): string => join(place.folder, 'data.sample', path)
const sampled = (place: Ground): readonly Record[] =>
  JSON.parse(readFileSync(small(place, 'notes/notes.json'), 'utf8')) as readonly Record[]

test('so many records, of each dataset its share, and only their images, in a root of its own', async () => {
  const { place, host } = await start()
  const ran = await place.run('build', '--sample', '10')
  expect(ran.summary).toMatchObject({ failed: 0, skipped: 0, exitCode: 0 })
  const chosen = sampled(place)
  expect(chosen.filter(({ image }) => image !== undefined)).toHaveLength(8)
  expect(chosen.filter(({ image }) => image === undefined)).toHaveLength(2)
  expect(chosen).toEqual(records.filter(({ id }) => chosen.some(one => one.id === id)))
  for (const { image } of records) {
    const isChosen = chosen.some(one => one.image === image)
    if (image !== undefined) expect(existsSync(small(place, image)), image).toBe(isChosen)
  }
  expect(host.requests.filter(({ path, range }) => path === '/pack.zip' && range === undefined)).toEqual([])
  expect(existsSync(place.root)).toBe(false)
})

test('again it is fresh, also for status, verify and why; another place gets the same', async () => {
  const { place } = await start()
  await place.run('build', '--sample', '10')
  const first = sampled(place)
  expect((await place.run('build', '--sample', '10')).summary).toMatchObject({ ran: 0, requests: 0 })
  expect((await place.run('status', '--exit-code', '--sample', '10')).summary).toMatchObject({ exitCode: 0 })
  expect((await place.run('verify', '--sample', '10')).summary).toMatchObject({ exitCode: 0, failed: 0 })
  const other = await start()
  await other.place.run('build', '--sample', '10')
  expect(sampled(other.place)).toEqual(first)
})

test('a larger sample holds the smaller one, and fetches no annotation again', async () => {
  const { place, host } = await start()
  await place.run('build', '--sample', '10')
  const first = sampled(place)
  const seen = host.requests.length
  expect((await place.run('build', '--sample', '20')).summary).toMatchObject({ failed: 0, exitCode: 0 })
  expect(sampled(place)).toHaveLength(20)
  expect(sampled(place)).toEqual(expect.arrayContaining([...first]))
  expect(host.requests.slice(seen).filter(({ path }) => path === '/notes.json')).toEqual([])
})

test('a whole build takes the annotation over, and a sample takes it from a whole playground', async () => {
  const { place, host } = await start()
  await place.run('build', '--sample', '10')
  const seen = host.requests.length
  expect((await place.run('build')).summary).toMatchObject({ failed: 0, exitCode: 0 })
  expect(place.read('data/notes/notes.json')).toBe(notes.toString())
  expect(host.requests.slice(seen).filter(({ path }) => path === '/notes.json')).toEqual([])
  const after = await start()
  await after.place.run('build')
  const then = after.host.requests.length
  await after.place.run('build', '--sample', '10')
  expect(sampled(after.place)).toHaveLength(10)
  expect(after.host.requests.slice(then).filter(({ path }) => path === '/notes.json')).toEqual([])
})

test('a whole build in its root completes it: what is there stays', async () => {
  const { place } = await start()
  await place.run('build', '--sample', '10')
  const ran = await place.run('build', '--root', 'data.sample')
  expect(ran.summary).toMatchObject({ failed: 0, exitCode: 0 })
  expect(sampled(place)).toHaveLength(50)
  expect(existsSync(small(place, 'birds/images/39.jpg'))).toBe(true)
})

test('a plan tells about how much the annotation takes', async () => {
  const { place, change } = await start()
  change('notes.json"', `notes.json", size: ${notes.length}`)
  const plan = foretold(await place.run('build', '--sample', '10', '--dry-run'))
  expect(plan.steps.find(({ kind }) => kind === 'json')).toMatchObject({
    write: Math.round(notes.length / 5),
  })
})

test('objects of records and lines stay what they are', async () => {
  for (const [file, whole] of [
    ['notes.json', JSON.stringify({ a: { image: 'birds/images/1.jpg' }, b: { id: 2 }, c: { id: 3 } })],
    ['notes.jsonl', '{"id":1}\n{"id":2}\n{"id":3}\n'],
  ] as const) {
    const { place, host, change } = await world()
    change('/notes.json"', `/${file}"`)
    host.serve(`/${file}`, Buffer.from(whole))
    expect((await place.run('build', '--sample', '2')).summary).toMatchObject({ failed: 0, exitCode: 0 })
    const text = readFileSync(small(place, `notes/${file}`), 'utf8')
    if (file === 'notes.jsonl') expect(text.trim().split('\n')).toHaveLength(2)
    else expect(Object.entries(JSON.parse(text) as object)).toHaveLength(2)
  }
})
