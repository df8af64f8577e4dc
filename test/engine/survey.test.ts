/** What lies on disk against what was recorded. */

import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { type ColumnarManifest, withTimes } from '../../lib/model/manifest.ts'
import { ManifestBuilder } from '../../lib/model/manifest-builder.ts'
import { loadManifest, saveManifest } from '../../lib/receipts/manifests.ts'
import { changedRead, type Look, lookAt, lookAtAll, type Tier } from '../../lib/survey.ts'
import { sha256Of } from '../rig/playground.ts'

/** Three files, recorded when the clock stood so many milliseconds behind their times. */
function recorded(laterMs = 1000) {
  const folder = mkdtempSync(join(tmpdir(), 'groundwork-survey-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const builder = new ManifestBuilder()
  const names = ['a.jpg', 'b.jpg', 'sub/c.jpg']
  mkdirSync(join(folder, 'sub'))
  for (const name of names) {
    writeFileSync(join(folder, name), `picture ${name}`)
    builder.add(name, 8 + name.length, sha256Of(`picture ${name}`))
  }
  const stats = names.map(name => lstatSync(join(folder, name)))
  const takenAtMs = Math.max(...stats.map(({ ctimeMs }) => ctimeMs)) + laterMs
  const manifest = withTimes(builder.finish('tree'), takenAtMs, stats.entries())
  const hashed: number[] = []
  return {
    folder,
    manifest,
    hashed,
    at: (name: string) => join(folder, name),
    look: (tier: Tier = 'tree'): Promise<Look> =>
      lookAt({ place: folder, form: 'tree', manifest, tier }, { onHashed: bytes => hashed.push(bytes) }),
  }
}

const intact = { state: 'intact', refreshed: 0 }

test('nothing was touched: no byte is read, but with --check hash every one', async () => {
  const { look, hashed } = recorded()
  expect((await look()).survey).toEqual(intact)
  expect((await look('record')).survey).toEqual(intact)
  expect(hashed).toEqual([])
  expect((await look('hash')).survey).toEqual(intact)
  expect(hashed).toEqual([13, 13, 17])
})

test('touched, but the same bytes: read once, and worth recording anew', async () => {
  const { look, at, hashed } = recorded()
  utimesSync(at('b.jpg'), 1, 1)
  const seen = await look()
  expect(seen.survey).toEqual({ state: 'intact', refreshed: 1 })
  expect([...seen.touched.keys()]).toEqual([1])
  expect(seen.touched.get(1)?.mtimeMs).toBe(1000)
  expect(hashed).toEqual([13])
})

test('a time that is still to come is read, and worth recording once', async () => {
  const { look, at, hashed, manifest, folder } = recorded()
  utimesSync(at('b.jpg'), 4e9, 4e9)
  expect((await look()).survey).toEqual({ state: 'intact', refreshed: 1 })
  const clockMs = manifest.takenAtMs
  const told = withTimes(manifest, clockMs, [[1, lstatSync(at('b.jpg'))]])
  const sight = { place: folder, form: 'tree', manifest: told, tier: 'tree' } as const
  const clocked = (now: number) =>
    lookAt(sight, { clock: () => Promise.resolve(now), onHashed: bytes => hashed.push(bytes) })
  expect((await clocked(clockMs + 1)).survey).toEqual(intact)
  // Once that time has come, it is told a last time.
  expect((await clocked(4e12 + 1)).survey).toEqual({ state: 'intact', refreshed: 1 })
  expect(hashed).toEqual([13, 13, 13])
  // Of a clock that nobody asked nothing is known.
  expect((await lookAt(sight)).survey).toEqual({ state: 'intact', refreshed: 1 })
})

test('edited, missing, another size, a link or a folder instead of a file', async () => {
  const { look, at } = recorded()
  unlinkSync(at('a.jpg'))
  writeFileSync(at('b.jpg'), 'picture B.jpg')
  writeFileSync(at('elsewhere'), 'picture sub/c.jpg')
  unlinkSync(at('sub/c.jpg'))
  symlinkSync(at('elsewhere'), at('sub/c.jpg'))
  const seen = await look()
  expect(seen.survey).toEqual({
    state: 'damaged',
    missing: ['a.jpg'],
    edited: ['b.jpg', 'sub/c.jpg'],
    missingCount: 1,
    editedCount: 2,
    bytes: 13 + 13 + 17,
  })
  expect([...seen.bad]).toEqual([0, 1, 2])
  mkdirSync(at('a.jpg'))
  expect((await look()).survey).toMatchObject({ missingCount: 0, editedCount: 3 })
  // By the record alone it is there.
  expect((await look('record')).survey).toEqual(intact)
})

test('the folder above is a file', async () => {
  const { look, at } = recorded()
  rmSync(at('sub'), { recursive: true })
  writeFileSync(at('sub'), 'a file')
  expect((await look()).survey).toMatchObject({ missing: ['sub/c.jpg'], missingCount: 1 })
})

test('nothing lies there at all', async () => {
  const { look, folder } = recorded()
  rmSync(folder, { recursive: true })
  for (const tier of ['record', 'tree', 'hash'] as const)
    expect((await look(tier)).survey).toMatchObject({ state: 'damaged', missingCount: 3 })
})

test('an edit within the tick of the clock in which it was recorded is caught, though size and times are the same', async () => {
  // The clock had not moved on when the record was made: another write in the same tick would leave no trace in lstat.
  const racy = recorded(0)
  expect((await racy.look()).survey).toMatchObject({ state: 'intact' })
  expect(racy.hashed).toContain(17)
  const { manifest, at } = racy
  writeFileSync(at('sub/c.jpg'), 'PICTURE sub/c.jpg')
  const i = manifest.find('sub/c.jpg')
  const now = lstatSync(at('sub/c.jpg'))
  const sameTimes = withTimes(manifest, now.ctimeMs, [[i, now]])
  const seen = await lookAt({ place: racy.folder, form: 'tree', manifest: sameTimes, tier: 'tree' })
  expect(seen.survey).toMatchObject({ edited: ['sub/c.jpg'] })
  // With a clock that had moved on, lstat vouches for it: that is the bargain, and why the clock is waited for.
  const vouched = withTimes(manifest, now.ctimeMs + 1, [[i, now]])
  const trusted = await lookAt({ place: racy.folder, form: 'tree', manifest: vouched, tier: 'tree' })
  expect(trusted.survey).toMatchObject({ state: 'intact' })
  expect(
    (await lookAt({ place: racy.folder, form: 'tree', manifest: vouched, tier: 'hash' })).survey,
  ).toMatchObject({
    editedCount: 1,
  })
})

test('more damage than anybody reads is counted', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'groundwork-survey-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const builder = new ManifestBuilder()
  for (let i = 0; i < 500; i += 1) builder.add(`${i}.jpg`, 1, sha256Of('x'))
  const { survey } = await lookAt({
    place: folder,
    form: 'tree',
    manifest: builder.finish('tree'),
    tier: 'tree',
  })
  expect(survey).toMatchObject({ missingCount: 500, editedCount: 0 })
  expect(survey).toHaveProperty('missing.length', 200)
})

test('a run that ends stops reading', async () => {
  const { folder, manifest } = recorded()
  const signal = AbortSignal.abort(new Error('ended'))
  await expect(lookAt({ place: folder, form: 'tree', manifest, tier: 'hash' }, { signal })).rejects.toThrow(
    'ended',
  )
})

test('a file outside that was read: changed by size or time, not by being gone', () => {
  const { at } = recorded()
  const { size, mtimeMs } = lstatSync(at('a.jpg'))
  const paths = [at('a.jpg')]
  expect(changedRead(paths, [{ bytes: size, mtimeMs }])).toBeUndefined()
  expect(changedRead(paths, [{ bytes: size + 1, mtimeMs }])).toBe(at('a.jpg'))
  expect(changedRead(paths, [{ bytes: size, mtimeMs: mtimeMs - 1 }])).toBe(at('a.jpg'))
  unlinkSync(at('a.jpg'))
  expect(changedRead(paths, [{ bytes: size + 1, mtimeMs }])).toBeUndefined()
})

test('threads find what one thread finds: many entries looked at, many bytes read, in the same order', async () => {
  const { folder, manifest, at } = recorded()
  unlinkSync(at('a.jpg'))
  writeFileSync(at('b.jpg'), 'picture B.jpg')
  const sight = { place: folder, form: 'tree', manifest, tier: 'tree' } as const
  const alone = await lookAt(sight)
  const looks = await lookAtAll(Array.from({ length: 25_000 }, () => sight))
  expect(looks).toHaveLength(25_000)
  for (const look of [looks[0], looks[12_345], looks.at(-1)]) expect(look).toEqual(alone)
  expect(looks.every(({ bad }) => bad.size === 2)).toBe(true)
})

test('threads read what one thread reads, and end when they are told to', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'groundwork-survey-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const builder = new ManifestBuilder()
  for (let i = 0; i < 20; i += 1) {
    const content = Buffer.alloc(4 << 20, i)
    writeFileSync(join(folder, `${i}.bin`), content)
    builder.add(`${i}.bin`, content.length, sha256Of(content))
  }
  writeFileSync(join(folder, '7.bin'), Buffer.alloc(4 << 20, 77))
  const sight = { place: folder, form: 'tree', manifest: builder.finish('tree'), tier: 'hash' } as const
  let read = 0
  const { survey, touched } = await lookAt(sight, { onHashed: bytes => (read += bytes) })
  expect(survey).toMatchObject({ edited: ['7.bin'], editedCount: 1, missingCount: 0 })
  expect(touched.size).toBe(19)
  expect(read).toBe(20 * (4 << 20))
  const stopping = new AbortController()
  const looking = lookAt(sight, {
    signal: stopping.signal,
    onHashed: () => stopping.abort(new Error('ended')),
  })
  await expect(looking).rejects.toThrow('ended')
})

test('what cannot be read ends the look, or is told of its artifact with how far it came', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'groundwork-survey-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const builder = new ManifestBuilder()
  for (const name of ['a.bin', 'b.bin', 'c.bin']) builder.add(name, 0, sha256Of(''))
  writeFileSync(join(folder, 'a.bin'), '')
  // A file of no size that the system opens, and then does not read.
  symlinkSync('/proc/self/mem', join(folder, 'b.bin'))
  symlinkSync('c.bin', join(folder, 'c.bin'))
  const manifest = builder.finish('tree')
  const sight = { place: folder, form: 'tree', manifest, tier: 'hash', throughLinks: true } as const
  await expect(lookAt(sight)).rejects.toThrow(/ELOOP|EIO/)
  const { survey, bad, unreadable } = await lookAt(sight, { tellsUnreadable: true })
  expect(survey).toMatchObject({ state: 'damaged', missingCount: 0, editedCount: 0 })
  expect([...bad]).toEqual([1, 2])
  expect(unreadable).toEqual([
    { entry: 1, code: 'EIO', bytes: 0 },
    { entry: 2, code: 'ELOOP', bytes: 0 },
  ])
})

test('before bytes are read it is told how much and why, and the clock is asked', async () => {
  const { folder, manifest, at } = recorded()
  const sight = { place: folder, form: 'tree', manifest, tier: 'tree' } as const
  const told: unknown[] = []
  const options = {
    onReading: (ahead: unknown) => void told.push(ahead),
    clock: () => Promise.resolve(42).finally(() => told.push('clock')),
    onHashed: () => void told.push('read'),
  }
  expect((await lookAt(sight, options)).clockMs).toBeUndefined()
  expect(told).toEqual([])
  utimesSync(at('b.jpg'), 1, 1)
  utimesSync(at('sub/c.jpg'), 1, 1)
  unlinkSync(at('a.jpg'))
  expect((await lookAt(sight, options)).clockMs).toBe(42)
  const apart = { files: 2, bytes: 30 }
  expect(told).toEqual([{ ...apart, apart, among: 3 }, 'clock', 'read', 'read'])
})

test('a manifest in shared memory is the same manifest, and stays so when it is cut', () => {
  const { folder, manifest } = recorded()
  const name = saveManifest(folder, 'unzip:many', manyOf(manifest))
  const read = loadManifest(folder, name)
  expect(read?.columns.paths.buffer).toBeInstanceOf(SharedArrayBuffer)
  expect(read?.digest).toBe(manyOf(manifest).digest)
  truncateSync(join(folder, name), 500)
  expect(loadManifest(folder, name)).toBeUndefined()
})

/** Too many entries to stand in a receipt. */
function manyOf(manifest: ColumnarManifest): ColumnarManifest {
  const builder = new ManifestBuilder()
  for (let i = 0; i < 50; i += 1) builder.add(`${i}.jpg`, 1, manifest.sha256(0))
  return builder.finish('tree')
}
