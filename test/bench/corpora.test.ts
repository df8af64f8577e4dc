/** The archives of the bench are sound, packed as JPEG files are, and the same each time. */

import { createHash } from 'node:crypto'
import { closeSync, mkdtempSync, openSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { type CentralDirectory, Open } from 'unzipper'
import { describe, expect, test } from 'vitest'
import {
  type Amounts,
  type Corpus,
  type CorpusName,
  corporaIn,
  forecast,
} from '../../bench/archive/corpora.ts'
import { writeZip } from '../../bench/archive/zip-file.ts'
import { overHandle } from '../../lib/io/zip/random-access.ts'
import { openZip, type ZipEntry } from '../../lib/io/zip.ts'

const amounts: Amounts = { large: 15e6, small: 300, entries: 70_000 }

const folder = (): string => mkdtempSync(join(tmpdir(), 'groundwork-corpora-'))
const make = (name: CorpusName): Promise<Corpus> => corporaIn(folder(), amounts)(name)

async function entriesOf(path: string): Promise<readonly ZipEntry[]> {
  const handle = openSync(path, 'r')
  try {
    const directory = await openZip(overHandle(handle, path))
    return Array.from({ length: directory.count }, (_, i) => directory.entry(i))
  } finally {
    closeSync(handle)
  }
}

async function expectSound({ files }: CentralDirectory): Promise<void> {
  for (const file of files.slice(0, 20)) expect(crc32(await file.buffer()), file.path).toBe(file.crc32)
}

describe('corpora', () => {
  test.each(['deflated', 'stored', 'small'] as const)('%s', async name => {
    const corpus = await make(name)
    const packed = readFileSync(corpus.path)
    expect(corpus.bytes).toBe(packed.length)
    expect(corpus.sha256).toBe(createHash('sha256').update(packed).digest('hex'))
    const directory = await Open.file(corpus.path)
    expect(directory.files).toHaveLength(corpus.files)
    expect(new Set(directory.files.map(({ path }) => path)).size).toBe(corpus.files)
    await expectSound(directory)
    const expected = forecast(name, amounts)
    expect(corpus.treeBytes).toBeLessThan(expected.tree.bytes * 1.1)
    expect(corpus.bytes).toBeLessThan(expected.archive.bytes * 1.1)
  })

  test('deflate gains little, and something', async () => {
    const entries = await entriesOf((await make('deflated')).path)
    const sum = (key: 'bytes' | 'compressedBytes'): number =>
      entries.reduce((total, entry) => total + entry[key], 0)
    const ratio = sum('compressedBytes') / sum('bytes')
    expect(ratio).toBeGreaterThan(0.9)
    expect(ratio).toBeLessThan(0.99)
  })

  test('the same each time', async () => {
    const [first, again] = [await make('small'), await make('small')]
    expect(again.sha256).toBe(first.sha256)
  })

  test('more entries than fit without ZIP64', async () => {
    const { path } = await make('directory')
    const entries = await entriesOf(path)
    expect(entries).toHaveLength(amounts.entries)
    expect(entries[0]?.path).toMatch(/^00000\/00000000\d\.jpg$/)
    expect(entries.at(-1)?.path).toMatch(/^00076\/00076\d{4}\.jpg$/)
    await expectSound(await Open.file(path))
  })
})

test('an archive without entries', async () => {
  const path = join(folder(), 'empty.zip')
  async function* nothing() {}
  expect((await writeZip(path, nothing())).bytes).toBe(22)
  expect(await entriesOf(path)).toEqual([])
})
