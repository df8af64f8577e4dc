/** Files that lie on disk already are taken over; a build fetches only the rest. */

import { lstatSync, mkdirSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { expectGolden } from '../rig/golden.ts'
import { expectContract, sha256Of } from '../rig/playground.ts'
import { adopted, directory, lay, listing, world } from './adopt-world.ts'
import { archive, fileBytes, foretold, noise, positions, tail, tree } from './pieces.ts'

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

test('nothing comes from the folder, because all that is right lies in place: said so, with what is missing still', async () => {
  const { place } = await world()
  lay(place, 'mine/images')
  await place.run('build')
  const told = async (...words: string[]) => {
    const { stdout, exitCode } = await place.text('adopt', 'images', ...words)
    expect(exitCode).toBe(0)
    return stdout
  }
  const checked = (files: number) =>
    `  checked     by the record of a playground; ${files} files as recorded, not read\n`
  for (const folder of ['mine', 'mine/images'])
    expect(await told('--from', folder)).toBe(
      `images: whole already, 40 files (10.5 MB) in place; nothing was taken over from /project/${folder}.\n${checked(40)}`,
    )
  expect(await told('--from', 'mine', '--dry-run')).toContain(
    '; nothing would be taken over from /project/mine.\n',
  )
  // The target's own folder, as if it had not been named.
  const own = `images: 40 of 40 files (10.5 MB) taken over: 40 files in place.\n${checked(40)}`
  expect(await told('--from', 'data/images')).toBe(own)
  expect(await told()).toBe(own)

  rmSync(join(place.root, 'images/5.jpg'))
  const lacking = await told('--from', 'mine')
  expect(lacking).toMatch(
    /^images: nothing was taken over from \/project\/mine; 39 of 40 files \(10\.2 MB\) in place\.$/m,
  )
  expect(lacking).toMatch(/^ {2}missing {5}1 file \(262 kB\): 5\.jpg$/m)
  expect(lacking).toMatch(/^ {2}extra {7}40 files, left where they are: images\/0\.jpg, /m)
  expect(lacking).toContain('\nNext: npx tsx build images fetches the rest.\n')
  expect(await told('--from', 'mine/images', '--link', 'copy')).toContain(
    ' taken over from /project/mine/images: 1 file by copy, 39 files in place.\n',
  )
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

test('with `into` the folder is told below which the files lie as in the target', async () => {
  const { place, host } = await world()
  place.spec(`targets:
  coco/images: { sources: [{ url: "${host.url}/pack.zip", unzip: { root: images, into: all } }] }
`)
  lay(place, 'mine/coco/images/all')
  const refused = await place.run('adopt', 'coco/images', '--from', 'mine')
  expect(refused).toMatchObject({ exitCode: 1, codes: ['nothing-adopted'] })
  expect(refused.diagnostics[0]?.next).toMatch(/adopt coco\/images --from .*\/mine\/coco\/images$/)
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
