/** The memory of an idle build is believed only while nothing but the disk can have changed, and then the disk is looked at. */

import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { takeLock } from '../../lib/lock.ts'
import { openReceipts } from '../../lib/receipts/receipts.ts'
import { type Ground, ground } from '../rig/playground.ts'
import { zipOf } from '../rig/zips.ts'
import { short, whole, world } from './world.ts'

const memory = (root: string): string => join(root, '.groundwork/cache/settled.json')

test('while nothing changed the memory alone answers', async () => {
  const { place } = await world()
  await place.run('build')
  const told = readFileSync(memory(place.root), 'utf8').replace('"tasks":10', '"tasks":43')
  writeFileSync(memory(place.root), told)
  expect((await place.run('build')).summary).toMatchObject({ ran: 0, fresh: 43 })
  expect((await place.run('build', '--check', 'hash')).summary).toMatchObject({ ran: 0, fresh: 10 })
})

test('it answers however the spec is called, and not a copy of it that lies elsewhere', async () => {
  const { place } = await world()
  await place.run('build')
  const told = readFileSync(memory(place.root), 'utf8').replace('"tasks":10', '"tasks":43')
  writeFileSync(memory(place.root), told)
  const called = (spec: string) => place.run('build', '--spec', spec, '--root', place.root)
  for (const spec of ['./datasets.yaml', join(place.folder, 'datasets.yaml')])
    expect((await called(spec)).summary).toMatchObject({ ran: 0, fresh: 43 })
  // Its sources that are named from where it lies are others.
  place.write('copies/datasets.yaml', place.read('datasets.yaml'))
  const { summary } = await called('copies/datasets.yaml')
  expect(summary).not.toMatchObject({ fresh: 43 })
})

test('a memory that is torn, foreign or of another spec is not believed, and not missed', async () => {
  const { place } = await world()
  await place.run('build')
  const bytes = readFileSync(memory(place.root))
  for (const content of ['', '{', '[]', '"x"', '{"key":1}', bytes.subarray(0, bytes.length >> 1)]) {
    writeFileSync(memory(place.root), content)
    expect((await place.run('build')).summary).toMatchObject({ ran: 0, fresh: 10, exitCode: 0 })
    // Made anew, and then left alone.
    const told = JSON.parse(readFileSync(memory(place.root), 'utf8')) as object
    expect(told).toEqual({ ...JSON.parse(bytes.toString()), sheets: expect.any(Object) })
    const before = place.listing()
    expect((await place.run('build')).summary).toMatchObject({ ran: 0, fresh: 10 })
    expect(place.listing()).toEqual(before)
  }
  const text = place.read('datasets.yaml').replace('title: Images', 'title: Pictures')
  writeFileSync(memory(place.root), bytes)
  place.write('datasets.yaml', text)
  expect((await place.run('build')).summary).toMatchObject({ ran: 0, fresh: 10 })
})

test('a memory that is lost is made anew by a build that has nothing to do, if it can be; with records that cannot be read it is not', async () => {
  const { place } = await world()
  await place.run('build')
  const cache = join(place.root, '.groundwork/cache')
  const lose = (): void => rmSync(cache, { recursive: true })
  const idle = { exitCode: 0, codes: [] as string[], summary: { ran: 0, fresh: 10 } }
  for (const options of [['--dry-run'], ['--check', 'record'], ['--locked']]) {
    lose()
    const before = place.listing()
    await place.run('build', ...options)
    expect(place.listing()).toEqual(before)
    await place.run('build')
    expect(existsSync(memory(place.root))).toBe(true)
  }
  const sheet = readdirSync(cache).find(name => name === 'settled.files') ?? ''
  truncateSync(join(cache, sheet), 100)
  expect(await place.run('build')).toMatchObject(idle)
  expect(readFileSync(join(cache, sheet)).length).toBeGreaterThan(100)

  // Somebody else builds: there is nothing to be done about it.
  lose()
  const lock = takeLock(join(place.root, '.groundwork'), { runId: 'other', onLost: () => {} })
  expect(await place.run('build')).toMatchObject(idle)
  lock.release()
  expect(existsSync(memory(place.root))).toBe(false)

  // Told by each build.
  writeFileSync(join(place.root, '.groundwork/log/conflict (1).log'), 'by a sync service')
  for (let k = 0; k < 2; k += 1) expect((await place.run('build')).codes).toEqual(['state-foreign'])
  rmSync(join(place.root, '.groundwork/log/conflict (1).log'))
  expect(await place.run('build')).toMatchObject(idle)
  expect(existsSync(memory(place.root))).toBe(true)
  writeFileSync(join(place.root, '.groundwork/format'), '99\n')
  expect(await place.run('build')).toMatchObject({ exitCode: 3, codes: ['state-too-new'] })
})

test('what a killed run left in staging is taken away by the next build, although it has nothing to do; not while another one is at work', async () => {
  const { place } = await world()
  await place.run('build')
  const state = join(place.root, '.groundwork')
  const probe = join(state, 'staging/killed/.probe-1-0a1b2c3d')
  const leave = (): void => {
    mkdirSync(dirname(probe), { recursive: true })
    writeFileSync(probe, 'probe')
  }
  leave()
  const idle = { exitCode: 0, codes: [] as string[], summary: { ran: 0, fresh: 10, requests: 0 } }
  expect(await place.run('build', '--dry-run')).toMatchObject({ exitCode: 0, codes: [] })
  const lock = takeLock(state, { runId: 'other', onLost: () => {} })
  expect(await place.run('build')).toMatchObject(idle)
  expect(existsSync(probe)).toBe(true)
  lock.release()
  expect(await place.run('build')).toMatchObject(idle)
  expect(existsSync(join(state, 'staging'))).toBe(false)
  const before = place.listing()
  expect(await place.run('build')).toMatchObject(idle)
  expect(place.listing()).toEqual(before)

  // Half of a target that the spec does not name any more.
  const text = place.read('datasets.yaml')
  place.write('datasets.yaml', text.replace('title: Images', 'title: Pictures'))
  leave()
  expect(await place.run('build')).toMatchObject(idle)
  expect(existsSync(join(state, 'staging'))).toBe(false)
})

test('what was recorded since is seen, although the files are as they were', async () => {
  const { place } = await world()
  await place.run('build')
  const receipts = openReceipts(join(place.root, '.groundwork'), { readOnly: false, runId: 'killed' })
  receipts.started('unzip:masks')
  receipts.close()
  expect(short((await place.run('build')).started)).toContain('unzip:masks')
  expect(place.tree()).toEqual(whole)
  expect((await place.run('build')).summary.ran).toBe(0)
})

test('a target that is a link by now is refused, although its files are the same', async () => {
  const { place } = await world()
  await place.run('build')
  renameSync(join(place.root, 'masks'), join(place.folder, 'elsewhere'))
  symlinkSync(join(place.folder, 'elsewhere'), join(place.root, 'masks'))
  expect(await place.run('build')).toMatchObject({ exitCode: 3, codes: ['symlink-outside-root'] })
})

test('bytes changed behind the same size and time, a manifest cut short, a source outside that changed', async () => {
  const place = ground()
  place.write('published/a.json', '[1]')
  place.spec('targets: { a: { sources: [{ url: published/a.json, json: { records: 1 } }] } }\n')
  await place.run('build')
  const file = join(place.root, 'a/a.json')
  writeFileSync(file, '[2]')
  utimesSync(file, 1, 1)
  expect((await place.run('build')).summary).toMatchObject({ ran: 2, repaired: 1 })
  expect((await place.run('build')).summary.ran).toBe(0)

  place.write('published/a.json', '[3]')
  expect((await place.run('build')).summary.ran).toBe(2)
  expect(place.read('data/a/a.json')).toBe('[3]')
  truncateSync(memory(place.root), 10)
  expect((await place.run('build')).summary.ran).toBe(0)
})

/** Beside the folder in which the filesystem's clock is asked. */
const recordsOf = (place: Ground): object => {
  const { '.groundwork': _, ...rest } = place.listing()
  return rest
}

test.each([
  ['a target of few files', 10],
  ['a target of many files', 300],
])('a time that is still to come is read each time, and recorded once: %s', async (_, count) => {
  const place = ground()
  const names = Array.from({ length: count }, (_, i) => `${i}.txt`)
  place.write('pack.zip', zipOf(names.map(name => ({ name, content: name }))))
  place.spec('targets: { texts: { sources: [{ url: pack.zip }] } }\n')
  const first = (await place.text('build')).stdout
  expect(first).toMatch(/^Done: 2 tasks ran, 0 fresh; /)
  const future = new Date('2099-01-01')
  utimesSync(join(place.root, 'texts/3.txt'), future, future)
  const idle =
    /^Nothing to do: 2 tasks fresh \(files checked by size and time, 1 of them read, \d+\.\d s\)\.\n$/
  const touched = recordsOf(place)
  expect(await place.text('build')).toMatchObject({ stdout: expect.stringMatching(idle), exitCode: 0 })
  const told = recordsOf(place)
  expect(told).not.toEqual(touched)
  expect(await place.text('build')).toMatchObject({ stdout: expect.stringMatching(idle), exitCode: 0 })
  expect((await place.run('build')).summary).toMatchObject({ ran: 0, fresh: 2, exitCode: 0 })
  expect(recordsOf(place)).toEqual(told)
  // Other bytes of the same size and time are found all the same.
  writeFileSync(join(place.root, 'texts/3.txt'), '4.txt')
  utimesSync(join(place.root, 'texts/3.txt'), future, future)
  expect(await place.run('build')).toMatchObject({ summary: { repaired: 1 }, codes: ['edited-by-hand'] })
  const last = (await place.text('build')).stdout
  expect(last).toMatch(/^Nothing to do: 2 tasks fresh \(files checked by size and time, \d/)
})

test('a build that runs nothing but tidies up says that it is done', async () => {
  const place = ground()
  place.write('pack.zip', zipOf([{ name: 'a.txt', content: 'a' }]))
  place.spec('archives: keep\ntargets: { texts: { sources: [{ url: pack.zip }] } }\n')
  await place.run('build')
  place.write('datasets.yaml', place.read('datasets.yaml').replace('archives: keep\n', ''))
  expect((await place.text('build')).stdout).toMatch(/^Done: 0 tasks ran, 2 fresh; /)
  expect((await place.text('build')).stdout).toMatch(
    /^Nothing to do: 2 tasks fresh \(files checked by size and time, \d/,
  )
})
