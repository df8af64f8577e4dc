/** Parts of an archive, proven by the digest of its directory in the lock file. */

import { createHash } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Mirror } from '../../demo/mirror.ts'
import { expectGolden } from '../rig/golden.ts'
import { type Ground, ground, mirror, sha256Of } from '../rig/playground.ts'
import { zipOf } from '../rig/zips.ts'
import { lockFile, settled, statesIn } from './open-world.ts'
import { archive, noise, pictures, positions, tail, tree } from './pieces.ts'

/** By the format: behind the last entry, before the end record of 22 bytes. */
const directoryOf = (zip: Buffer): string =>
  createHash('sha256')
    .update(zip.subarray(zip.readUInt32LE(zip.length - 6), zip.length - 22))
    .digest('hex')
const directory = directoryOf(archive)
const needed = JSON.stringify([{ image: 'images/3.jpg' }, { image: 'images/20.jpg' }])

interface World {
  readonly place: Ground
  readonly host: Mirror
  readonly asked: () => readonly string[]
}

async function world(mirrors = ''): Promise<World> {
  const [place, host] = [ground(), await mirror()]
  host.serve('/pack.zip', archive)
  host.serve('/notes.json', Buffer.from(needed))
  place.spec(`targets:
  images:
    sources:
      - url: ${host.url}/pack.zip
        mirrors: [${mirrors.replaceAll('/', `${host.url}/`)}]
        size: ${archive.length}
        sha256: ${sha256Of(archive)}
        unzip: { root: images }
  notes:
    sources: [{ url: "${host.url}/notes.json", size: ${needed.length}, sha256: ${sha256Of(needed)}, json: { images: / } }]
`)
  let seen = 0
  const asked = (): readonly string[] => {
    const lines = host.requests.slice(seen).map(({ path, range }) => `${path} ${range ?? 'whole'}`)
    seen = host.requests.length
    return lines.filter(line => !line.startsWith('/notes'))
  }
  return { place, host, asked }
}

const lockedDirectory = (digest: string, { url }: Mirror): string =>
  `version: 1
files:
  ${url}/pack.zip:
    directory: ${digest}
    from: 127.0.0.1
    locked: 2026-01-02T03:04:05.000Z
`

test('a build learns the directory of what it unpacks whole, and a locked one repairs by it', async () => {
  const { place, asked } = await world()
  place.write(lockFile, 'version: 1\nfiles: {}\n')
  await place.run('build')
  expect(place.read(lockFile)).toContain(`directory: ${directory}`)
  expect((await place.run('build')).summary).toMatchObject({ ran: 0, requests: 0 })
  rmSync(join(place.root, 'images/3.jpg'))
  asked()
  expect((await place.run('build', '--locked')).summary).toMatchObject({ ran: 1, repaired: 1, exitCode: 0 })
  expect(asked()).toEqual([tail, positions(3)])
  const text = (await place.text('why', 'images')).stdout
  expect(text).toContain('checked: SHA-256 of each file against the last record')
})

test('without it a locked build fetches the whole archive', async () => {
  const { place, asked } = await world()
  await place.run('build')
  rmSync(join(place.root, 'images/3.jpg'))
  asked()
  expect((await place.run('build', '--locked')).summary).toMatchObject({ ran: 2, repaired: 1, exitCode: 0 })
  expect(asked()[0]).toBe('/pack.zip whole')
})

test('--only-needed --locked is refused until `lock --only-needed` has read the directory', async () => {
  const { place, host, asked } = await world()
  const refused = await place.run('build', '--only-needed', '--locked')
  expect(refused.summary).toMatchObject({ ran: 0, requests: 0, exitCode: 3 })
  expectGolden('cli/not-pinned.directory', settled(refused, host))
  // The spec pins all that a plain `lock` could ask for.
  expect(statesIn(await place.run('lock'))).toEqual([])
  const page = (await place.text('lock', '--only-needed', '--dry-run')).stdout
  expect(page).toContain(`/pack.zip  directory ${directory.slice(0, 8)}…${directory.slice(-4)}  new\n`)
  asked()
  expect(statesIn(await place.run('lock', '--only-needed'))).toEqual(['new'])
  expect(asked()).toEqual([tail])
  expect(place.read(lockFile)).toContain(`directory: ${directory}`)
  expect(place.read(lockFile)).toContain(`from: ${new URL(host.url).host}\n`)
  const before = place.read(lockFile)
  expect(statesIn(await place.run('lock', '--only-needed'))).toEqual(['unchanged'])
  expect(statesIn(await place.run('lock'))).toEqual([])
  expect(place.read(lockFile)).toBe(before)

  const ran = await place.run('build', '--only-needed', '--locked')
  expect(ran.summary).toMatchObject({ ran: 4, failed: 0, exitCode: 0 })
  expect(Object.keys(place.tree())).toEqual(['images/20.jpg', 'images/3.jpg', 'notes/notes.json'])
  const text = (await place.text('why', 'images', 'notes', '--only-needed')).stdout
  expect(text).toContain(
    'checked: CRC-32 of each file against the directory of the archive, whose digest is locked',
  )
})

test('an archive that nothing pins whole is read by its locked directory, in parts alone', async () => {
  const { place, host, asked } = await world()
  place.write('datasets.yaml', place.read('datasets.yaml').replace(/\n +sha256: .*/, ''))
  place.write(lockFile, lockedDirectory(directory, host))
  const whole = await place.run('build', '--locked')
  expect(whole.codes).toEqual(['not-pinned'])
  const ran = await place.run('build', '--only-needed', '--locked')
  expect(ran.summary).toMatchObject({ ran: 4, failed: 0, exitCode: 0 })
  expect(asked()).not.toContain('/pack.zip whole')
  expect(Object.keys(place.tree())).toEqual(['images/20.jpg', 'images/3.jpg', 'notes/notes.json'])
})

test.each([
  ['as one whole', 'ab'.repeat(32), ['directory-mismatch'], ['notes/notes.json']],
  ['as one whole', directory, [], ['images/20.jpg', 'images/3.jpg', 'notes/notes.json']],
] as const)(
  'an archive that nothing pins whole and a host gives %s is held against its locked directory, too: %s',
  async (_, locked, codes, placed) => {
    const { place, host } = await world()
    place.write('datasets.yaml', place.read('datasets.yaml').replace(/\n +sha256: .*/, ''))
    host.serve('/pack.zip', archive, { does: 'no-ranges' })
    place.write(lockFile, lockedDirectory(locked, host))
    const ran = await place.run('build', '--only-needed', '--locked')
    expect(ran.codes).toEqual(codes)
    expect(Object.keys(place.tree())).toEqual(placed)
  },
)

test('another directory than the locked one is refused', async () => {
  const { place, host } = await world()
  place.write(lockFile, lockedDirectory('ab'.repeat(32), host))
  const ran = await place.run('build', '--only-needed')
  expect(ran.codes).toEqual(['directory-mismatch'])
  expect(ran.summary).toMatchObject({ failed: 1, exitCode: 1 })
  expect(Object.keys(place.tree())).toEqual(['notes/notes.json'])
  expectGolden('cli/directory-mismatch', settled(ran, host))
})

test('a first address with another archive: the mirror has the directory that was locked', async () => {
  const { place, host, asked } = await world('/mirror.zip')
  const other = zipOf(pictures.map(({ name }) => ({ name, content: noise(`other ${name}`) })))
  host.serve('/pack.zip', other)
  host.serve('/mirror.zip', archive)
  place.write(lockFile, lockedDirectory(directory, host))
  const ran = await place.run('build', '--only-needed', '--locked')
  expect(ran.codes).toEqual(['directory-mismatch'])
  expect(ran.summary).toMatchObject({ failed: 0, exitCode: 0 })
  expect(asked()).not.toContain('/pack.zip whole')
  expect(place.tree()['images/3.jpg']).toBe(tree['images/3.jpg'])
})

test('an entry of a file that is not in the spec any more is dropped, with its directory', async () => {
  const { place, host } = await world()
  place.write(lockFile, lockedDirectory(directory, host))
  place.spec(`targets: { notes: { sources: [{ url: "${host.url}/notes.json" }] } }\n`)
  expect(statesIn(await place.run('lock'))).toEqual(['new', 'dropped'])
})
