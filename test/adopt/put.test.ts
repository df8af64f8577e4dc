/** The ways to give a file a second place, and what is told where one cannot be. */

import { lstatSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { Putter } from '../../lib/run/adopt/put.ts'
import { expectGolden, problemOf } from '../rig/golden.ts'

function folder(): (name: string) => string {
  const path = mkdtempSync(join(tmpdir(), 'groundwork-put-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  writeFileSync(join(path, 'a'), 'mine')
  return name => join(path, name)
}

test('the cheapest way that works is taken, and told', () => {
  const at = folder()
  const putter = new Putter(undefined)
  putter.put(at('a'), at('b'))
  putter.put(at('a'), at('c'))
  const [mode, ...others] = [...putter.counts]
  expect(others).toEqual([])
  expect(['reflink', 'hard']).toContain(mode?.[0])
  expect(mode?.[1]).toBe(2)
  expect(readFileSync(at('c'), 'utf8')).toBe('mine')
})

test('a link of a person gets what it leads to a second name, not itself', () => {
  const at = folder()
  symlinkSync(at('a'), at('link'))
  new Putter('hard').put(at('link'), at('b'))
  expect(lstatSync(at('b')).ino).toBe(lstatSync(at('a')).ino)
})

// Another filesystem, on every Linux.
const elsewhere = '/proc/version'

test.runIf(process.platform === 'linux')(
  'between filesystems: a copy, unless a link was asked for',
  async () => {
    const at = folder()
    const putter = new Putter(undefined)
    putter.put(elsewhere, at('b'))
    expect([...putter.counts]).toEqual([['copy', 1]])
    const problem = await problemOf(() =>
      Promise.resolve().then(() => new Putter('hard').put(elsewhere, at('c'))),
    )
    expectGolden('adopt/cannot-link', problem)
  },
)
