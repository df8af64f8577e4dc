/** What lies at a path, through links that lead somewhere, nowhere, or to themselves. */

import { lstatSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { look, lookThrough, realPlace } from '../../lib/io/disk.ts'

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'groundwork-disk-')))
afterAll(() => rmSync(folder, { recursive: true }))
const at = (name: string): string => join(folder, name)
writeFileSync(at('file'), 'content')
mkdirSync(at('folder'))
symlinkSync('file', at('link'))
symlinkSync('folder', at('there'))
symlinkSync('nowhere', at('dangling'))
symlinkSync('file/below', at('into-a-file'))
symlinkSync('loop', at('loop'))

test('a link is a link, and through it lies what it leads to', () => {
  const file = lstatSync(at('file'))
  expect(lookThrough(at('file'))).toEqual(file)
  expect(lookThrough(at('link'))).toEqual(file)
  expect(look(at('link'))?.isSymbolicLink()).toBe(true)
  for (const name of ['dangling', 'into-a-file', 'loop']) {
    expect(look(at(name))?.isSymbolicLink(), name).toBe(true)
    expect(lookThrough(at(name)), name).toBeUndefined()
  }
  for (const name of ['nothing', 'file/below']) {
    expect(look(at(name)), name).toBeUndefined()
    expect(lookThrough(at(name)), name).toBeUndefined()
  }
  expect(() => look(at('x'.repeat(300)))).toThrow('ENAMETOOLONG')
  expect(() => lookThrough(at('x'.repeat(300)))).toThrow('ENAMETOOLONG')
})

test.each([
  ['there', 'folder'],
  ['there/a/b', 'folder/a/b'],
  ['nothing/a', 'nothing/a'],
  ['dangling/a', 'dangling/a'],
  ['', ''],
])('the real place of %j is %j', (name, real) => {
  expect(realPlace(at(name))).toBe(at(real))
})
