/** An archive is unpacked while it arrives; what it is worth is known before it is there; a wrong file harms nobody. */

import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import type { Mirror } from '../../demo/mirror.ts'
import { filesBelow } from '../../lib/io/disk.ts'
import { type Ground, ground, mirror, type Ran, sha256Of } from '../rig/playground.ts'
import { zipOf } from '../rig/zips.ts'

const megabyte = 1 << 20

/** Bytes that do not compress, the same each time. */
function noise(seed: number): Buffer {
  const block = createHash('shake256', { outputLength: 1024 }).update(`${seed}`).digest()
  return Buffer.alloc(megabyte, block)
}

const pictures = Array.from({ length: 48 }, (_, i) => ({ name: `images/${i}.jpg`, content: noise(i) }))
const archive = zipOf(pictures)
const tree = Object.fromEntries(pictures.map(({ name, content }) => [name, sha256Of(content)]))

interface Asked {
  readonly root?: string
  readonly mirrors?: readonly string[]
  readonly pinned?: boolean
}

async function world({ root = 'images', mirrors = [], pinned = true }: Asked = {}): Promise<{
  place: Ground
  host: Mirror
}> {
  const [place, host] = [ground(), await mirror()]
  const pins = pinned ? `, sha256: ${sha256Of(archive)}` : ''
  const others = mirrors.map(path => `${host.url}/${path}`).join(', ')
  place.spec(
    `targets: { images: { sources: [{ url: "${host.url}/pack.zip", mirrors: [${others}]${pins}, unzip: { root: ${root} } }] } }\n`,
  )
  host.serve('/pack.zip', archive)
  return { place, host }
}

/** A promise and its end. */
function gate(): { readonly opened: Promise<void>; open: () => void } {
  let open: () => void = () => {}
  const opened = new Promise<void>(resolve => {
    open = resolve
  })
  return { opened, open }
}

const stagedFiles = (place: Ground): number =>
  [...filesBelow(join(place.root, '.groundwork/shelf'))].filter(path => path.endsWith('.jpg')).length

/** Resolves when so many files were unpacked. */
const unpacked = (place: Ground, count: number): Promise<void> =>
  vi.waitFor(() => expect(stagedFiles(place)).toBeGreaterThanOrEqual(count), { timeout: 60_000 })

/** The note beside the partial file. */
function noteOf(place: Ground): { readonly kept: readonly (readonly number[])[]; readonly spent?: number } {
  const shelf = join(place.root, '.groundwork/shelf')
  const [note] = [...filesBelow(shelf)].filter(path => path.endsWith('/note.json'))
  return JSON.parse(readFileSync(join(shelf, note as string), 'utf8')) as ReturnType<typeof noteOf>
}

const spentOf = (place: Ground): number => noteOf(place).spent ?? 0

const order = ({ events }: Ran): readonly string[] =>
  events
    .filter(({ event }) => event === 'task-started' || event === 'task-finished')
    .map(({ event, kind }) => `${String(kind)} ${event.replace('task-', '')}`)

test('entries are unpacked before the file is there, and placed after its digest', async () => {
  const { place, host } = await world()
  const { opened, open } = gate()
  host.serve('/pack.zip', archive, { does: 'wait', from: 10 * megabyte, to: 11 * megabyte, until: opened })
  const running = place.start('build')
  await unpacked(place, 9)
  expect(existsSync(join(place.root, 'images'))).toBe(false)
  open()
  const ran = await running.end
  expect(ran.summary).toMatchObject({ ran: 2, failed: 0, skipped: 0, exitCode: 0 })
  expect(order(ran)).toEqual(['download started', 'unzip started', 'download finished', 'unzip finished'])
  expect(place.tree()).toEqual(tree)
  // The tail that was asked for first is not fetched a second time.
  expect(ran.summary.bytesDownloaded).toBeLessThan(archive.length + 4 * megabyte)
  expect((await place.run('build')).summary).toMatchObject({ ran: 0, requests: 0 })
  expect(existsSync(join(place.root, '.groundwork/shelf'))).toBe(false)
})

test('a wrong root is known from the end of the archive, and the rest is not fetched', async () => {
  const { place, host } = await world({ root: 'pictures' })
  const { opened } = gate()
  host.serve('/pack.zip', archive, { does: 'wait', from: megabyte, to: 2 * megabyte, until: opened })
  const { summary, codes, events } = await place.run('build')
  expect(codes).toEqual(['wrong-root'])
  expect(summary).toMatchObject({ failed: 1, skipped: 1, exitCode: 1 })
  expect(summary.bytesDownloaded).toBeLessThan(archive.length / 2)
  expect(events.filter(({ event }) => event === 'task-failed')).toMatchObject([{ kind: 'unzip' }])
  // What came is kept: with the right root the build goes on from there.
  place.spec(
    place
      .read('datasets.yaml')
      .replace('root: pictures', 'root: images')
      .replace(/^version: 1\nroot: data\n/, ''),
  )
  host.serve('/pack.zip', archive)
  expect((await place.run('build')).summary).toMatchObject({ exitCode: 0 })
  expect(place.tree()).toEqual(tree)
})

test.each(['wrong-bytes', 'html'] as const)('a first address with %s: the next one is taken', async does => {
  const { place, host } = await world({ mirrors: ['mirror.zip'] })
  host.serve('/mirror.zip', archive)
  host.serve('/pack.zip', archive, does === 'html' ? { does, title: 'Sign in' } : { does })
  const ran = await place.run('build')
  expect(ran.summary).toMatchObject({ ran: 2, failed: 0, exitCode: 0 })
  expect(place.tree()).toEqual(tree)
})

test('a first address with another zip: nothing of it is left', async () => {
  const { place, host } = await world({ mirrors: ['mirror.zip'] })
  const other = zipOf([...pictures.slice(0, 40), { name: 'images/stranger.jpg', content: 'boo' }])
  host.serve('/mirror.zip', archive)
  host.serve('/pack.zip', other)
  const ran = await place.run('build')
  expect(ran.codes).toContain('digest-mismatch')
  expect(ran.summary).toMatchObject({ ran: 2, failed: 0, exitCode: 0 })
  expect(place.tree()).toEqual(tree)
})

test('where no address gives the right file, the download alone has failed', async () => {
  const { place, host } = await world()
  host.serve('/pack.zip', archive, { does: 'wrong-bytes' })
  const { summary, events } = await place.run('build')
  expect(summary).toMatchObject({ failed: 1, skipped: 1, exitCode: 1 })
  expect(events.filter(({ event }) => event === 'task-failed')).toMatchObject([{ kind: 'download' }])
  expect(existsSync(join(place.root, 'images'))).toBe(false)
})

test('a host without ranges: unpacked when the file is there', async () => {
  const { place, host } = await world()
  host.serve('/pack.zip', archive, { does: 'no-ranges' })
  expect((await place.run('build')).summary).toMatchObject({ ran: 2, requests: 1, exitCode: 0 })
  expect(place.tree()).toEqual(tree)
})

test('a host that takes one connection: the end of the archive comes first all the same', async () => {
  const { place } = await world()
  place.spec(
    `hosts: { 127.0.0.1: { connections: 1 } }\n${place.read('datasets.yaml').split('\n').slice(2).join('\n')}`,
  )
  const ran = await place.run('build')
  expect(ran.summary).toMatchObject({ ran: 2, failed: 0, exitCode: 0 })
  expect(order(ran)).toEqual(['download started', 'unzip started', 'download finished', 'unzip finished'])
  expect(place.tree()).toEqual(tree)
})

test('killed in the middle: whole entries are kept, and nothing is fetched twice', async () => {
  const { place, host } = await world()
  const { opened } = gate()
  host.serve('/pack.zip', archive, { does: 'wait', from: 12 * megabyte, to: 13 * megabyte, until: opened })
  const running = place.start('build')
  await unpacked(place, 9)
  await vi.waitFor(() => expect(noteOf(place).kept[0]?.[1]).toBeGreaterThan(4 * megabyte), {
    timeout: 60_000,
  })
  running.kill('SIGKILL')
  await running.end.catch(() => {})
  host.serve('/pack.zip', archive)
  const staged = stagedFiles(place)
  expect(staged).toBeGreaterThan(7)
  const again = await place.run('build')
  expect(again.summary).toMatchObject({ ran: 2, exitCode: 0 })
  expect(place.tree()).toEqual(tree)
  // But for what was not synced when it was killed.
  expect(again.summary.bytesDownloaded).toBeLessThan(archive.length)
})

test('a staged file that is damaged between two attempts is unpacked again', async () => {
  const { place, host } = await world()
  const { opened } = gate()
  host.serve('/pack.zip', archive, { does: 'wait', from: 12 * megabyte, to: 13 * megabyte, until: opened })
  const running = place.start('build')
  await unpacked(place, 9)
  running.kill('SIGKILL')
  await running.end.catch(() => {})
  host.serve('/pack.zip', archive)
  const shelf = join(place.root, '.groundwork/shelf/unzip~2images/files')
  place.write('data/.groundwork/shelf/unzip~2images/files/0.jpg', noise(7))
  place.write('data/.groundwork/shelf/unzip~2images/files/stranger.jpg', 'boo')
  rmSync(join(shelf, '1.jpg'), { force: true })
  expect((await place.run('build')).summary).toMatchObject({ exitCode: 0 })
  expect(place.tree()).toEqual(tree)
})

test('from a file of this machine, without a copy of it', async () => {
  const place = ground()
  const sha256 = place.write('pack.zip', archive)
  place.spec(
    `targets: { images: { sources: [{ url: pack.zip, sha256: ${sha256}, unzip: { root: images } }] } }\n`,
  )
  const ran = await place.run('build')
  expect(ran.summary).toMatchObject({ ran: 2, exitCode: 0 })
  expect(place.tree()).toEqual(tree)
  expect(sha256Of(archive)).toBe(sha256)
})

test('what was unpacked of an archive is given back while the rest arrives', async () => {
  const { place, host } = await world()
  const { opened, open } = gate()
  const held = 44 * megabyte
  host.serve('/pack.zip', archive, { does: 'wait', from: held, to: held + 1, until: opened })
  const running = place.start('build')
  const part = join(place.root, '.groundwork/shelf')
  await vi.waitFor(
    () => {
      const [bytes] = [...filesBelow(part)].filter(path => path.endsWith('/bytes'))
      const { blocks, size } = statSync(join(part, bytes as string))
      expect(size).toBeGreaterThan(held)
      expect(blocks * 512).toBeLessThan(24 * megabyte)
    },
    { timeout: 60_000 },
  )
  open()
  const ran = await running.end
  expect(ran.summary).toMatchObject({ ran: 2, failed: 0, exitCode: 0 })
  expect(place.tree()).toEqual(tree)
  expect(existsSync(join(place.root, '.groundwork/shelf'))).toBe(false)
  expect((await place.run('build')).summary).toMatchObject({ ran: 0, requests: 0 })
  expect((await place.run('verify')).exitCode).toBe(0)
})

test('killed after much was given back: nothing of that is fetched again', async () => {
  const { place, host } = await world()
  const { opened } = gate()
  const held = 44 * megabyte
  host.serve('/pack.zip', archive, { does: 'wait', from: held, to: held + 1, until: opened })
  const running = place.start('build')
  await unpacked(place, 40)
  await vi.waitFor(() => expect(spentOf(place)).toBeGreaterThan(20 * megabyte), { timeout: 60_000 })
  running.kill('SIGKILL')
  await running.end.catch(() => {})
  const spent = spentOf(place)
  host.serve('/pack.zip', archive)
  const again = await place.run('build')
  expect(again.summary).toMatchObject({ ran: 2, failed: 0, exitCode: 0 })
  expect(again.summary.bytesDownloaded).toBeLessThan(archive.length - spent)
  expect(place.tree()).toEqual(tree)
})

test('interrupted after much was given back: the next build goes on from there', async () => {
  const { place, host } = await world()
  const { opened } = gate()
  const held = 44 * megabyte
  host.serve('/pack.zip', archive, { does: 'wait', from: held, to: held + 1, until: opened })
  const running = place.start('build')
  await unpacked(place, 40)
  await vi.waitFor(() => expect(spentOf(place)).toBeGreaterThan(20 * megabyte), { timeout: 60_000 })
  running.kill('SIGINT')
  const ended = await running.end
  expect(ended.summary).toMatchObject({ failed: 0, exitCode: 130 })
  expect(place.tree()).toEqual({})
  const kept = noteOf(place).kept.reduce((sum, [from = 0, to = 0]) => sum + to - from, 0)
  host.serve('/pack.zip', archive)
  const again = await place.run('build')
  expect(again.summary).toMatchObject({ ran: 2, failed: 0, exitCode: 0 })
  expect(again.summary.bytesDownloaded).toBeLessThan(archive.length - kept + 4 * megabyte)
  expect(place.tree()).toEqual(tree)
  expect(existsSync(join(place.root, '.groundwork/shelf'))).toBe(false)
  expect((await place.run('verify')).exitCode).toBe(0)
})

test('what was given back is fetched again where archives are to be kept by now', async () => {
  const { place, host } = await world()
  const { opened } = gate()
  const held = 44 * megabyte
  host.serve('/pack.zip', archive, { does: 'wait', from: held, to: held + 1, until: opened })
  const running = place.start('build')
  await vi.waitFor(() => expect(spentOf(place)).toBeGreaterThan(8 * megabyte), { timeout: 60_000 })
  running.kill('SIGKILL')
  await running.end.catch(() => {})
  host.serve('/pack.zip', archive)
  expect((await place.run('build', '--keep-archives')).summary).toMatchObject({ ran: 2, exitCode: 0 })
  expect(place.tree()).toEqual(tree)
  const [kept = ''] = [...filesBelow(join(place.root, '.groundwork/archives'))]
  expect(sha256Of(readFileSync(join(place.root, '.groundwork/archives', kept)))).toBe(sha256Of(archive))
})

test('where staged files are lost that only the archive had, it is fetched once more', async () => {
  const { place, host } = await world()
  const { opened } = gate()
  const held = 44 * megabyte
  host.serve('/pack.zip', archive, { does: 'wait', from: held, to: held + 1, until: opened })
  const running = place.start('build')
  await unpacked(place, 40)
  await vi.waitFor(() => expect(spentOf(place)).toBeGreaterThan(20 * megabyte), { timeout: 60_000 })
  running.kill('SIGKILL')
  await running.end.catch(() => {})
  rmSync(join(place.root, '.groundwork/shelf/unzip~2images/files/0.jpg'))
  host.serve('/pack.zip', archive)
  expect((await place.run('build')).summary).toMatchObject({ ran: 2, failed: 0, exitCode: 0 })
  expect(place.tree()).toEqual(tree)
})

test('an archive that is to be kept is kept whole', async () => {
  const { place } = await world()
  expect((await place.run('build', '--keep-archives')).summary).toMatchObject({ ran: 2, exitCode: 0 })
  const [kept = ''] = [...filesBelow(join(place.root, '.groundwork/archives'))]
  expect(sha256Of(readFileSync(join(place.root, '.groundwork/archives', kept)))).toBe(sha256Of(archive))
})

test('entries larger than what may lie on the disk ahead of them', async () => {
  const [place, host] = [ground(), await mirror()]
  const large = Buffer.concat(Array.from({ length: 40 }, (_, i) => noise(i)))
  const two = zipOf([
    { name: 'images/1.jpg', content: large },
    { name: 'images/2.jpg', content: large },
  ])
  host.serve('/pack.zip', two)
  const pin = `sha256: ${sha256Of(two)}`
  place.spec(
    `targets: { images: { sources: [{ url: "${host.url}/pack.zip", ${pin}, unzip: { root: images } }] } }\n`,
  )
  expect((await place.run('build')).summary).toMatchObject({ ran: 2, failed: 0, exitCode: 0 })
  expect(place.tree()).toEqual({ 'images/1.jpg': sha256Of(large), 'images/2.jpg': sha256Of(large) })
})
