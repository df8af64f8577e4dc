/** What the system's own call tells against what Node tells. */

import { lstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { lstatFor } from '../../lib/io/lstat.ts'

const folder = mkdtempSync(join(tmpdir(), 'groundwork-lstat-'))
afterAll(() => rmSync(folder, { recursive: true }))
const at = (name: string): string => join(folder, name)
writeFileSync(at('file'), 'content')
writeFileSync(at('old-ÿ-名'), 'of 1903')
utimesSync(at('old-ÿ-名'), -2_114_380_800.25, -2_114_380_800.25)
mkdirSync(at('folder'))
symlinkSync('file', at('link'))
symlinkSync('nowhere', at('dangling'))

test.each([
  ['through Node', 1],
  ['through the system, where it can be reached', 1e6],
])('%s: files, folders, links, odd times, nothing', (_, files) => {
  const lstat = lstatFor(files)
  for (const name of ['file', 'old-ÿ-名', 'folder', 'link', 'dangling']) {
    const { size, mtimeMs, ctimeMs, ino, ...stats } = lstatSync(at(name))
    expect(lstat.look(Buffer.from(`${at(name)}\0`), false)).toBe(true)
    expect({ ...lstat }).toMatchObject({
      size,
      mtimeMs,
      ctimeMs,
      ino,
      isFile: (stats.mode & 0o170000) === 0o100000,
    })
  }
  for (const name of ['nothing', 'file/below', 'link/below'])
    expect(lstat.look(Buffer.from(`${at(name)}\0`), false)).toBe(false)
  expect(() => lstat.look(Buffer.from(`${at('x'.repeat(300))}\0`), false)).toThrow('ENAMETOOLONG')
})

test.each([1, 1e6])('links are followed where that is wanted (%d)', files => {
  const lstat = lstatFor(files)
  expect(lstat.look(Buffer.from(`${at('link')}\0`), true)).toBe(true)
  expect(lstat).toMatchObject({ isFile: true, ino: lstatSync(at('file')).ino })
  expect(lstat.look(Buffer.from(`${at('dangling')}\0`), true)).toBe(false)
})

test('one tells of thousands on Linux without an object each', () => {
  if (process.platform !== 'linux') return
  expect(lstatFor(1e6).constructor).not.toBe(lstatFor(1).constructor)
})
