/** Entries that the directory does not name, wherever they stand: also behind what nobody unpacks. */

import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { Growing } from '../../lib/io/growing.ts'
import { ByteRanges } from '../../lib/model/byte-ranges.ts'
import { tailBytes } from '../../tasks/unzip/inner.ts'
import { unzip } from '../../tasks/unzip.ts'
import { fileInput, testBench } from '../rig/workbench.ts'
import { unnamedEntry, type ZipPart, zipOf } from '../rig/zips.ts'
import { type Asked, paramsOf, staged, stagedPath, unpack } from './rig.ts'

const hidden = unnamedEntry({ name: 'hidden', content: 'hidden' })
const folder = (name: string, more: Partial<ZipPart> = {}): ZipPart => ({ name, mode: 0o040755, ...more })
const one: ZipPart = { name: 'd/1', content: 'one' }
const two: ZipPart = { name: 'd/2', content: 'two', method: 8 }
const megabytes = Array.from({ length: 20 }, (_, i) => ({
  name: `m/${i}`,
  content: Buffer.alloc(1 << 20, i),
}))

describe('refuses', () => {
  type Row = [code: string, what: string, parts: readonly ZipPart[], asked?: Asked]
  const behind = { behind: hidden }
  test.each<Row>([
    ['entry-hidden', 'between two files', [{ ...one, ...behind }, two]],
    ['entry-hidden', 'behind the first folder', [folder('d/', behind), one]],
    ['entry-hidden', 'behind a folder in the middle', [one, folder('e/', behind), two]],
    ['entry-hidden', 'behind the last folder', [one, folder('e/', behind)]],
    ['entry-hidden', 'where there is nothing but folders', [folder('d/'), folder('e/', behind)]],
    ['entry-hidden', 'behind what a Mac adds', [{ name: '__MACOSX/._1', content: 'x', ...behind }, one]],
    [
      'entry-hidden',
      'behind a folder of the root',
      [folder('d/e/', behind), one],
      { written: { root: 'd' } },
    ],
    [
      'entry-hidden',
      'where threads unpack',
      [...megabytes, { ...one, ...behind }, ...megabytes.map(part => ({ ...part, name: `n${part.name}` }))],
    ],
    ['entry-header-mismatch', 'a folder that is a file', [folder('d/', { local: { name: 'd!' } }), one]],
    [
      'entry-header-mismatch',
      'a folder whose descriptor says that it holds bytes',
      [folder('d/', { descriptor: { says: { bytes: 6, compressedBytes: 6 } }, behind: 'hidden' }), one],
    ],
  ])('%s: %s', async (code, _, parts, asked) => {
    const { bench, problem } = await unpack(zipOf(parts), asked)
    expect(problem?.diagnostics.map(diagnostic => diagnostic.code)).toEqual([code])
    expect(bench.recorded.size).toBeLessThan(parts.length)
  })

  test('in an archive that arrives, as soon as what is hidden has come', async () => {
    const archive = zipOf([folder('d/', { behind: hidden }), one, ...megabytes])
    const { file, ended } = arriving(archive)
    file.reach(4096)
    expect(await ended).toMatchObject({ code: 'entry-hidden' })
  })
})

describe('does not mind', () => {
  test('what stands outside of the root', async () => {
    const parts = [{ name: 'a/1', behind: hidden }, folder('a/', { behind: hidden }), one]
    const { bench, problem } = await unpack(zipOf(parts), { written: { root: 'd' } })
    expect(problem).toBeUndefined()
    expect(staged(bench)).toEqual(['1'])
  })

  test('an archive that arrives, with folders everywhere', async () => {
    const archive = zipOf([folder('m/'), ...megabytes, folder('d/'), one, two, folder('e/')])
    const { file, bench, ended } = arriving(archive)
    for (let at = 0; at < archive.length; at += 3 << 20) {
      file.reach(at)
      await setImmediate()
    }
    file.reach(archive.length)
    file.end()
    expect(await ended).toBeUndefined()
    expect(staged(bench)).toHaveLength(megabytes.length + 2)
    expect(file.passed).toBe(archive.indexOf('PK\x01\x02'))
  })

  test('what an earlier attempt has passed, whose bytes are gone', async () => {
    const archive = zipOf([folder('d/'), one, folder('e/'), two, folder('f/')])
    const gone = Buffer.from(archive).fill(0, 4, archive.indexOf('e/') - 40)
    const bench = testBench()
    mkdirSync(stagedPath(bench, 'd'))
    writeFileSync(stagedPath(bench, 'd/1'), 'one')
    const { problem } = await unpack(gone, { bench: { staging: bench.staging } })
    expect(problem).toBeUndefined()
    expect(staged(bench)).toEqual(['d/1', 'd/2'])
  })
})

/** An archive of which the end is there, and the rest comes when it is told to. */
function arriving(content: Buffer) {
  const path = join(mkdtempSync(join(tmpdir(), 'groundwork-growing-')), 'images.zip')
  writeFileSync(path, content)
  const end = content.length - tailBytes
  const written = new ByteRanges([[end, content.length]])
  const file = new Growing(path, written)
  file.measure(content.length)
  const growing = file.read()
  const bench = testBench({ inputs: [{ ...fileInput(path, 0, ''), growing }] })
  const ended = unzip.run(paramsOf(), bench).catch((error: unknown) => error)
  return { file, bench, ended }
}
