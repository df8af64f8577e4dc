/** Archives that were split into parts and joined again, by us and by the programs that people split them with. */

import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { RandomAccess } from '../../lib/io/zip/random-access.ts'
import { partStarts, readPartSizes, writePartSizes } from '../../lib/model/part-sizes.ts'
import { splitZipOf, type ZipPart } from '../rig/zips.ts'
import { contents, inMemory } from './rig.ts'

const inParts = (parts: readonly Buffer[]): RandomAccess =>
  Object.assign(inMemory(Buffer.concat(parts)), { parts: parts.map(({ length }) => length) })

const listOf = (files: ReadonlyMap<string, Buffer>): Readonly<Record<string, string>> =>
  Object.fromEntries([...files].map(([path, content]) => [path, content.toString('latin1')]))

test('cut anywhere before its last records, an archive gives what it held', async () => {
  const files: readonly ZipPart[] = [1, 2, 3, 4].map(i => ({
    name: `images/${i}.jpg`,
    content: `${i}`.repeat(50 * i),
    method: i % 2 === 0 ? 8 : 0,
  }))
  const whole = Buffer.concat(splitZipOf(files, []))
  const expected = Object.fromEntries(files.map(({ name, content }) => [name, content]))
  const cuts = fc.uniqueArray(fc.integer({ min: 5, max: whole.length - 22 }), { maxLength: 6 })
  await fc.assert(
    fc.asyncProperty(cuts, async at => {
      const parts = splitZipOf(
        files,
        at.toSorted((a, b) => a - b),
      )
      expect(listOf(await contents(inParts(parts)))).toEqual(expected)
    }),
  )
})

const has = (program: string): boolean => spawnSync(program, ['--help']).error === undefined

/** Bytes that do not compress, the same each time. */
const noise = (seed: number): Buffer =>
  createHash('shake256', { outputLength: 60_000 }).update(`${seed}`).digest()

function folderOfFiles(): { readonly folder: string; readonly files: ReadonlyMap<string, Buffer> } {
  const folder = mkdtempSync(join(tmpdir(), 'groundwork-split-'))
  const files = new Map([1, 2, 3, 4].map(i => [`${i}.jpg`, noise(i)]))
  for (const [name, content] of files) writeFileSync(join(folder, name), content)
  return { folder, files }
}

/** In the order in which a spec would list them: the one ending in .zip last. */
const partsIn = (folder: string): readonly Buffer[] =>
  readdirSync(folder)
    .filter(name => /\.(z\d+|zip|\d+)$/.test(name))
    .toSorted()
    .map(name => readFileSync(join(folder, name)))

describe('what programs split', () => {
  test.skipIf(!has('zip'))('zip -s', async () => {
    const { folder, files } = folderOfFiles()
    await execa('zip', ['-q', '-s', '64k', 'a.zip', ...files.keys()], { cwd: folder })
    const parts = partsIn(folder)
    expect(parts).toHaveLength(4)
    expect(listOf(await contents(inParts(parts)))).toEqual(listOf(files))
  })

  test.skipIf(!has('7z'))('7z -v: pieces of a whole archive', async () => {
    const { folder, files } = folderOfFiles()
    await execa('7z', ['a', '-tzip', '-v64k', 'a.zip', ...files.keys()], { cwd: folder })
    const parts = partsIn(folder)
    expect(parts).toHaveLength(4)
    expect(listOf(await contents(inParts(parts)))).toEqual(listOf(files))
  })
})

test('the sizes of parts are written down shortly, and read again', () => {
  expect(writePartSizes([1000, 1000, 500])).toBe('2*1000 500')
  expect(partStarts([1000, 1000, 500])).toEqual([0, 1000, 2000])
  const sizes = fc.array(fc.constantFrom(0, 1, 65_536, 2 ** 40), { minLength: 1 })
  fc.assert(
    fc.property(sizes, parts => {
      expect(readPartSizes(writePartSizes(parts))).toEqual(parts)
    }),
  )
})

test.each([undefined, 7, '', 'x', '2*', '1000000*1', '1  2'])('%j tells no sizes', text => {
  expect(readPartSizes(text)).toBeUndefined()
})
