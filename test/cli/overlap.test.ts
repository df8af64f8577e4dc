/** An archive is unpacked while it arrives; what it is worth is known before it is there; a wrong file harms nobody. */

import { existsSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { filesBelow } from '../../lib/io/disk.ts'
import { gate, megabyte, noise, noteOf, picturesIn, unpacked } from '../rig/arriving.ts'
import { expectPairs, ground, mirror, type Ran, sha256Of, zip } from '../rig/playground.ts'
import { zipOf } from '../rig/zips.ts'
import { archive, pictures, tree, world } from './arriving-world.ts'

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
  expectPairs(events)
  expect(events.filter(({ event }) => event === 'task-stopped')).toMatchObject([
    { kind: 'download', why: 'nobody reads it any more' },
  ])
  expect(summary).toMatchObject({ stopped: 1 })
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

test.each([
  [true, 4],
  [false, 4],
  [false, 1],
])(
  'the end comes before what is already asked for (pinned: %j, connections: %i)',
  async (pinned, connections) => {
    const { place, host } = await world({ root: 'pictures', pinned })
    const spec = place.read('datasets.yaml').split('\n').slice(2).join('\n')
    place.spec(`hosts: { 127.0.0.1: { connections: ${connections} } }\n${spec}`)
    host.serve('/pack.zip', archive, { does: 'drip', bytesPerSecond: (16 * megabyte) / connections })
    const { summary, codes } = await place.run('build')
    expect(codes).toEqual(['wrong-root'])
    expect(summary.bytesDownloaded).toBeLessThan(archive.length / 3)
  },
)

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

test.each([true, false])(
  'a host without ranges, and a wrong root: the archive is kept (pinned: %j)',
  async pinned => {
    const { place, host } = await world({ root: 'pictures', pinned })
    host.serve('/pack.zip', archive, { does: 'no-ranges' })
    const { summary, codes } = await place.run('build')
    expect(codes).toEqual(['wrong-root'])
    expect(summary).toMatchObject({ requests: 1, exitCode: 1 })
    place.write('datasets.yaml', place.read('datasets.yaml').replace('root: pictures', 'root: images'))
    expect((await place.run('build')).summary).toMatchObject({ requests: 0, exitCode: 0 })
    expect(place.tree()).toEqual(tree)
  },
)

test('a host without ranges, and a wrong root: what can be used up while it is unpacked stays where it can', async () => {
  const { place, host } = await world({ root: 'pictures' })
  const large = zipOf([...pictures, { name: 'images/blank.jpg', content: Buffer.alloc(24 * megabyte) }])
  host.serve('/pack.zip', large, { does: 'no-ranges' })
  const spec = place.read('datasets.yaml').replace(sha256Of(archive), sha256Of(large))
  place.write('datasets.yaml', spec)
  expect((await place.run('build')).codes).toEqual(['wrong-root'])
  expect(existsSync(join(place.root, '.groundwork/archives'))).toBe(false)
  place.write('datasets.yaml', spec.replace('root: pictures', 'root: images'))
  expect((await place.run('build')).summary).toMatchObject({ requests: 0, exitCode: 0 })
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
  const staged = picturesIn(place, 'shelf')
  expect(staged).toBeGreaterThan(7)
  const again = await place.run('build')
  expect(again.summary).toMatchObject({ ran: 2, exitCode: 0 })
  expect(place.tree()).toEqual(tree)
  // The note kept more than 4 MB.
  expect(again.summary.bytesDownloaded).toBeLessThan(archive.length - 3 * megabyte)
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
  expect((await place.run('build', '--keep-archives', '--force')).exitCode).toBe(0)
  const [kept = ''] = [...filesBelow(join(place.root, '.groundwork/archives'))]
  const { ino } = statSync(join(place.root, '.groundwork/archives', kept))
  expect(ino).toBe(statSync(join(place.folder, 'pack.zip')).ino)
})

test('of a crowd that shares an archive a hundred read it while it comes, each with files of its own open', async () => {
  const [place, host] = [ground(), await mirror()]
  const source = `sources: [{ url: "${host.url}/pack.zip", unzip: {} }]`
  const names = Array.from({ length: 130 }, (_, i) => `t${i}`)
  place.spec(`targets:\n${names.map(name => `  ${name}: { ${source} }\n`).join('')}`)
  const crowded = zip({ 'a.bin': noise(1), 'b.txt': 'b' })
  const { opened, open } = gate()
  host.serve('/pack.zip', crowded, { does: 'wait', from: 1000, to: 2000, until: opened })
  const running = place.start('build', ...names)
  let begun = 0
  await running.until(({ event, kind }) => event === 'task-started' && kind === 'unzip' && ++begun === 100)
  open()
  const ran = await running.end
  const told = order(ran)
  const early = told.slice(0, told.indexOf('download finished')).filter(line => line === 'unzip started')
  expect(early).toHaveLength(100)
  expect(ran.summary).toMatchObject({ ran: 131, failed: 0, exitCode: 0 })
  expect((await place.run('build', ...names)).summary).toMatchObject({ ran: 0 })
})
