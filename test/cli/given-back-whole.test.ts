/** A host that gives no ranges: its archive is unpacked once it is whole and proven, and given back while that goes on. */

import { existsSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { errorCode, filesBelow } from '../../lib/io/disk.ts'
import type { Totals } from '../../lib/model/plan.ts'
import { megabyte } from '../rig/arriving.ts'
import { type Ground, type Ran, type Running, sha256Of } from '../rig/playground.ts'
import { zipOf } from '../rig/zips.ts'
import { archive, tree, world } from './arriving-world.ts'

/** What the root takes on the disk, at this moment. */
function bytesBelow(root: string): number {
  let blocks = 0
  for (const path of filesBelow(root)) blocks += unlessGone(() => statSync(join(root, path)).blocks) ?? 0
  return 512 * blocks
}

function unlessGone<T>(look: () => T): T | undefined {
  try {
    return look()
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error
    return undefined
  }
}

/** Looks at it again and again until the build is over. */
async function peakOf(place: Ground, running: Running): Promise<number> {
  const isOver = running.end.then(() => true)
  let peak = 0
  while (!(await Promise.race([isOver, sleep(1, false)])))
    peak = Math.max(peak, unlessGone(() => bytesBelow(place.root)) ?? 0)
  return peak
}

const totalsOf = ({ events }: Ran): Totals => (events[0] as unknown as { readonly totals: Totals }).totals

test.each(['no-ranges', 'chunked'] as const)(
  '%s: archive and tree never lie there both, and the plan says so',
  async does => {
    const { place, host } = await world({ sized: true })
    host.serve('/pack.zip', archive, { does })
    const { peakDisk } = totalsOf(await place.run('build', '--dry-run'))
    const running = place.start('build')
    const peak = await peakOf(place, running)
    expect((await running.end).summary).toMatchObject({ ran: 2, failed: 0, exitCode: 0 })
    expect(place.tree()).toEqual(tree)
    expect(peak).toBeGreaterThan(archive.length)
    expect(peak).toBeLessThanOrEqual(peakDisk)
    expect(peakDisk).toBeLessThan(archive.length + 24 * megabyte)
    expect(existsSync(join(place.root, '.groundwork/shelf'))).toBe(false)
    expect((await place.run('build')).summary).toMatchObject({ ran: 0, requests: 0 })
    expect((await place.run('verify')).exitCode).toBe(0)
  },
)

/** Of an archive that may not have begun to come. */
function spentOf({ root }: Ground): number {
  const shelf = join(root, '.groundwork/shelf')
  const note = [...filesBelow(shelf)].find(path => path.endsWith('/note.json'))
  const text = note && unlessGone(() => readFileSync(join(shelf, note), 'utf8'))
  return text ? ((JSON.parse(text) as { readonly spent?: number }).spent ?? 0) : 0
}

/** Killed when some of the archive, all of which was there, was given back. */
async function killed(): Promise<Awaited<ReturnType<typeof world>>> {
  const made = await world()
  made.host.serve('/pack.zip', archive, { does: 'no-ranges' })
  const running = made.place.start('build')
  while (spentOf(made.place) === 0) await sleep(1)
  running.kill('SIGKILL')
  await running.end.catch(() => {})
  expect(made.place.tree()).toEqual({})
  return made
}

test('killed meanwhile: nobody is asked for any of it again', async () => {
  const { place } = await killed()
  const again = await place.run('build')
  expect(again.summary).toMatchObject({ ran: 2, failed: 0, exitCode: 0, requests: 0, bytesDownloaded: 0 })
  expect(place.tree()).toEqual(tree)
  expect(existsSync(join(place.root, '.groundwork/shelf'))).toBe(false)
  expect((await place.run('verify')).exitCode).toBe(0)
})

test('killed, and another archive is pinned by now: it is fetched', async () => {
  const { place, host } = await killed()
  const small = zipOf([{ name: 'images/a.jpg', content: 'a' }])
  host.serve('/pack.zip', small, { does: 'no-ranges' })
  place.spec(
    `targets: { images: { sources: [{ url: "${host.url}/pack.zip", sha256: ${sha256Of(small)}, unzip: { root: images } }] } }\n`,
  )
  expect((await place.run('build')).summary).toMatchObject({ ran: 2, failed: 0, exitCode: 0 })
  expect(place.tree()).toEqual({ 'images/a.jpg': sha256Of('a') })
})

test('killed, and files are lost that only the archive had: it is fetched once more', async () => {
  const { place } = await killed()
  rmSync(join(place.root, '.groundwork/shelf/unzip~2images/files/0.jpg'))
  expect((await place.run('build')).summary).toMatchObject({ ran: 2, failed: 0, exitCode: 0 })
  expect(place.tree()).toEqual(tree)
})
