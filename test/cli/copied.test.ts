/** A playground that was copied with its state: every file is another one to the system, and is read once. */

import { execFileSync } from 'node:child_process'
import { lstatSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openReceipts } from '../../lib/receipts/receipts.ts'
import { expectGolden } from '../rig/golden.ts'
import { expectContract, ground, type Ran, zip } from '../rig/playground.ts'
import { whole, world } from './world.ts'

/** How people copy: keeping times or not, and file by file. */
const copies: Readonly<Record<string, (from: string, to: string) => void>> = {
  'cp -a': (from, to) => execFileSync('cp', ['-a', `${from}/.`, to]),
  'cp -r': (from, to) => execFileSync('cp', ['-r', `${from}/.`, to]),
  'tar | tar': (from, to) => execFileSync('sh', ['-c', `tar -C "${from}" -cf - . | tar -C "${to}" -xf -`]),
}

test.each(Object.entries(copies))('%s: read once, then idle', async (_, copy) => {
  const { place } = await world()
  await place.run('build')
  const other = ground()
  copy(place.folder, other.folder)

  const before = other.listing()
  const status = await other.run('status')
  expect(status).toMatchObject({ exitCode: 0, codes: ['times-differ'] })
  expect(status.events.filter(({ event }) => event === 'status').map(({ state }) => state)).toEqual([
    'fresh',
    'fresh',
  ])
  expect(await other.run('build', '--dry-run')).toMatchObject({ codes: ['times-differ'] })
  expect(other.listing()).toEqual(before)

  const built = await other.run('build')
  expectContract(built)
  expect(built).toMatchObject({ exitCode: 0, codes: ['times-differ'], summary: { ran: 0, requests: 0 } })
  const read = built.events.filter(({ event }) => event === 'reading')
  const bytes = Object.keys(whole).reduce((sum, path) => sum + lstatSync(join(other.root, path)).size, 0)
  // Once: what was read before the playground was held is not read again behind it.
  expect(read.filter(({ done, total }) => done === total)).toEqual([
    expect.objectContaining({ done: bytes, total: bytes }),
  ])
  const idle = await other.run('build')
  expect(idle).toMatchObject({ codes: [], summary: { ran: 0 } })
  expect(idle.events.map(({ event }) => event)).toEqual(['summary'])
  expect(await other.run('status')).toMatchObject({ codes: [] })
  expectGolden('cli/times-differ', [...status.diagnostics, ...built.diagnostics])
})

test('a copy in which bytes were lost is put right, and what is whole is not made again', async () => {
  const { place, asked } = await world()
  await place.run('build')
  const other = ground()
  copies['cp -r']?.(place.folder, other.folder)
  const picture = join(other.root, 'masks/a.png')
  writeFileSync(picture, 'mask A')
  asked()
  const built = await other.run('build')
  expect(built.summary).toMatchObject({ exitCode: 0, repaired: 1, filesWritten: 1 })
  expect(readFileSync(picture, 'utf8')).toBe('mask a')
  expect((await other.run('build')).events.map(({ event }) => event)).toEqual(['summary'])
})

test('what is written while the copy is read is seen by the next build', async () => {
  const place = ground()
  place.write('published/a.json', '[1]')
  place.spec('targets: { a: { sources: [{ url: published/a.json, json: { records: 1 } }] } }\n')
  await place.run('build')
  const file = join(place.root, 'a/a.json')
  utimesSync(file, 1, 1)
  await place.run('build')
  // Vouched for from a moment on that lies behind its own times.
  const { ctimeMs } = lstatSync(file)
  const receipts = openReceipts(join(place.root, '.groundwork'), { readOnly: true })
  const memory = receipts.memoryOf('json:a/a.json')
  const manifest = memory?.state === 'done' ? receipts.loadManifest(memory.receipt) : undefined
  expect(manifest?.ctimeMs(0)).toBe(ctimeMs)
  expect(manifest?.takenAtMs).toBeGreaterThan(ctimeMs)
  writeFileSync(file, '[2]')
  utimesSync(file, 1, 1)
  expect((await place.run('build')).summary).toMatchObject({ repaired: 1 })
})

test('Ctrl-C ends what only looks at once, with a plain word, and nothing is changed', async () => {
  const place = ground()
  // So much that threads are started to read it: there is time for a signal.
  const names = Array.from({ length: 12 }, (_, i) => `${i}.bin`)
  const files = names.map(name => [`pack/${name}`, Buffer.alloc(16 << 20, name)])
  place.write('big.zip', zip(Object.fromEntries(files) as Readonly<Record<string, Buffer>>))
  place.spec('targets: { big: { sources: [{ url: big.zip, unzip: { root: pack } }] } }\n')
  expect((await place.run('build')).exitCode).toBe(0)
  for (const name of names) utimesSync(join(place.root, 'big', name), 1, 1)
  const before = recordsOf(place.listing())
  const end = async (fits: (line: Line) => boolean, ...verb: readonly string[]): Promise<void> => {
    const looking = place.start(...verb)
    await looking.until(fits)
    looking.kill('SIGINT')
    const ran = await looking.end
    expectContract(ran)
    expect(ran.exitCode, verb.join(' ')).toBe(130)
    const [last, ...others] = ran.diagnostics.toReversed()
    expect(others.map(({ code }) => code)).toEqual(verb[0] === 'verify' ? [] : ['times-differ'])
    expectGolden('cli/interrupted.looking', last ? [last] : [])
  }
  for (const verb of [['status'], ['why', 'big'], [], ['build', '--dry-run'], ['build']])
    await end(({ code }) => code === 'times-differ', ...verb)
  await end(({ event }) => event === 'reading', 'verify')
  expect(recordsOf(place.listing())).toEqual(before)
  expect((await place.run('build')).summary.ran).toBe(0)
  expect((await place.run('build')).codes).toEqual([])
})

type Line = Ran['events'][number]

/** Without the folder in which a build asks for the filesystem's clock. */
const recordsOf = (listing: Readonly<Record<string, string>>): readonly (readonly [string, string])[] =>
  Object.entries(listing).filter(([path]) => path !== '.groundwork')

test('verify tells what cannot be read, and goes on with the others', async () => {
  const place = ground()
  place.write('mine/a.txt', '')
  place.write('mine/b.txt', 'b')
  place.write('pack.zip', zip({ 'pack/a.txt': '', 'pack/b.txt': 'b' }))
  place.spec('targets: { t: { sources: [{ url: pack.zip, unzip: { root: pack } }] } }\n')
  const adopted = await place.run('adopt', 't', '--from', join(place.folder, 'mine'), '--link', 'symlink')
  expect(adopted.exitCode).toBe(0)
  rmSync(join(place.folder, 'mine/a.txt'))
  symlinkSync('/proc/self/mem', join(place.folder, 'mine/a.txt'))
  place.write('mine/b.txt', 'B')
  const verified = await place.run('verify')
  expect(verified).toMatchObject({ exitCode: 1, codes: ['output-damaged'] })
  expectGolden('cli/output-damaged.unreadable', verified.diagnostics)
})
