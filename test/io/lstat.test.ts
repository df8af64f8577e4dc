/** What the system's own call tells against what Node tells. */

import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { type Lstat, lstatFor } from '../../lib/io/lstat.ts'

const folder = mkdtempSync(join(tmpdir(), 'groundwork-lstat-'))
afterAll(() => rmSync(folder, { recursive: true }))
const at = (name: string): string => join(folder, name)
writeFileSync(at('file'), 'content')
writeFileSync(at('old-ÿ-名'), 'of 1903')
utimesSync(at('old-ÿ-名'), -2_114_380_800.25, -2_114_380_800.25)
mkdirSync(at('folder'))
symlinkSync('file', at('link'))
symlinkSync('nowhere', at('dangling'))
for (const made of ['a/deep', 'a/deep-er', 'b']) {
  mkdirSync(at(made), { recursive: true })
  for (let i = 0; i < 9; i += 1) writeFileSync(at(`${made}/${i}`), 'x'.repeat(made.length * i))
}

/** As many looks as there are paths, below the folder, in one column as a manifest has them. */
function looks(lstat: Lstat, paths: readonly string[], throughLinks = false): readonly unknown[] {
  const column = Buffer.from(paths.join(''))
  let end = 0
  return paths.map(path => {
    const from = end
    end += Buffer.byteLength(path)
    if (!lstat.look(column, from, end, throughLinks)) return undefined
    const { isFile, isFolder, size, mtimeMs, ctimeMs, ino } = lstat
    return { isFile, isFolder, size, mtimeMs, ctimeMs, ino }
  })
}

function byNode(path: string): unknown {
  const stats = lstatSync(at(path), { throwIfNoEntry: false })
  if (stats === undefined) return undefined
  const { size, mtimeMs, ctimeMs, ino } = stats
  return { isFile: stats.isFile(), isFolder: stats.isDirectory(), size, mtimeMs, ctimeMs, ino }
}

const openIn = (place: string): number =>
  readdirSync('/proc/self/fd').filter(handle => {
    try {
      return readlinkSync(`/proc/self/fd/${handle}`).startsWith(place)
    } catch {
      return false
    }
  }).length

function entered(files: number): Lstat {
  const lstat = lstatFor(files)
  lstat.enter(folder)
  return lstat
}

test.each([
  ['through Node', 1],
  ['through the system, where it can be reached', 1e6],
])('%s: files, folders, links, odd times, nothing', (_, files) => {
  const lstat = entered(files)
  const there = ['file', 'old-ÿ-名', 'folder', 'link', 'dangling']
  expect(looks(lstat, there)).toEqual(there.map(byNode))
  expect(looks(lstat, ['nothing', 'b/nothing', 'no/thing'])).toEqual([undefined, undefined, undefined])
  for (const name of ['file/below', 'link/below']) expect(looks(lstat, [name])).toEqual([undefined])
  for (const name of ['x'.repeat(300), 'x'.repeat(5000), 'x/'.repeat(3000)])
    expect(() => looks(lstat, [name])).toThrow('ENAMETOOLONG')
})

test.each([1, 1e6])('what cannot be looked at is named, from an open folder too (%d)', files => {
  const lstat = entered(files)
  const name = `b/${'x'.repeat(300)}`
  expect(() => looks(lstat, [name])).toThrow(`'${at(name)}'`)
  const after = ['b/1', 'b/2', 'b/3', 'b/4', 'b/5', name]
  expect(() => looks(lstat, after)).toThrow(`'${at(name)}'`)
  lstat.leave()
})

test.each([1, 1e6])('many files in a row in one folder, and in others between (%d)', files => {
  const lstat = entered(files)
  const own = (top: string): readonly string[] => Array.from({ length: 12 }, (_, i) => `${top}/${i}`)
  const paths = [
    ...own('a/deep'),
    ...own('a/deep-er'),
    ...own('b'),
    ...own('gone'),
    ...own('file'),
    ...own('a/deep'),
    'file',
    ...own('b'),
  ]
  expect(looks(lstat, paths)).toEqual(
    paths.map(path => (path.startsWith('file/') ? undefined : byNode(path))),
  )
  const tops = ['file', 'link', 'dangling', 'folder', 'nothing', 'old-ÿ-名', 'a', '']
  expect(looks(lstat, tops).slice(0, -1)).toEqual(tops.slice(0, -1).map(byNode))
  expect(looks(lstat, tops).at(-1)).toMatchObject({ isFolder: true })
  // The same bytes below another folder.
  lstat.enter(at('a/'))
  expect(looks(lstat, own('deep'))).toEqual(own('a/deep').map(byNode))
  lstat.leave()
})

test('no folder stays open behind the next, or behind the end', () => {
  if (process.platform !== 'linux') return
  const lstat = entered(1e6)
  looks(
    lstat,
    Array.from({ length: 9 }, (_, i) => `a/deep/${i}`),
  )
  expect(openIn(folder)).toBe(1)
  looks(
    lstat,
    Array.from({ length: 9 }, (_, i) => `b/${i}`),
  )
  expect(openIn(folder)).toBe(1)
  lstat.leave()
  expect(openIn(folder)).toBe(0)
})

test.each([1, 1e6])('a folder that may be gone through but not be listed shows its files (%d)', files => {
  mkdirSync(at('shut'), { recursive: true })
  const names = Array.from({ length: 9 }, (_, i) => `shut/${i}`)
  for (const name of names) writeFileSync(at(name), name)
  chmodSync(at('shut'), 0o100)
  const lstat = entered(files)
  expect(looks(lstat, names)).toEqual(names.map(byNode))
  lstat.leave()
  chmodSync(at('shut'), 0o700)
})

test.each([1, 1e6])('links are followed where that is wanted (%d)', files => {
  const lstat = entered(files)
  const names = ['link', 'dangling', 'link', 'link', 'link', 'link']
  const seen = looks(lstat, names, true)
  expect(seen[0]).toMatchObject({ isFile: true, ino: lstatSync(at('file')).ino })
  expect(seen).toEqual([seen[0], undefined, seen[0], seen[0], seen[0], seen[0]])
  lstat.leave()
})

test('one tells of thousands on Linux without an object each', () => {
  if (process.platform !== 'linux') return
  expect(lstatFor(1e6).constructor).not.toBe(lstatFor(1).constructor)
})
