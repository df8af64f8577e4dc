/** What was unpacked of an archive goes while the rest arrives, and a build that is ended then goes on all the same. */

import { existsSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import type { Mirror } from '../../demo/mirror.ts'
import { filesBelow } from '../../lib/io/disk.ts'
import { gate, megabyte, noise, noteOf, unpacked } from '../rig/arriving.ts'
import { type Ground, ground, mirror, type Running, sha256Of } from '../rig/playground.ts'
import { zipOf } from '../rig/zips.ts'
import { archive, tree, world } from './arriving-world.ts'

/** The host sends nothing behind this. */
const held = 44 * megabyte

const spentOf = (place: Ground): number => noteOf(place).spent ?? 0

/** A build whose archive does not come to its end, once so much of it was given back. */
async function startedAndHeld(place: Ground, host: Mirror, spent: number): Promise<Running> {
  const { opened } = gate()
  host.serve('/pack.zip', archive, { does: 'wait', from: held, to: held + 1, until: opened })
  const running = place.start('build')
  await vi.waitFor(() => expect(spentOf(place)).toBeGreaterThan(spent), { timeout: 60_000 })
  return running
}

/** Killed when much was given back, and much of that unpacked. */
async function killedLate(place: Ground, host: Mirror): Promise<void> {
  const running = await startedAndHeld(place, host, 20 * megabyte)
  await unpacked(place, 40)
  running.kill('SIGKILL')
  await running.end.catch(() => {})
}

function expectKeptWhole(place: Ground): void {
  const archives = join(place.root, '.groundwork/archives')
  const [kept = ''] = [...filesBelow(archives)]
  expect(sha256Of(readFileSync(join(archives, kept)))).toBe(sha256Of(archive))
}

test('what was unpacked of an archive is given back while the rest arrives', async () => {
  const { place, host } = await world()
  const { opened, open } = gate()
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
  await killedLate(place, host)
  const spent = spentOf(place)
  host.serve('/pack.zip', archive)
  const again = await place.run('build')
  expect(again.summary).toMatchObject({ ran: 2, failed: 0, exitCode: 0 })
  expect(again.summary.bytesDownloaded).toBeLessThan(archive.length - spent)
  expect(place.tree()).toEqual(tree)
})

test('interrupted after much was given back: the next build goes on from there', async () => {
  const { place, host } = await world()
  const running = await startedAndHeld(place, host, 20 * megabyte)
  await unpacked(place, 40)
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
  const running = await startedAndHeld(place, host, 8 * megabyte)
  running.kill('SIGKILL')
  await running.end.catch(() => {})
  host.serve('/pack.zip', archive)
  expect((await place.run('build', '--keep-archives')).summary).toMatchObject({ ran: 2, exitCode: 0 })
  expect(place.tree()).toEqual(tree)
  expectKeptWhole(place)
})

test('where staged files are lost that only the archive had, it is fetched once more', async () => {
  const { place, host } = await world()
  await killedLate(place, host)
  rmSync(join(place.root, '.groundwork/shelf/unzip~2images/files/0.jpg'))
  host.serve('/pack.zip', archive)
  expect((await place.run('build')).summary).toMatchObject({ ran: 2, failed: 0, exitCode: 0 })
  expect(place.tree()).toEqual(tree)
})

test('an archive that is to be kept is kept whole', async () => {
  const { place } = await world()
  expect((await place.run('build', '--keep-archives')).summary).toMatchObject({ ran: 2, exitCode: 0 })
  expectKeptWhole(place)
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
