/** With --only-needed: by which way the bytes come where not all hosts, archives and builds are as they should be. */

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ground, mirror, sha256Of } from '../rig/playground.ts'
import { splitZipOf, zipOf } from '../rig/zips.ts'
import { annotation, images, world } from './needed-world.ts'
import { archive, fileBytes, noise, pictures } from './pieces.ts'

test('nearly all is needed: the whole archive is fetched, and what is not needed is left out', async () => {
  const { place, asked } = await world({
    needed: annotation(...pictures.slice(0, 36).map((_, i) => `${i}.jpg`)),
  })
  const ran = await place.run('build', '--only-needed')
  expect(ran.summary).toMatchObject({ failed: 0, exitCode: 0 })
  expect(asked()).toContain('/pack.zip whole')
  expect(images(place)).toHaveLength(36)
})

test('a host without ranges: the whole archive is fetched', async () => {
  const { place, host } = await world()
  host.serve('/pack.zip', archive, { does: 'no-ranges' })
  expect((await place.run('build', '--only-needed')).summary).toMatchObject({ failed: 0, exitCode: 0 })
  expect(images(place)).toEqual(['20.jpg', '3.jpg', '4.jpg'])
})

test('a file of this machine is read in place', async () => {
  const { place, change } = await world()
  place.write('pack.zip', archive)
  change(/http[^"]*pack.zip/, 'pack.zip')
  const ran = await place.run('build', '--only-needed')
  expect(ran.started).toEqual(expect.arrayContaining(['unzip:birds/images']))
  expect(ran.started.filter(task => task.startsWith('download:pack'))).toEqual([])
  expect(images(place)).toEqual(['20.jpg', '3.jpg', '4.jpg'])
})

const splitNames = ['pack.z01', 'pack.z02', 'pack.zip']

test.each(['a host', 'this machine'])(
  'a split zip from %s: joined, and what is needed is unpacked',
  async from => {
    const { place, host, change } = await world()
    const parts = splitZipOf(pictures, [20 * fileBytes, 35 * fileBytes])
    splitNames.forEach((name, i) => {
      host.serve(`/${name}`, parts[i] as Buffer)
      place.write(name, parts[i] as Buffer)
    })
    const below = from === 'a host' ? `${host.url}/` : ''
    change(/"http[^"]*pack.zip"/, `[${splitNames.map(name => `"${below}${name}"`).join(', ')}]`)
    expect((await place.run('build', '--only-needed')).summary).toMatchObject({ failed: 0, exitCode: 0 })
    expect(images(place)).toEqual(['20.jpg', '3.jpg', '4.jpg'])
    expect((await place.run('build', '--only-needed')).summary).toMatchObject({ ran: 0, requests: 0 })
  },
)

test('wrong bytes in a range: the entry does not have its checksum, and the whole archive decides', async () => {
  const { place, host } = await world()
  host.script('/pack.zip', [
    { does: 'normal' },
    { does: 'normal' },
    { does: 'wrong-bytes' },
    { does: 'wrong-bytes' },
  ])
  expect((await place.run('build', '--only-needed')).summary).toMatchObject({ failed: 0, exitCode: 0 })
  expect(place.tree()['birds/images/3.jpg']).toBe(sha256Of(noise('3')))
})

test('killed in the middle: what was unpacked stays, what came is not fetched twice', async () => {
  const { place, host } = await world()
  const at = 20 * (fileBytes + 40)
  host.serve('/pack.zip', archive, { does: 'wait', from: at, to: at + 1000, until: new Promise(() => {}) })
  const running = place.start('build', '--only-needed')
  const first = join(place.root, '.groundwork/shelf/unzip~2birds~1images/files/3.jpg')
  await expect.poll(() => existsSync(first), { timeout: 20_000 }).toBe(true)
  running.kill('SIGKILL')
  await running.end.catch(() => {})
  host.serve('/pack.zip', archive)
  const ran = await place.run('build', '--only-needed')
  expect(ran.summary).toMatchObject({ failed: 0, exitCode: 0 })
  expect(images(place)).toEqual(['20.jpg', '3.jpg', '4.jpg'])
})

test('two targets of one pinned archive: each takes its own, and its digest says that they may', async () => {
  const { place, host } = await world()
  const both = zipOf([
    ...pictures,
    ...pictures.map(({ name, content }) => ({ name: name.replace('images/', 'masks/'), content })),
  ])
  host.serve('/both.zip', both)
  host.serve(
    '/notes.json',
    Buffer.from('[{"image": "birds/images/3.jpg"}, {"image": ["birds/masks/9.jpg"]}]'),
  )
  place.spec(`downloads: { pack: { url: "${host.url}/both.zip", size: ${both.length}, sha256: ${sha256Of(both)} } }
targets:
  birds/images: { sources: [{ download: pack, unzip: { root: images } }] }
  birds/masks: { sources: [{ download: pack, unzip: { root: auto } }] }
  notes: { sources: [{ url: "${host.url}/notes.json", json: { images: / } }] }
`)
  const ran = await place.run('build', '--only-needed')
  expect(ran.summary).toMatchObject({ ran: 5, failed: 0, skipped: 0, exitCode: 0 })
  expect(ran.summary.bytesDownloaded).toBeLessThan(both.length / 4)
  expect(Object.keys(place.tree()).filter(path => path.startsWith('birds/'))).toEqual([
    'birds/images/3.jpg',
    'birds/masks/9.jpg',
  ])
})

test('several archives that are wanted whole after all, and kept: none waits for the room of another', async () => {
  const [place, host] = [ground(), await mirror()]
  const targets = ['a', 'b', 'c']
  const named = targets.flatMap(name => pictures.slice(0, 36).map((_, i) => `${name}/${i}.jpg`))
  const notes = Buffer.from(JSON.stringify(named.map(image => ({ image }))))
  host.serve('/notes.json', notes)
  for (const name of targets) host.serve(`/${name}.zip`, archive, { does: 'no-ranges' })
  const source = (name: string): string =>
    `  ${name}: { sources: [{ url: "${host.url}/${name}.zip", size: ${archive.length}, unzip: { root: images } }] }\n`
  place.spec(`targets:
${targets.map(source).join('')}  notes: { sources: [{ url: "${host.url}/notes.json", size: ${notes.length}, json: { images: / } }] }
`)
  const ran = await place.run('build', '--only-needed', '--keep-archives')
  expect(ran.summary).toMatchObject({ failed: 0, skipped: 0, exitCode: 0 })
  expect(Object.keys(place.tree())).toHaveLength(named.length + 1)
})
