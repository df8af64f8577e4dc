/** By what files that are taken over are known: records, directories, digests, or their number. */

import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { expectGolden } from '../rig/golden.ts'
import { ground, mirror, sha256Of } from '../rig/playground.ts'
import { tarOf } from '../rig/tars.ts'
import { zipOf } from '../rig/zips.ts'
import { adopted, directory, lay, specOf, world } from './adopt-world.ts'
import { archive, foretold, noise, pictures, positions, tree } from './pieces.ts'

test('from another playground: its records vouch, no byte is read and nobody is asked', async () => {
  const { place, asked, host } = await world()
  await place.run('build')
  const other = ground()
  other.spec(specOf(host.url, { more: ', expect: { files: 40 }' }))
  asked()
  const from = join(place.root, 'images')
  const ran = await other.run('adopt', 'images', '--from', from, '--link', 'copy')
  expect(ran).toMatchObject({ exitCode: 0, codes: [] })
  expect(adopted(ran)).toMatchObject({
    adopted: { files: 40 },
    read: { files: 0 },
    believed: 40,
    proofs: ['record'],
  })
  expect(asked()).toEqual([])
  expect((await other.run('build')).summary).toMatchObject({ ran: 0, requests: 0 })
  expect(other.tree()).toEqual(tree)
  const third = ground()
  third.spec(specOf(host.url))
  const hashed = await third.run('adopt', 'images', '--from', from, '--check', 'hash', '--link', 'copy')
  expect(adopted(hashed)).toMatchObject({ read: { files: 40 }, believed: 0, proofs: ['record'] })
  // What was edited there is read, and not taken.
  writeFileSync(join(place.root, 'images/9.jpg'), noise('other 9'))
  const fourth = ground()
  fourth.spec(specOf(host.url))
  const edited = await fourth.run('adopt', 'images', '--from', from)
  expect(adopted(edited)).toMatchObject({
    adopted: { files: 39 },
    different: { files: 1, paths: ['9.jpg'] },
    read: { files: 1 },
    believed: 39,
  })
  asked()
  expect((await fourth.run('build')).summary).toMatchObject({ repaired: 1, filesWritten: 1, exitCode: 0 })
  expect(asked()).toContain(positions(9))
})

test('something else in place is never recorded as what it should be', async () => {
  const { place, host } = await world()
  await place.run('build')
  const other = ground()
  other.spec(specOf(host.url))
  other.write('data/images/7.jpg', noise('other 7'))
  rmSync(join(place.root, 'images/7.jpg'))
  const ran = await other.run('adopt', 'images', '--from', join(place.root, 'images'))
  expect(adopted(ran)).toMatchObject({
    adopted: { files: 39 },
    different: { paths: ['7.jpg'] },
    proofs: ['record'],
  })
  const built = await other.run('build')
  expect(built).toMatchObject({ codes: ['edited-by-hand'], summary: { repaired: 1, filesWritten: 1 } })
  expect(other.tree()).toEqual(tree)
})

test('hard links to the files of another playground leave its record true: the next one believes it, too', async () => {
  const { place, host, asked } = await world()
  await place.run('build')
  // Linked to, it has another ctime; edited, it must not be believed.
  for (let times = 0; times < 2; times += 1) {
    const other = ground()
    other.spec(specOf(host.url))
    const ran = await other.run('adopt', 'images', '--from', join(place.root, 'images'), '--link', 'hard')
    expect(adopted(ran)).toMatchObject({ put: { hard: 40 }, believed: 40, read: { files: 0 } })
    expect((await other.run('build')).summary).toMatchObject({ ran: 0, requests: 0 })
  }
  asked()
  const before = place.listing()
  expect((await place.run('build')).summary).toMatchObject({ ran: 0, requests: 0 })
  // Nothing was read, and so nothing recorded anew.
  expect(Object.keys(place.listing()).filter(path => path.includes('/manifests/'))).toEqual(
    Object.keys(before).filter(path => path.includes('/manifests/')),
  )
  writeFileSync(join(place.root, 'images/4.jpg'), noise('other 4'))
  expect((await place.run('build')).summary).toMatchObject({ repaired: 1, exitCode: 0 })
  expect(place.tree()).toEqual(tree)
})

test('another playground built from another address: the same directory vouches', async () => {
  const { place, host } = await world()
  await place.run('build')
  const other = ground()
  host.serve('/elsewhere/pack.zip', archive)
  other.spec(specOf(`${host.url}/elsewhere`))
  const ran = await other.run('adopt', 'images', '--from', join(place.root, 'images'))
  expect(adopted(ran)).toMatchObject({ proofs: ['directory'], believed: 40, read: { files: 0 } })
})

test('what somebody accepted for another folder of the archive does not vouch for it', async () => {
  const [first, host] = [ground(), await mirror()]
  const two = zipOf(['a', 'b'].map(folder => ({ name: `${folder}/0.jpg`, content: noise(folder) })))
  host.serve('/pack.zip', two)
  host.serve('/elsewhere/pack.zip', two)
  const from = (url: string, root: string): string =>
    `targets: { images: { sources: [{ url: "${url}/pack.zip", unzip: { root: ${root} } }] } }\n`
  first.spec(from(host.url, 'a'))
  expect((await first.run('build')).exitCode).toBe(0)
  first.spec(from(host.url, 'b'))
  expect((await first.run('accept', 'images')).exitCode).toBe(0)
  const second = ground()
  second.spec(from(`${host.url}/elsewhere`, 'b'))
  const ran = await second.run('adopt', 'images', '--from', join(first.root, 'images'))
  expect(ran).toMatchObject({ exitCode: 1, codes: ['nothing-adopted'] })
  expect(second.tree()).toEqual({})
})

const rename = ", rename: [{ match: '*.jpg', to: 'all/{stem}.jpeg' }]"

test('with rename the files have their final names', async () => {
  const { place, asked } = await world({ more: rename })
  for (const [i, { content }] of pictures.entries()) place.write(`mine/all/${i}.jpeg`, content)
  const ran = await place.run('adopt', 'images', '--from', 'mine')
  expect(adopted(ran)).toMatchObject({ adopted: { files: 40 }, proofs: ['directory'] })
  expect(asked()).toEqual(directory)
  expect((await place.run('build')).summary).toMatchObject({ ran: 0, requests: 0 })
  expect(Object.keys(place.tree())).toContain('images/all/7.jpeg')
  // New rules find the files that were taken over, too.
  place.spec(
    specOf(place.read('datasets.yaml').match(/"(http.*)\/pack/)?.[1] ?? '', {
      more: rename.replace('all/', ''),
    }),
  )
  expect((await place.run('build')).summary).toMatchObject({ ran: 1, requests: 0, failed: 0 })
  expect(Object.keys(place.tree())).toContain('images/7.jpeg')
})

test('with rename, what is missing takes the whole archive', async () => {
  const { place, asked } = await world({ more: rename })
  for (const [i, { content }] of pictures.entries()) if (i !== 3) place.write(`mine/all/${i}.jpeg`, content)
  expect((await place.run('adopt', 'images', '--from', 'mine')).exitCode).toBe(0)
  asked()
  expect((await place.run('build')).summary).toMatchObject({ failed: 0, exitCode: 0 })
  expect(asked()).toContain('/pack.zip whole')
  expect(Object.keys(place.tree())).toHaveLength(40)
  expect(place.tree()['images/all/3.jpeg']).toBe(sha256Of(noise('3')))
  expect((await place.run('build')).summary).toMatchObject({ ran: 0, requests: 0 })
})

test('a host without ranges: the number of files is all there is, and is said', async () => {
  const { place, host, asked } = await world()
  host.serve('/pack.zip', archive, { does: 'no-ranges' })
  lay(place, 'mine', [3])
  const refused = await place.run('adopt', 'images', '--from', 'mine')
  expect(refused).toMatchObject({ exitCode: 1, codes: ['no-proof'] })
  expect(place.tree()).toEqual({})
  lay(place, 'mine')
  const ran = await place.run('adopt', 'images', '--from', 'mine')
  expect(ran).toMatchObject({ exitCode: 0 })
  expect(adopted(ran)).toMatchObject({ adopted: { files: 40 }, proofs: ['count'] })
  asked()
  expect((await place.run('build')).summary).toMatchObject({ ran: 0, requests: 0 })
  // Ranges came back; how large the archive is nobody knew.
  host.serve('/pack.zip', archive)
  rmSync(join(place.root, 'images/3.jpg'))
  expect(foretold(await place.run('build', '-n')).steps[1]).toMatchObject({ download: null })
  expect((await place.run('build')).summary).toMatchObject({ repaired: 1, filesWritten: 1, exitCode: 0 })
  expect(asked()).toEqual([...directory, positions(3)])
  expect(place.tree()).toEqual(tree)
})

test('with rename a number of files proves nothing, and nobody is told to write one down', async () => {
  const { place, host } = await world({ more: `${rename}, expect: { files: 40 }` })
  host.serve('/pack.zip', archive, { does: 'no-ranges' })
  for (const [i, { content }] of pictures.entries()) place.write(`mine/all/${i}.jpeg`, content)
  const refused = await place.run('adopt', 'images', '--from', 'mine')
  expect(refused).toMatchObject({ exitCode: 1, codes: ['no-proof'] })
  expectGolden('cli/no-proof.renamed', refused.diagnostics)
})

test('an archive that changed since its directory was read is fetched whole, and is what counts', async () => {
  const { place, host, asked } = await world()
  lay(place, 'mine', [3])
  await place.run('adopt', 'images', '--from', 'mine')
  const other = zipOf(
    pictures.map(({ name, content }, i) => ({ name, content: i === 3 ? noise('new 3') : content })),
  )
  host.serve('/pack.zip', other, { does: 'tagged', etag: '"other"' })
  asked()
  expect((await place.run('build')).summary).toMatchObject({ failed: 0, exitCode: 0 })
  expect(asked()).toContain('/pack.zip whole')
  expect(place.tree()).toEqual({ ...tree, 'images/3.jpg': sha256Of(noise('new 3')) })
  expect((await place.run('build')).summary).toMatchObject({ ran: 0, requests: 0 })
})

test('the lock file learns nothing of an archive that nobody read', async () => {
  const { place } = await world()
  lay(place, 'mine', [3])
  await place.run('adopt', 'images', '--from', 'mine')
  await place.run('lock')
  expect(place.read('datasets.lock.yaml')).not.toContain('000000')
  expect((await place.run('build')).summary).toMatchObject({ filesWritten: 1, exitCode: 0 })
  expect(place.read('datasets.lock.yaml')).not.toContain('000000')
})

test('whatever made it: the record of another playground vouches for tars and renamed files, too', async () => {
  const first = ground()
  const spec = `targets:
  tar: { sources: [{ url: "${first.folder}/pack.tar" }], expect: { files: 2 } }
  renamed: { sources: [{ url: "${first.folder}/pack.zip" }], rename: [{ match: '*.png', to: '{stem}.jpg' }] }
`
  first.write(
    'pack.tar',
    tarOf([
      { name: 'a.jpg', content: 'a' },
      { name: 'b.jpg', content: 'b' },
    ]),
  )
  first.write(
    'pack.zip',
    zipOf([
      { name: 'c.png', content: 'c' },
      { name: 'd.jpg', content: 'd' },
    ]),
  )
  first.spec(spec)
  expect((await first.run('build')).exitCode).toBe(0)
  const second = ground()
  second.spec(spec)
  for (const target of ['tar', 'renamed']) {
    const ran = await second.run('adopt', target, '--from', join(first.root, target), '--link', 'copy')
    expect(adopted(ran)).toMatchObject({ adopted: { files: 2 }, proofs: ['record'], read: { files: 0 } })
  }
  expect((await second.run('build')).summary).toMatchObject({ ran: 0, requests: 0 })
  expect(second.tree()).toEqual(first.tree())
})

test('a tar has no directory: its number of files, or nothing', async () => {
  const place = ground()
  place.write('pack.tar', tarOf([{ name: 'a.jpg', content: 'a' }]))
  const spec = (more: string): void =>
    place.spec(`targets: { images: { sources: [{ url: pack.tar }]${more} } }\n`)
  spec('')
  place.write('mine/a.jpg', 'a')
  const refused = await place.run('adopt', 'images', '--from', 'mine')
  expect(refused).toMatchObject({ exitCode: 1, codes: ['no-proof'] })
  expectGolden('cli/no-proof', refused.diagnostics)
  spec(', expect: { files: 1 }')
  const ran = await place.run('adopt', 'images', '--from', 'mine')
  expect(adopted(ran)).toMatchObject({ proofs: ['count'] })
  const log = await place.text('why', 'images')
  expect(log.exitCode).toBe(0)
  expect(log.stdout).toContain('checked: count only')
})

test('offline only archives of this machine tell anything', async () => {
  const { place, asked } = await world({ more: '' })
  lay(place, 'mine')
  const refused = await place.run('adopt', 'images', '--from', 'mine', '--offline')
  expect(refused).toMatchObject({ exitCode: 1, codes: ['offline', 'no-proof'] })
  expect(asked()).toEqual([])
  place.write('pack.zip', archive)
  place.spec('targets: { images: { sources: [{ url: pack.zip, unzip: { root: images } }] } }\n')
  const ran = await place.run('adopt', 'images', '--from', 'mine', '--offline')
  expect(adopted(ran)).toMatchObject({ adopted: { files: 40 }, proofs: ['directory'] })
  expect((await place.run('build')).summary).toMatchObject({ ran: 0 })
})

test('files that are pinned are taken by their digest, others are left to a build', async () => {
  const [place, host] = [ground(), await mirror()]
  const records = JSON.stringify([{ id: 1, image: 'a.jpg' }])
  host.serve('/notes.json', Buffer.from(records))
  host.serve('/LICENSE', Buffer.from('MIT\n'))
  place.spec(`targets:
  notes:
    sources:
      - { url: "${host.url}/notes.json", sha256: ${sha256Of(records)}, json: { records: 1 } }
      - { url: "${host.url}/LICENSE", file: LICENSE.txt }
`)
  place.write('mine/notes.json', records)
  place.write('mine/LICENSE.txt', 'MIT\n')
  const ran = await place.run('adopt', 'notes', '--from', 'mine')
  expect(ran).toMatchObject({ exitCode: 0, summary: { failed: 0 } })
  expect(adopted(ran)).toMatchObject({ adopted: { files: 1 }, proofs: ['pin'], left: ['notes/LICENSE.txt'] })
  expect(host.requests).toEqual([])
  expect(place.tree()).toEqual({ 'notes/notes.json': sha256Of(records) })
  expect((await place.run('build')).summary).toMatchObject({ ran: 2, failed: 0 })
})
