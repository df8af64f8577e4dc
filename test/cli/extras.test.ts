/** Files in targets that no record names: told by every verb that looks at trees, and left alone. */

import { mkdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ManifestBuilder } from '../../lib/model/manifest-builder.ts'
import { crowdOf } from '../../lib/run/strangers/crowd.ts'
import { expectGolden } from '../rig/golden.ts'
import { expectContract, type Ground, ground, type Ran, zip } from '../rig/playground.ts'

async function built(): Promise<Ground> {
  const place = ground()
  place.write('cats.zip', zip({ 'a.jpg': 'cat a', 'deep/down/b.jpg': 'cat b', 'deep/c.jpg': 'cat c' }))
  place.write('dogs.zip', zip({ 'a.jpg': 'dog a', 'b.jpg': 'dog b' }))
  place.write('notes.txt', 'notes')
  place.spec(`targets:
  cats: { sources: [{ url: cats.zip }, { url: notes.txt, file: deep/notes.txt }] }
  dogs: { sources: [{ url: dogs.zip }] }
`)
  expect(await place.run('build')).toMatchObject({ exitCode: 0, codes: [] })
  return place
}

const add = (place: Ground, ...paths: readonly string[]): void => {
  for (const path of paths) {
    mkdirSync(join(place.root, path, '..'), { recursive: true })
    writeFileSync(join(place.root, path), 'by hand')
  }
}

const told = ({ diagnostics }: Ran) => diagnostics.map(({ subject, message }) => `${subject}: ${message}`)

const oneInCats = ['cats: 1 file here is named by no record.']

test('build, its dry run, status and verify tell of them; nothing is written, and only prune --extra removes them', async () => {
  const place = await built()
  // Within the same tick, as far as that can be had.
  add(place, 'cats/deep/mine.txt')
  const before = place.listing()
  for (const words of [['build'], ['build', '--dry-run'], ['status'], ['verify'], ['build', 'cats']]) {
    const ran = await place.run(...words)
    expectContract(ran)
    expect(ran, words.join(' ')).toMatchObject({ exitCode: 0, codes: ['extra-files'] })
    expect(told(ran)).toEqual(oneInCats)
  }
  expect(await place.run('build', 'dogs')).toMatchObject({ exitCode: 0, codes: [] })
  expect(await place.run('build', '--check', 'record')).toMatchObject({ exitCode: 0, codes: [] })
  expect(place.listing()).toEqual(before)

  add(place, 'cats/a/b/c.txt', 'cats/.hidden', 'cats/x1', 'cats/x2', 'cats/x3', 'dogs/too.jpg')
  const ran = await place.run('build')
  expect(told(ran)).toEqual([
    'cats: 6 files here are named by no record.',
    'dogs: 1 file here is named by no record.',
  ])
  expectGolden('cli/extra-files', ran.diagnostics)

  await place.run('prune', '--extra', '--yes')
  const after = place.listing()
  expect(await place.run('build')).toMatchObject({ exitCode: 0, codes: [], summary: { ran: 0 } })
  expect(place.listing()).toEqual(after)
})

test('a build that does something tells of them at its end, and the next one again', async () => {
  const place = await built()
  add(place, 'cats/mine.txt')
  rmSync(join(place.root, 'cats/a.jpg'))
  const repaired = await place.run('build')
  expect(repaired).toMatchObject({ exitCode: 0, codes: ['extra-files'], summary: { repaired: 1 } })
  expect(told(repaired)).toEqual(oneInCats)
  expect(told(await place.run('build'))).toEqual(oneInCats)
})

test('a folder with as many names as it has to have is looked at all the same where one of them is missing', async () => {
  const place = await built()
  renameSync(join(place.root, 'dogs/a.jpg'), join(place.root, 'dogs/A.jpg'))
  const status = await place.run('status')
  expect(told(status)).toEqual(['dogs: 1 file here is named by no record.'])
  expect(told(await place.run('build'))).toEqual(['dogs: 1 file here is named by no record.'])
})

test('they are told where others are missing or edited: in the same folder, in a folder in the place of a file, below one that is gone', async () => {
  const place = await built()
  rmSync(join(place.root, 'cats/deep/down'), { recursive: true })
  add(place, 'cats/deep/c1.txt', 'cats/deep/c2.txt')
  rmSync(join(place.root, 'dogs/a.jpg'))
  add(place, 'dogs/a.jpg/mine.txt')
  expect(told(await place.run('status'))).toEqual([
    'cats: 2 files here are named by no record.',
    'dogs: 1 file here is named by no record.',
  ])
})

test('names that are missing are not waited for in their folder', () => {
  const builder = new ManifestBuilder()
  for (const path of ['a.jpg', 'x/b.jpg', 'x/c.jpg']) builder.add(path, 1, '1'.repeat(64))
  const manifest = builder.finish('tree')
  const holding = { at: 'top', form: 'tree' as const, manifest: () => manifest }
  const crowd = crowdOf('top', { holdings: [holding], lacking: ['top/x/c.jpg'], inner: [] })
  expect(crowd).toEqual(
    new Map([
      ['top', 2],
      ['top/x', 1],
    ]),
  )
})

test('a folder whose times were set back is not taken for the one of before', async () => {
  const place = await built()
  const folder = join(place.root, 'cats/deep')
  const { atime, mtime } = statSync(folder)
  add(place, 'cats/deep/mine.txt')
  utimesSync(folder, atime, mtime)
  expect(told(await place.run('build'))).toEqual(oneInCats)
})

test('where something is not built, nobody knows what is strange', async () => {
  const place = ground()
  place.spec('targets:\n  cats: { sources: [{ url: cats.zip }] }\n')
  add(place, 'cats/mine.txt')
  expect((await place.run('status')).codes).toEqual([])
})

test('the names in a folder, by the records, are those that a tree has', () => {
  const segment = fc.constantFrom('a', 'b', 'c', 'a b', 'ä', 'a.b')
  const path = fc.array(segment, { minLength: 1, maxLength: 4 }).map(names => `${names.join('/')}.jpg`)
  fc.assert(
    fc.property(fc.uniqueArray(path, { minLength: 1, maxLength: 40 }), paths => {
      const builder = new ManifestBuilder()
      for (const each of paths) builder.add(each, 1, '1'.repeat(64))
      const manifest = builder.finish('tree')
      const holding = { at: 'top', form: 'tree' as const, manifest: () => manifest }
      const wanted = new Map<string, Set<string>>([['top', new Set()]])
      for (const each of paths) {
        const names = `top/${each}`.split('/')
        for (let i = 1; i < names.length; i += 1) {
          const folder = names.slice(0, i).join('/')
          wanted.set(folder, (wanted.get(folder) ?? new Set()).add(names[i] as string))
        }
      }
      const crowd = crowdOf('top', { holdings: [holding], lacking: [], inner: [] })
      expect(new Map([...wanted].map(([folder, names]) => [folder, names.size]))).toEqual(new Map(crowd))
    }),
  )
})
