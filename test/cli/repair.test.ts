/** A few damaged files of many come back by ranges of the archive; and where that cannot be, by the whole of it. */

import { existsSync, lstatSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Mirror } from '../../demo/mirror.ts'
import { expectGolden } from '../rig/golden.ts'
import { expectPairs, type Ground, ground, mirror, sha256Of, zip } from '../rig/playground.ts'
import { zipOf } from '../rig/zips.ts'
import { settled } from './open-world.ts'
import {
  archive,
  entryBytes,
  fileBytes,
  foretold,
  killedMidway,
  kilobyte,
  noise,
  pictures,
  positions,
  tail,
  tree,
} from './pieces.ts'

interface World {
  readonly place: Ground
  readonly host: Mirror
  /** Ranges asked since the last call, in order, with who was asked. */
  readonly asked: () => readonly string[]
}

/** Built, and its archive given back. */
async function built({ pins = '', mirrors = '' } = {}): Promise<World> {
  const [place, host] = [ground(), await mirror()]
  place.spec(
    `targets: { images: { sources: [{ url: "${host.url}/pack.zip"${pins}, mirrors: [${mirrors.replaceAll('/', `${host.url}/`)}], unzip: { root: images } }] } }\n`,
  )
  host.serve('/pack.zip', archive)
  expect((await place.run('build')).summary).toMatchObject({ ran: 2, exitCode: 0 })
  let seen = host.requests.length
  const asked = (): readonly string[] => {
    const lines = host.requests.slice(seen).map(({ path, range }) => `${path} ${range ?? 'whole'}`)
    seen = host.requests.length
    return lines
  }
  return { place, host, asked }
}

const lose = (place: Ground, ...indexes: readonly number[]): void => {
  for (const i of indexes) rmSync(join(place.root, `images/${i}.jpg`))
}

test('three of forty files: their ranges and the directory are fetched, neighbours at once', async () => {
  const { place, asked } = await built()
  lose(place, 3, 4, 20)
  const plan = foretold(await place.run('build', '--dry-run'))
  expect(plan.steps.map(({ kind, verdict }) => `${kind} ${verdict}`)).toEqual([
    'download fresh',
    'unzip stale',
  ])
  expect(plan.totals.download).toBeGreaterThan(3 * fileBytes)
  expect(plan.totals.download).toBeLessThan(4 * fileBytes)
  expect(plan.totals.byHost).toEqual({ '127.0.0.1': plan.totals.download })
  expect(asked()).toEqual([])
  const ran = await place.run('build')
  expect(asked().toSorted()).toEqual([tail, positions(20), positions(3, 4)].toSorted())
  expect(ran.summary).toMatchObject({ ran: 1, repaired: 1, filesWritten: 3, requests: 3, exitCode: 0 })
  expect(ran.summary.bytesDownloaded).toBe(128 * kilobyte + entryBytes(3) + entryBytes(4) + entryBytes(20))
  expect(ran.codes).toEqual([])
  expect(place.tree()).toEqual(tree)
  expect(existsSync(join(place.root, '.groundwork/shelf'))).toBe(false)
  expect((await place.run('build')).summary).toMatchObject({ ran: 0, requests: 0 })
  lose(place, 7)
  expect((await place.text('build')).stderr).toMatch(/^done +unzip images +1 of 40 files, 262 kB in /m)
})

test('a file edited by hand is moved aside, and the one of the archive comes back', async () => {
  const { place } = await built()
  writeFileSync(join(place.root, 'images/7.jpg'), 'mine')
  const ran = await place.run('build')
  expect(ran.codes).toEqual(['edited-by-hand'])
  expect(ran.summary.bytesDownloaded).toBeLessThan(3 * fileBytes)
  expect(place.tree()).toEqual(tree)
})

test('many files: the whole archive is planned', async () => {
  const { place, asked } = await built()
  lose(place, ...Array.from({ length: 9 }, (_, i) => i))
  const plan = foretold(await place.run('build', '--dry-run'))
  expect(plan.steps.map(({ kind, verdict }) => `${kind} ${verdict}`)).toEqual([
    'download stale',
    'unzip stale',
  ])
  await place.run('build')
  expect(asked()[0]).toBe('/pack.zip whole')
  expect(place.tree()).toEqual(tree)
})

test.each(['no-ranges', 'range-ignored'] as const)(
  'a host with %s: the whole archive is fetched',
  async does => {
    const { place, host } = await built()
    lose(place, 3)
    host.serve('/pack.zip', archive, { does })
    const ran = await place.run('build')
    expect(ran.summary).toMatchObject({ ran: 2, repaired: 1, failed: 0, exitCode: 0 })
    expect(place.tree()).toEqual(tree)
    // Its repair went over to the whole archive: that is one start.
    expectPairs(ran.events)
    expect(ran.started).toEqual([expect.stringContaining('download:pack.zip'), 'unzip:images'])
  },
)

test('a host without ranges is remembered: what is planned then is what is fetched', async () => {
  const { place, host, asked } = await built({ pins: `, sha256: ${sha256Of(archive)}` })
  host.serve('/pack.zip', archive, { does: 'no-ranges' })
  lose(place, 3)
  const { stdout } = await place.text('build', '--dry-run')
  expect(stdout).toMatch(/^download +\S+ kB or more$/m)
  expect(stdout).toMatch(/^peak disk +\S+ kB or more; /m)
  await place.run('build')
  for (const i of [4, 5]) {
    lose(place, i)
    asked()
    expect(foretold(await place.run('build', '--dry-run')).totals).toMatchObject({
      download: archive.length,
      atLeast: false,
    })
    expect((await place.run('build')).summary).toMatchObject({ bytesDownloaded: archive.length, repaired: 1 })
    expect(asked()).toEqual(['/pack.zip whole'])
    expect(place.tree()).toEqual(tree)
  }
})

test('a host that gave ranges is trusted to give them', async () => {
  const { place } = await built()
  lose(place, 3)
  expect(foretold(await place.run('build', '--dry-run')).totals).toMatchObject({ atLeast: true })
  await place.run('build')
  lose(place, 4)
  expect(foretold(await place.run('build', '--dry-run')).totals).toMatchObject({ atLeast: false })
})

test('another archive of the same size: its files are not taken for those of before', async () => {
  const { place, host } = await built()
  lose(place, 3)
  const other = zipOf(pictures.map(({ name }) => ({ name, content: noise(`other ${name}`) })))
  expect(other.length).toBe(archive.length)
  host.serve('/pack.zip', other, { does: 'tagged', etag: '"other"' })
  const ran = await place.run('build')
  expect(ran.summary).toMatchObject({ failed: 0, exitCode: 0 })
  // It was not pinned: the archive that is there now is unpacked, all of it.
  expect(place.tree()['images/3.jpg']).toBe(sha256Of(noise('other images/3.jpg')))
  expect(place.tree()['images/4.jpg']).toBe(sha256Of(noise('other images/4.jpg')))
})

test('a mirror that moved: with a pin, what is known of the archive is known at its new address', async () => {
  const { place, host, asked } = await built({ pins: `, sha256: ${sha256Of(archive)}` })
  host.serve('/moved/pack.zip', archive)
  place.write('datasets.yaml', place.read('datasets.yaml').replace('/pack.zip', '/moved/pack.zip'))
  expect((await place.run('build')).summary).toMatchObject({ ran: 0, requests: 0, exitCode: 0 })
  lose(place, 3, 4)
  const plan = foretold(await place.run('build', '--dry-run'))
  expect(plan.steps.map(({ kind, verdict }) => `${kind} ${verdict}`)).toEqual([
    'download fresh',
    'unzip stale',
  ])
  expect(plan.totals.download).toBeLessThan(3 * fileBytes)
  const ran = await place.run('build')
  expect(asked()).toEqual([tail, positions(3, 4)].map(range => `/moved${range}`))
  expect(ran.summary).toMatchObject({ ran: 1, repaired: 1, filesWritten: 2, exitCode: 0 })
  expect(place.tree()).toEqual(tree)
  expect((await place.run('build')).summary).toMatchObject({ ran: 0, requests: 0, exitCode: 0 })
  // Of the old address nothing is remembered any more.
  expect((await place.text('prune')).stdout).toMatch(/nothing/i)
})

test('an archive that is replaced between two ranges is begun anew', async () => {
  const { place, host } = await built()
  lose(place, 3, 20)
  host.script('/pack.zip', [{ does: 'tagged', etag: '"before"' }])
  const ran = await place.run('build')
  expect(ran.codes).toEqual(['source-changed'])
  expect(ran.summary).toMatchObject({ ran: 1, repaired: 1, exitCode: 0 })
  expect(place.tree()).toEqual(tree)
})

test('an archive that changes with every request is fetched whole', async () => {
  const { place, host } = await built()
  lose(place, 3, 20)
  host.serve('/pack.zip', archive, { does: 'etag-changes' })
  const ran = await place.run('build')
  expect(ran.summary).toMatchObject({ ran: 2, failed: 0, exitCode: 0 })
  expect(place.tree()).toEqual(tree)
})

test('a first address that is gone: the mirror gives the ranges', async () => {
  const { place, host, asked } = await built({ mirrors: '"/mirror.zip"' })
  lose(place, 3)
  host.serve('/pack.zip', archive, { does: 'status', status: 404 })
  host.serve('/mirror.zip', archive)
  const ran = await place.run('build')
  expect(ran.codes).toEqual(['not-found'])
  expect(ran.summary).toMatchObject({ ran: 1, repaired: 1, exitCode: 0 })
  expect(asked()).toEqual([tail, tail.replace('pack', 'mirror'), positions(3).replace('pack', 'mirror')])
  expect(place.tree()).toEqual(tree)
})

test('no address left: told as for a download, and nothing is placed', async () => {
  const { place, host } = await built()
  lose(place, 3)
  host.serve('/pack.zip', archive, { does: 'status', status: 404 })
  const ran = await place.run('build')
  expect(ran.codes).toEqual(['not-found'])
  expect(ran.summary).toMatchObject({ ran: 0, failed: 1, exitCode: 1 })
})

test('a cut in the middle of a range: the rest of it is asked for', async () => {
  const { place, host, asked } = await built()
  lose(place, 3)
  host.script('/pack.zip', [{ does: 'normal' }, { does: 'cut', after: 100_000 }])
  expect((await place.run('build')).summary).toMatchObject({ ran: 1, repaired: 1, exitCode: 0 })
  expect(asked()).toHaveLength(3)
  expect(place.tree()).toEqual(tree)
})

test('killed in the middle: what came is not fetched twice', async () => {
  const { place, host, asked } = await built()
  lose(place, 3, 20)
  await killedMidway({ place, host, asked }, 'unzip~2images/files/3.jpg')
  expect((await place.run('build')).summary).toMatchObject({ ran: 1, repaired: 1, exitCode: 0 })
  // The tail was synced with the note; of what came since, at most the last range is asked for again.
  expect(asked().length).toBeLessThanOrEqual(3)
  expect(place.tree()).toEqual(tree)
  expect(existsSync(join(place.root, '.groundwork/shelf'))).toBe(false)
})

test('without the network it is told, with the bytes', async () => {
  const { place, host, asked } = await built()
  lose(place, 3)
  const ran = await place.run('build', '--offline')
  expect(ran.codes).toEqual(['offline'])
  expectGolden('cli/offline.repair', settled(ran, host))
  expect(ran.events.find(({ event }) => event === 'offline')).toMatchObject({ files: 1, unknown: 0 })
  lose(place, 4, 20)
  const { stdout } = await place.text('build', '--offline')
  expect(stdout).toMatch(/^Missing without the network: 3 files, 9\d\d kB \(127\.0\.0\.1 /m)
  expect(asked()).toEqual([])
})

test('a file of this machine is read in place', async () => {
  const place = ground()
  place.write('pack.zip', archive)
  place.spec('targets: { images: { sources: [{ url: pack.zip, unzip: { root: images } }] } }\n')
  await place.run('build')
  lose(place, 3)
  const ran = await place.run('build')
  expect(ran.started).toEqual(['unzip:images'])
  expect(ran.summary).toMatchObject({ ran: 1, repaired: 1, bytesDownloaded: 0, exitCode: 0 })
  expect(place.tree()).toEqual(tree)
})

test('a folder that is a link by now stays one while nothing of it is lacking; else all of it is there again', async () => {
  const place = ground()
  place.write('pack.zip', zip({ 'a/1': 'a1', 'a/2': 'a2', 'b/1': 'b1', 'b/2': 'b2' }))
  place.spec('targets: { t: { sources: [{ url: pack.zip, unzip: {} }] } }\n')
  await place.run('build')
  const built = place.tree()
  const [link, elsewhere] = [join(place.root, 't/a'), join(place.folder, 'elsewhere')]
  renameSync(link, elsewhere)
  symlinkSync(elsewhere, link)
  rmSync(join(place.root, 't/b/1'))
  expect((await place.run('build')).codes).toEqual([])
  expect(lstatSync(link).isSymbolicLink()).toBe(true)
  rmSync(join(elsewhere, '1'))
  expect((await place.run('build')).codes).toEqual(['edited-by-hand'])
  expect(place.tree()).toEqual(built)
  expect((await place.run('build')).summary).toMatchObject({ ran: 0, exitCode: 0 })
})

test.each([
  ['another root', 'unzip: { root: b }', ''],
  ['a rename', 'unzip: {}', ', rename: [{ match: "**", to: "{name}{dir}" }]'],
])('%s: what is not wanted any more and lies behind a link stays', async (_, unzip, rename) => {
  const place = ground()
  place.write('pack.zip', zip({ 'a/1': 'a1', 'a/2': 'a2', 'b/3': 'b3' }))
  place.spec('targets: { t: { sources: [{ url: pack.zip, unzip: {} }] } }\n')
  await place.run('build')
  const elsewhere = join(place.folder, 'elsewhere')
  renameSync(join(place.root, 't/a'), elsewhere)
  symlinkSync(elsewhere, join(place.root, 't/a'))
  place.spec(`targets: { t: { sources: [{ url: pack.zip, ${unzip} }]${rename} } }\n`)
  expect((await place.run('build')).codes).toEqual(['extra-files'])
  expect(readdirSync(elsewhere)).toEqual(['1', '2'])
})
