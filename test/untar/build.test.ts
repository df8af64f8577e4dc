/** Tars and compressed files through the real command line: as they arrive, killed in the middle, repaired, from wrong mirrors. */

import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import type { Mirror } from '../../demo/mirror.ts'
import { gate, megabyte, noise as megabyteOf, picturesIn, unpacked as unpackedIn } from '../rig/arriving.ts'
import { expectContract, type Ground, ground, mirror, sha256Of } from '../rig/playground.ts'
import { tarOf } from '../rig/tars.ts'

/** Blocks that a compression has to look for. */
const noise = (seed: number): Buffer => megabyteOf(seed, 70_000)

const pictures = Array.from({ length: 24 }, (_, i) => ({ name: `images/${i}.jpg`, content: noise(i) }))
const archive = tarOf(pictures)
const tree = Object.fromEntries(pictures.map(({ name, content }) => [name, sha256Of(content)]))

interface Asked {
  readonly root?: string
  readonly mirrors?: readonly string[]
}

async function world({
  root = 'images',
  mirrors = [],
}: Asked = {}): Promise<{ place: Ground; host: Mirror }> {
  const [place, host] = [ground(), await mirror()]
  const others = mirrors.map(path => `${host.url}/${path}`).join(', ')
  place.spec(
    `targets: { images: { sources: [{ url: "${host.url}/pack.tar", mirrors: [${others}], sha256: ${sha256Of(archive)}, untar: { root: ${root} } }] } }\n`,
  )
  host.serve('/pack.tar', archive)
  return { place, host }
}

/** Keeps back what stands behind so many bytes, for as long as the test likes. */
function heldBack(host: Mirror, bytes: number): () => void {
  const { opened: until, open } = gate()
  host.serve('/pack.tar', archive, { does: 'wait', from: bytes, to: archive.length, until })
  return open
}

const stagedFiles = (place: Ground): number => picturesIn(place, 'staging')
const unpacked = (place: Ground, count: number): Promise<void> => unpackedIn(place, count, 'staging')

test.each(['images', 'auto'])('entries are unpacked before the file is there, with root: %s', async root => {
  const { place, host } = await world({ root })
  const open = heldBack(host, 10 * megabyte)
  const running = place.start('build')
  await unpacked(place, 8)
  expect(existsSync(join(place.root, 'images'))).toBe(false)
  open()
  const ran = await running.end
  expectContract(ran)
  expect(ran.summary).toMatchObject({ ran: 2, failed: 0, exitCode: 0, filesWritten: 24 })
  expect(place.tree()).toEqual(tree)
  expect((await place.run('build')).summary).toMatchObject({ ran: 0, requests: 0 })
})

test('killed in the middle: the next build gives the tree of a clean one', async () => {
  const { place, host } = await world()
  const open = heldBack(host, 12 * megabyte)
  const running = place.start('build')
  await unpacked(place, 8)
  running.kill('SIGKILL')
  await running.end.catch(() => {})
  open()
  host.serve('/pack.tar', archive)
  expect((await place.run('build')).summary).toMatchObject({ exitCode: 0 })
  expect(place.tree()).toEqual(tree)
  expect(stagedFiles(place)).toBe(0)
})

test('killed in the middle of a large one: it is unpacked from its beginning, and not fetched again', async () => {
  const [place, host] = [ground(), await mirror()]
  const large = tarOf(Array.from({ length: 48 }, (_, i) => ({ name: `images/${i}.jpg`, content: noise(i) })))
  const pin = `sha256: ${sha256Of(large)}`
  place.spec(
    `targets: { images: { sources: [{ url: "${host.url}/pack.tar", ${pin}, untar: { root: images } }] } }\n`,
  )
  const until = new Promise<void>(() => {})
  host.serve('/pack.tar', large, { does: 'wait', from: 44 * megabyte, to: large.length, until })
  const running = place.start('build')
  await unpacked(place, 40)
  running.kill('SIGKILL')
  await running.end.catch(() => {})
  host.serve('/pack.tar', large)
  const again = await place.run('build')
  expect(again.summary).toMatchObject({ ran: 2, failed: 0, exitCode: 0 })
  expect(again.summary.bytesDownloaded).toBeLessThan(16 * megabyte)
  expect(Object.keys(place.tree())).toHaveLength(48)
  expect((await place.run('verify')).exitCode).toBe(0)
})

test('a wrong root: nothing was given back, and with the right one nothing is fetched again', async () => {
  const [place, host] = [ground(), await mirror()]
  const large = tarOf(Array.from({ length: 40 }, (_, i) => ({ name: `images/${i}.jpg`, content: noise(i) })))
  const specOf = (root: string): void =>
    place.spec(
      `targets: { images: { sources: [{ url: "${host.url}/pack.tar", sha256: ${sha256Of(large)}, untar: { root: ${root} } }] } }\n`,
    )
  host.serve('/pack.tar', large)
  specOf('pictures')
  const wrong = await place.run('build')
  expect(wrong.codes).toEqual(['wrong-root'])
  expect(existsSync(join(place.root, 'images'))).toBe(false)
  specOf('images')
  const right = await place.run('build')
  expect(right.summary).toMatchObject({ failed: 0, exitCode: 0 })
  expect(right.summary.bytesDownloaded).toBeLessThan(2 * megabyte)
  expect(Object.keys(place.tree())).toHaveLength(40)
})

test.each<[string, Buffer]>([
  ['bytes that are no tar', Buffer.alloc(archive.length, 7)],
  ['another tar', tarOf([...pictures.slice(0, 20), { name: 'images/stranger.jpg', content: 'boo' }])],
  [
    'a tar that is damaged',
    Buffer.concat([archive.subarray(0, 9 * megabyte), Buffer.alloc(15 * megabyte, 7)]),
  ],
])('a first address with %s: the next one is taken, and nothing of it is left', async (_, wrong) => {
  const { place, host } = await world({ mirrors: ['mirror.tar'] })
  host.serve('/mirror.tar', archive)
  host.serve('/pack.tar', wrong)
  const ran = await place.run('build')
  expect(ran.summary).toMatchObject({ ran: 2, failed: 0, exitCode: 0 })
  expect(place.tree()).toEqual(tree)
})

test('a file that is gone is put back, and no other is written', async () => {
  const { place } = await world()
  await place.run('build')
  rmSync(join(place.root, 'images/7.jpg'))
  const { summary } = await place.run('build')
  expect(summary).toMatchObject({ exitCode: 0, repaired: 1, filesWritten: 1 })
  expect(place.tree()).toEqual(tree)
})

test('told by their names: a compressed tar, one compressed file, and a file that stays as it is', async () => {
  const place = ground()
  place.write('birds.tgz', gzipSync(tarOf([{ name: 'birds/1.jpg', content: 'one' }])))
  place.write('boxes.json.gz', gzipSync('[]'))
  place.spec(`targets:
  birds: { sources: [{ url: birds.tgz }] }
  boxes: { sources: [{ url: boxes.json.gz, untar: { into: in } }] }
  packed: { sources: [{ url: boxes.json.gz, file: boxes.json.gz }] }
`)
  expect((await place.run('build')).summary).toMatchObject({ exitCode: 0, failed: 0 })
  expect(place.tree()).toEqual({
    'birds/birds/1.jpg': sha256Of('one'),
    'boxes/in/boxes.json': sha256Of('[]'),
    'packed/boxes.json.gz': sha256Of(gzipSync('[]')),
  })
  expect((await place.run('build')).summary).toMatchObject({ ran: 0 })
})

test('a tar that was cut into parts is told by the name that they make together', async () => {
  const place = ground()
  const tar = gzipSync(tarOf([{ name: 'birds/1.jpg', content: 'one' }]))
  place.write('birds.tgz.part-aa', tar.subarray(0, 40))
  place.write('birds.tgz.part-ab', tar.subarray(40))
  place.spec('targets: { birds: { sources: [{ url: "birds.tgz.part-{aa..ab}" }] } }\n')
  expect((await place.run('build')).summary).toMatchObject({ exitCode: 0, failed: 0 })
  expect(place.tree()).toEqual({ 'birds/birds/1.jpg': sha256Of('one') })
  expect((await place.run('build')).summary).toMatchObject({ ran: 0 })
})

test('the name of the file decides the result of one compressed file, and not that of a tar', async () => {
  const place = ground()
  const [tar, json] = [gzipSync(tarOf([{ name: '1.jpg', content: 'one' }])), gzipSync('[]')]
  for (const version of ['old', 'new']) {
    const pins = [place.write(`${version}.tgz`, tar), place.write(`${version}.json.gz`, json)]
    place.spec(`targets:
  birds: { sources: [{ url: ${version}.tgz, sha256: ${pins[0]} }] }
  boxes: { sources: [{ url: ${version}.json.gz, sha256: ${pins[1]}, untar: {} }] }
`)
    const { started, exitCode } = await place.run('build')
    expect(exitCode).toBe(0)
    expect(started.includes('untar:boxes')).toBe(true)
    expect(started.includes('untar:birds')).toBe(version === 'old')
  }
  expect(Object.keys(place.tree())).toEqual(['birds/1.jpg', 'boxes/new.json'])
})
