/** What builds make of a lock file: they rely on it, add what they learn, and refuse what nothing pins. */

import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { expectGolden } from '../rig/golden.ts'
import { expectContract, sha256Of } from '../rig/playground.ts'
import { at, lockFile, openWorld, settled, statesIn } from './open-world.ts'

afterEach(() => {
  vi.unstubAllEnvs()
})

test('a build adds the digests that it learns, and the next one is idle', async () => {
  const { place, asked, lock } = await openWorld()
  await place.run('build', 'a')
  expect(existsSync(join(place.folder, lockFile))).toBe(false)
  await place.run('lock')
  // What the record of the first build knows is locked at once: the host shows the same size and ETag.
  expect(lock()).toContain(sha256Of('aaa'))
  expect((await place.run('build', 'a')).summary).toMatchObject({ ran: 0, requests: 0 })

  await place.run('build')
  expect(lock()).toContain(sha256Of('bbbb'))
  asked()
  const before = [lock(), place.listing()]
  const idle = await place.run('build')
  expect(idle.summary).toMatchObject({ ran: 0, fresh: 6, requests: 0 })
  expect(idle.events.map(({ event }) => event)).toEqual(['summary'])
  expect([lock(), place.listing()]).toEqual(before)
  expect(statesIn(await place.run('lock'))).toEqual(['unchanged', 'unchanged'])
  expect(lock()).toBe(before[0])
  expect((await place.run('build', '--locked')).summary).toMatchObject({ ran: 0, exitCode: 0 })
})

test('the hub: one request tells all, and the commit of a moving revision is what is fetched', async () => {
  const { place, host, asked, lock } = await openWorld()
  vi.stubEnv('HF_ENDPOINT', host.url)
  const commit = '89abcdef'.repeat(5)
  const path = (revision: string) => `/datasets/owner/name/resolve/${revision}/d.bin`
  host.serve(path('main'), Buffer.from('dddd'), { does: 'huggingface', commit })
  host.serve(path(commit), Buffer.from('dddd'), { does: 'huggingface', commit })
  place.spec("targets:\n  d: { sources: [{ url: 'hf://datasets/owner/name@main/d.bin', file: d.bin }] }\n")
  expect((await place.run('build')).exitCode).toBe(0)
  asked()
  await place.run('lock')
  expect(asked()).toEqual([`HEAD ${path('main')}`])
  expect(at(lock())).toContain(
    `@main/d.bin:\n    size: 4\n    sha256: ${sha256Of('dddd')}\n    revision: ${commit}\n    from: host\n`,
  )
  expect((await place.run('build')).summary).toMatchObject({ ran: 0, requests: 0 })
  rmSync(join(place.root, 'd'), { recursive: true })
  expect((await place.run('build', '--locked')).exitCode).toBe(0)
  expect(asked()).toEqual([`GET /cdn${path(commit)}`, `GET ${path(commit)}`])
})

test('a branch that moved on is fetched at its locked commit, and the digest is learnt with it', async () => {
  const { place, host, lock } = await openWorld()
  vi.stubEnv('HF_ENDPOINT', host.url)
  const path = (revision: string) => `/datasets/owner/name/resolve/${revision}/d.json`
  const commit = '89abcdef'.repeat(5)
  host.serve(path('main'), Buffer.from('[1]'))
  host.serve(path(commit), Buffer.from('[2]'), { does: 'tagged', etag: '"second"' })
  place.spec("targets:\n  d: { sources: [{ url: 'hf://datasets/owner/name@main/d.json', file: d.json }] }\n")
  await place.run('build')
  place.write(
    lockFile,
    `version: 1
files:
  hf://datasets/owner/name@main/d.json:
    size: 3
    revision: ${commit}
    etag: '"second"'
    from: ${new URL(host.url).host}
    locked: 2026-01-02T03:04:05.000Z
`,
  )
  const moved = await place.run('build')
  expect(moved).toMatchObject({ exitCode: 0, codes: [], summary: { ran: 2, requests: 1 } })
  expect(place.read('data/d/d.json')).toBe('[2]')
  expect(at(lock())).toContain(`    sha256: ${sha256Of('[2]')}\n    revision: ${commit}\n`)
  expect((await place.run('build')).summary).toMatchObject({ ran: 0, requests: 0 })
})

test('--locked refuses what nothing pins, all of it, even where nothing is to be done', async () => {
  const { place, host, asked } = await openWorld(
    '  local: { sources: [{ url: notes.txt, file: notes.txt }] }\n',
  )
  place.write('notes.txt', 'notes')
  const refused = await place.run('build', '--locked')
  expectContract(refused)
  expect(refused).toMatchObject({ exitCode: 3, codes: ['not-pinned', 'not-pinned', 'not-pinned'] })
  expect(existsSync(place.root)).toBe(false)
  expect(await place.run('build', '--locked', '--dry-run')).toMatchObject({ exitCode: 3 })
  expect(await place.run('build', 'c', '--locked')).toMatchObject({ exitCode: 0 })
  await place.run('lock', 'a')
  expectGolden('cli/not-pinned', settled(await place.run('build', '--locked'), host))
  await place.run('build')
  asked()
  expect(await place.run('build', 'local', '--locked')).toMatchObject({ exitCode: 3 })
  expect(await place.run('build', 'a', 'b', '--locked')).toMatchObject({ exitCode: 0, summary: { ran: 0 } })
  expect(asked()).toEqual([])
})

test('a new address for the same bytes is nothing to do, whatever the lock file knows of the old one', async () => {
  const { place, host, asked } = await openWorld()
  await place.run('lock')
  await place.run('build')
  asked()
  const text = place.read('datasets.yaml')
  place.write(
    'datasets.yaml',
    text.replace('/a.txt, file', `/elsewhere/a.txt, sha256: ${sha256Of('aaa')}, file`),
  )
  expect((await place.run('build')).summary).toMatchObject({ ran: 0, failed: 0, requests: 0 })
  // The spec goes before: an entry that contradicts it does not count.
  place.write('datasets.yaml', text.replace('/a.txt, file', '/a.txt, size: 7, file'))
  host.serve('/a.txt', Buffer.from('aaa 4 7'))
  expect(await place.run('build', 'a')).toMatchObject({ exitCode: 0 })
  expect(place.read('data/a/a.txt')).toBe('aaa 4 7')
})

test('a lock file that cannot be added to does not fail a build', async () => {
  const { place, host } = await openWorld()
  place.write(lockFile, 'version: 1\nfiles: {}\n')
  host.serve('/b.txt', Buffer.from('bbbb'), { does: 'drip', bytesPerSecond: 4 })
  const build = place.start('build', 'b')
  await build.until(({ event }) => event === 'task-started')
  place.write(lockFile, '<<<<<<< HEAD\n')
  const built = await build.end
  expect(built).toMatchObject({ exitCode: 0, codes: ['disk-error'], summary: { ran: 2, failed: 0 } })
  expectGolden('cli/disk-error.lock', settled(built, host))
  expect(place.read(lockFile)).toBe('<<<<<<< HEAD\n')
})

test('--offline builds what it can and tells all that it would have needed', async () => {
  const { place, host, asked } = await openWorld(
    '  local: { sources: [{ url: notes.txt, file: notes.txt }] }\n',
  )
  place.write('notes.txt', 'notes')
  const missing = await place.run('build', '--offline')
  expectContract(missing)
  expect(missing).toMatchObject({ exitCode: 1, codes: ['offline', 'offline', 'offline'] })
  expect(Object.keys(place.tree())).toEqual(['local/notes.txt'])
  expect(missing.events.find(({ event }) => event === 'offline')).toMatchObject({
    files: 3,
    download: 5,
    unknown: 2,
    byHost: { [new URL(host.url).hostname]: 5 },
  })
  expect((await place.text('build', '--offline')).stdout).toMatch(
    /^Missing without the network: 3 files, 5 B and 2 files of unknown size \(127\.0\.0\.1 5 B\)\.\nFailed: /,
  )
  expect(asked()).toEqual([])
})
