/** Files that lie on disk already are taken over, held against what they should be; a build fetches only the rest. */

import { lstatSync, mkdirSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import type { Mirror } from '../../demo/mirror.ts'
import { expectGolden } from '../rig/golden.ts'
import { expectContract, type Ground, ground, mirror, type Ran, sha256Of } from '../rig/playground.ts'
import { tarOf } from '../rig/tars.ts'
import { zipOf } from '../rig/zips.ts'
import { archive, fileBytes, foretold, noise, pictures, positions, tail, tree } from './pieces.ts'

interface World {
  readonly place: Ground
  readonly host: Mirror
  /** Ranges asked since the last call, in order, with who was asked. */
  readonly asked: () => readonly string[]
}

const specOf = (url: string, { pins = '', more = '' } = {}): string =>
  `targets: { images: { sources: [{ url: "${url}/pack.zip"${pins}, unzip: { root: images } }]${more} } }\n`

async function world(wanted: { pins?: string; more?: string } = {}): Promise<World> {
  const [place, host] = [ground(), await mirror()]
  place.spec(specOf(host.url, { more: ', expect: { files: 40 }', ...wanted }))
  host.serve('/pack.zip', archive)
  let seen = 0
  const asked = (): readonly string[] => {
    const lines = host.requests.slice(seen).map(({ path, range }) => `${path} ${range ?? 'whole'}`)
    seen = host.requests.length
    return lines
  }
  return { place, host, asked }
}

/** Lays the pictures down in a folder, without those of `without`. */
function lay(place: Ground, folder: string, without: readonly number[] = []): void {
  for (const [i, { content }] of pictures.entries())
    if (!without.includes(i)) place.write(`${folder}/${i}.jpg`, content)
}

/** How large it is, and its end. */
const directory = ['/pack.zip bytes=0-0', tail]

const adopted = (ran: Ran) => ran.events.find(({ event }) => event === 'adopted')
const listing = (folder: string): readonly string[] =>
  Array.from({ length: 40 }, (_, i) => {
    const { ino, size, mtimeMs, mode } = statSync(join(folder, `${i}.jpg`))
    return `${ino} ${size} ${mtimeMs} ${mode}`
  })

test('all files are there: only the directory is asked for, and the next build does nothing', async () => {
  const { place, asked } = await world()
  lay(place, 'mine')
  const before = listing(join(place.folder, 'mine'))
  const ran = await place.run('adopt', 'images', '--from', 'mine')
  expectContract(ran)
  expect(ran).toMatchObject({ exitCode: 0, codes: [] })
  expect(asked()).toEqual(directory)
  expect(adopted(ran)).toMatchObject({
    target: 'images',
    adopted: { files: 40, bytes: 40 * fileBytes },
    inPlace: 0,
    missing: { files: 0 },
    different: { files: 0 },
    extra: { files: 0 },
    read: { files: 40 },
    believed: 0,
    proofs: ['directory'],
  })
  expect(ran.started).toEqual(['expect:images'])
  const built = await place.run('build')
  expect(built.summary).toMatchObject({ ran: 0, requests: 0, exitCode: 0 })
  expect(asked()).toEqual([])
  expect(place.tree()).toEqual(tree)
  expect(listing(join(place.folder, 'mine'))).toEqual(before)
  expect((await place.run('verify')).exitCode).toBe(0)
})

test.each(['', `, sha256: "${sha256Of(archive)}", size: ${archive.length}`])(
  'three are missing: a build fetches their ranges and nothing else %s',
  async pins => {
    const { place, asked } = await world({ pins })
    lay(place, 'mine', [3, 4, 20])
    const ran = await place.run('adopt', 'images', '--from', 'mine')
    expect(ran.exitCode).toBe(0)
    expect(adopted(ran)).toMatchObject({
      adopted: { files: 37 },
      missing: {
        files: 3,
        bytes: 3 * fileBytes,
        paths: expect.arrayContaining(['3.jpg', '4.jpg', '20.jpg']),
      },
    })
    expect(ran.started).toEqual([])
    asked()
    const plan = foretold(await place.run('build', '--dry-run'))
    expect(plan.steps.map(({ kind, verdict }) => `${kind} ${verdict}`)).toEqual([
      'download fresh',
      'unzip stale',
      'expect stale',
    ])
    const built = await place.run('build')
    expect(asked().toSorted()).toEqual([tail, positions(20), positions(3, 4)].toSorted())
    expect(built.summary).toMatchObject({ repaired: 1, filesWritten: 3, failed: 0, exitCode: 0 })
    expect(place.tree()).toEqual(tree)
    expect((await place.run('build')).summary).toMatchObject({ ran: 0, requests: 0 })
    expect((await place.run('verify')).exitCode).toBe(0)
  },
)

test('most are missing: still only those are fetched', async () => {
  const { place, asked } = await world()
  const there = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]
  lay(
    place,
    'mine',
    Array.from({ length: 40 }, (_, i) => i).filter(i => !there.includes(i)),
  )
  await place.run('adopt', 'images', '--from', 'mine')
  asked()
  const built = await place.run('build')
  expect(asked().every(line => !line.endsWith('whole'))).toBe(true)
  expect(built.summary).toMatchObject({ filesWritten: 28, exitCode: 0 })
  expect(place.tree()).toEqual(tree)
})

test('other bytes of the same size are not taken, and named; strangers are counted', async () => {
  const { place } = await world()
  lay(place, 'mine')
  place.write('mine/7.jpg', noise('other 7'))
  place.write('mine/8.jpg', 'short')
  place.write('mine/notes/mine.txt', 'mine')
  const { stdout } = await place.text('adopt', 'images', '--from', 'mine', '--dry-run')
  expect(stdout).toContain('38 of 40 files')
  expect(stdout).toContain('2 files (524 kB), not taken: 7.jpg, 8.jpg')
  expect(stdout).toContain('1 file, left where they are: notes/mine.txt')
  expect(place.tree()).toEqual({})
  const ran = await place.run('adopt', 'images', '--from', 'mine')
  expect(adopted(ran)).toMatchObject({
    adopted: { files: 38 },
    different: { files: 2, paths: ['7.jpg', '8.jpg'] },
    extra: { files: 1, paths: ['notes/mine.txt'] },
  })
  expect(ran.exitCode).toBe(0)
  expect(Object.keys(place.tree())).toHaveLength(38)
  expect((await place.run('build')).summary).toMatchObject({ filesWritten: 2, exitCode: 0 })
  expect(place.tree()).toEqual(tree)
  expect(readFileSync(join(place.folder, 'mine/7.jpg'))).toEqual(noise('other 7'))
})

test('files in place: recorded where they lie, and what is wrong is moved aside by the build', async () => {
  const { place, asked } = await world()
  lay(place, 'data/images', [5])
  place.write('data/images/7.jpg', noise('other 7'))
  const before = place.listing()
  const ran = await place.run('adopt', 'images')
  expect(adopted(ran)).toMatchObject({
    adopted: { files: 38 },
    inPlace: 38,
    missing: { files: 1, paths: ['5.jpg'] },
    different: { files: 1, paths: ['7.jpg'] },
  })
  expect(place.listing()).toMatchObject({ ...before, images: expect.any(String) })
  expect(place.tree()['images/7.jpg']).toBe(sha256Of(noise('other 7')))
  // By their records alone they are not all there either.
  expect(foretold(await place.run('build', '-n', '--check', 'record')).steps[1]).toMatchObject({
    verdict: 'stale',
  })
  asked()
  const built = await place.run('build')
  expect(built.codes).toEqual(['edited-by-hand'])
  expect(asked().toSorted()).toEqual([tail, positions(5), positions(7)].toSorted())
  expect(place.tree()).toEqual(tree)
})

test('again from another folder: what was missing is taken from there', async () => {
  const { place, asked } = await world()
  lay(place, 'first', [5, 6])
  lay(place, 'second')
  await place.run('adopt', 'images', '--from', 'first')
  const ran = await place.run('adopt', 'images', '--from', 'second')
  // What lies in place is known by the record.
  expect(adopted(ran)).toMatchObject({
    adopted: { files: 40 },
    inPlace: 38,
    believed: 38,
    read: { files: 2 },
  })
  asked()
  expect((await place.run('build')).summary).toMatchObject({ ran: 0, requests: 0 })
})

test.each(['hard', 'symlink', 'copy'] as const)('--link %s', async link => {
  const { place } = await world()
  lay(place, 'mine', [3])
  const ran = await place.run('adopt', 'images', '--from', 'mine', '--link', link)
  expect(adopted(ran)).toMatchObject({ put: { [link]: 39 } })
  const [ours, theirs] = [join(place.root, 'images/4.jpg'), join(place.folder, 'mine/4.jpg')]
  expect(lstatSync(ours).isSymbolicLink()).toBe(link === 'symlink')
  expect(statSync(ours).ino === statSync(theirs).ino).toBe(link !== 'copy')
  const built = await place.run('build')
  expect(built).toMatchObject({ codes: [], summary: { filesWritten: 1, exitCode: 0 } })
  expect((await place.run('build')).summary).toMatchObject({ ran: 0, requests: 0 })
  expect((await place.run('build', '--check', 'hash')).summary).toMatchObject({ ran: 0, requests: 0 })
  expect(place.tree()).toEqual(tree)
  // A repair replaces the file in the playground, and never writes through a link.
  rmSync(ours)
  writeFileSync(ours, 'mine')
  await place.run('build')
  expect(place.tree()).toEqual(tree)
  expect(readFileSync(theirs)).toEqual(noise('4'))
  await place.run('clean', 'images')
  expect(readFileSync(theirs)).toEqual(noise('4'))
})

test('a file that was linked and is edited where it came from is seen, and comes back without a write to it', async () => {
  const { place } = await world()
  lay(place, 'mine')
  await place.run('adopt', 'images', '--from', 'mine', '--link', 'hard')
  writeFileSync(join(place.folder, 'mine/4.jpg'), 'edited')
  const built = await place.run('build')
  expect(built).toMatchObject({ codes: ['edited-by-hand'], summary: { repaired: 1, exitCode: 0 } })
  expect(place.tree()).toEqual(tree)
  expect(readFileSync(join(place.folder, 'mine/4.jpg'), 'utf8')).toBe('edited')
})

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
  const { place } = await world({ more: rename })
  for (const [i, { content }] of pictures.entries()) if (i !== 3) place.write(`mine/all/${i}.jpeg`, content)
  expect((await place.run('adopt', 'images', '--from', 'mine')).exitCode).toBe(0)
  expect((await place.run('build')).summary).toMatchObject({ failed: 0, exitCode: 0 })
  expect(Object.keys(place.tree())).toHaveLength(40)
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

test('all targets below a folder, in place: one inside of another is no stranger there', async () => {
  const { place, host } = await world()
  place.spec(`targets:
  coco: { sources: [{ url: "${host.url}/notes.txt", sha256: ${sha256Of('notes')}, file: notes.txt }] }
  coco/images: { sources: [{ url: "${host.url}/pack.zip", unzip: { root: images } }] }
  coco/gone: { sources: [{ url: "${host.url}/gone.zip" }] }
`)
  place.write('data/coco/notes.txt', 'notes')
  lay(place, 'data/coco/images')
  const ran = await place.run('adopt', 'coco')
  // What cannot be for one of them does not keep the others from it.
  expect(ran).toMatchObject({ exitCode: 1, codes: ['not-found', 'no-proof'] })
  expect(ran.events.filter(({ event }) => event === 'adopted')).toMatchObject([
    { target: 'coco', adopted: { files: 1 }, inPlace: 1, extra: { files: 0 } },
    { target: 'coco/images', adopted: { files: 40 }, inPlace: 40, extra: { files: 0 } },
  ])
  expect((await place.run('build', 'coco/images')).summary).toMatchObject({ ran: 0, requests: 0 })
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

test('nothing of the target lies there, or in a folder of it', async () => {
  const { place } = await world()
  lay(place, 'mine/images')
  const refused = await place.run('adopt', 'images', '--from', 'mine')
  expect(refused).toMatchObject({ exitCode: 1, codes: ['nothing-adopted'] })
  expectGolden('cli/nothing-adopted', refused.diagnostics)
  mkdirSync(join(place.folder, 'empty'))
  expect(await place.run('adopt', 'images', '--from', 'empty')).toMatchObject({ codes: ['nothing-adopted'] })
  expect(place.tree()).toEqual({})
})

test('what cannot be asked for', async () => {
  const { place } = await world()
  for (const words of [
    ['adopt'],
    ['adopt', 'images', '--from', 'nowhere'],
    ['adopt', 'images', '--link', 'soft'],
    ['adopt', 'images', '--locked'],
    ['adopt', 'images', '--only-needed'],
  ])
    expect(await place.run(...words), words.join(' ')).toMatchObject({ exitCode: 2, codes: ['bad-usage'] })
  place.spec('targets: { a/b: { sources: [{ url: a.zip }] }, a/c: { sources: [{ url: b.zip }] } }\n')
  expect(await place.run('adopt', 'a', '--from', dirname(realpathSync(place.folder)))).toMatchObject({
    exitCode: 2,
    codes: ['bad-usage'],
  })
})
