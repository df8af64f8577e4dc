/** An archive that several threads unpack: whatever ends it, all is closed, and what is recorded is there. */

import { createHash, randomBytes } from 'node:crypto'
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { Extraction } from '../../lib/io/unpacking/extraction.ts'
import { errorOf, failureOf } from '../../lib/io/unpacking/failure.ts'
import { Selection } from '../../lib/io/unpacking/selection.ts'
import { overHandle } from '../../lib/io/zip/random-access.ts'
import { openZip } from '../../lib/io/zip.ts'
import { Problem } from '../../lib/model/problem.ts'
import { type TestBench, testBench } from '../rig/workbench.ts'
import { writeZip, type ZipPart, zipOf } from '../rig/zips.ts'
import { staged, stagedPath, unpack } from './rig.ts'

const noise = randomBytes(200_000)

/** 24 MB: more than is unpacked without threads. The middle one is `wrong`. */
const partsWith = (wrong: Partial<ZipPart> = {}): readonly ZipPart[] =>
  Array.from({ length: 120 }, (_, i) => ({
    name: `${i < 100 ? 'early' : 'late'}/${i}`,
    content: Buffer.concat([Buffer.from(`${i}`), noise]),
    method: i % 2 === 0 ? 8 : 0,
    ...(i === 60 && wrong),
  }))
const parts = partsWith()
const large: ZipPart = { name: 'large', content: Buffer.concat(Array(100).fill(noise)), method: 8 }

/** Files of tests that are open, in this thread or another one. Where nobody tells, none. */
const openFiles = (): readonly string[] =>
  (existsSync('/proc/self/fd') ? readdirSync('/proc/self/fd') : [])
    .map(handle => {
      try {
        return readlinkSync(`/proc/self/fd/${handle}`)
      } catch {
        return ''
      }
    })
    .filter(path => path.startsWith(join(tmpdir(), 'groundwork-')))

const benches: TestBench[] = []
afterEach(() => benches.splice(0).forEach(({ staging }) => rmSync(dirname(staging), { recursive: true })))

function benchWith(overrides: Parameters<typeof testBench>[0] = {}): TestBench {
  const bench = testBench(overrides)
  benches.push(bench)
  return bench
}

/** What is recorded lies there, and is what was packed. */
function expectTrueRecords(bench: TestBench, given = parts): void {
  const there = new Set(staged(bench))
  for (const [path, { sha256 }] of bench.recorded) {
    expect(there).toContain(path)
    const content = given.find(({ name }) => name === path)?.content as Buffer
    expect(readFileSync(stagedPath(bench, path)).equals(content), path).toBe(true)
    expect(sha256).toBe(createHash('sha256').update(content).digest('hex'))
  }
}

describe('threads', () => {
  test('unpack everything, and leave nothing open', async () => {
    const bench = benchWith()
    expect((await unpack(zipOf([...parts, large]), { bench })).problem).toBeUndefined()
    expect(bench.recorded.size).toBe(parts.length + 1)
    expectTrueRecords(bench, [...parts, large])
    expect(openFiles()).toEqual([])
  })

  test.each<[string, Partial<ZipPart>]>([
    ['crc-mismatch', { says: { crc32: 1 } }],
    ['entry-size-mismatch', { says: { bytes: 200_001 } }],
    ['entry-header-mismatch', { local: { name: 'early/61' } }],
    ['corrupt-zip', { packed: Buffer.alloc(100_000, 7) }],
  ])('%s in the middle', async (code, wrong) => {
    const bench = benchWith()
    const { problem } = await unpack(zipOf(partsWith(wrong)), { bench })
    expect(problem?.code).toBe(code)
    expect(problem?.diagnostics[0]?.evidence?.[0]).toEqual({ label: 'entry', text: 'early/60' })
    expect(staged(bench)).not.toContain('early/60')
    expectTrueRecords(bench)
    expect(openFiles()).toEqual([])
  })

  test('damage in the middle of a large one leaves nothing of it', async () => {
    const bench = benchWith()
    const { problem } = await unpack(zipOf([{ ...large, says: { crc32: 1 } }]), { bench })
    expect(problem?.code).toBe('crc-mismatch')
    expect(staged(bench)).toEqual([])
  })

  test('a file that stands in the way', async () => {
    const bench = benchWith()
    mkdirSync(stagedPath(bench, 'early/60'), { recursive: true })
    await expect(unpack(zipOf(parts), { bench })).rejects.toMatchObject({ code: 'EEXIST' })
    expectTrueRecords(bench)
    expect(openFiles()).toEqual([])
  })

  test('a folder that vanishes', async () => {
    const bench: TestBench = benchWith({
      progress: () => rmSync(stagedPath(bench, 'late'), { recursive: true, force: true }),
    })
    await expect(unpack(zipOf(parts), { bench })).rejects.toMatchObject({
      code: 'ENOENT',
      message: expect.stringContaining('late/') as string,
    })
    expectTrueRecords(bench)
    expect(openFiles()).toEqual([])
  })

  test.each([
    ['many', parts],
    ['a large one', [large]],
  ])('told to stop in the middle of %s', async (_, given) => {
    const control = new AbortController()
    const bench = benchWith({
      signal: control.signal,
      progress: () => control.abort(new Error('enough')),
    })
    await expect(unpack(zipOf(given), { bench })).rejects.toThrow('enough')
    expect(bench.recorded.size).toBeLessThan(parts.length)
    expectTrueRecords(bench, given)
    expect(staged(bench)).toEqual([...bench.recorded.keys()].toSorted())
    expect(openFiles()).toEqual([])
  })

  test('two archives at once, one of them damaged', async () => {
    const [good, bad] = [benchWith(), benchWith()]
    const [whole, broken] = await Promise.all([
      unpack(zipOf(parts), { bench: good }),
      unpack(zipOf(partsWith({ says: { crc32: 1 } })), { bench: bad }),
    ])
    expect(whole.problem).toBeUndefined()
    expect(broken.problem?.code).toBe('crc-mismatch')
    expect(good.recorded.size).toBe(parts.length)
    expectTrueRecords(good)
    expectTrueRecords(bad)
  })
})

test('one that is stopped writes no more of a large entry', async () => {
  const bench = benchWith()
  const handle = openSync(writeZip(dirname(bench.staging), zipOf([large])), 'r')
  try {
    const directory = await openZip(overHandle(handle, 'images.zip'))
    const selection = Selection.below(directory, () => true)
    let pieces = 0
    const job = { handle, selection: selection.columns, folder: bench.staging }
    const extraction = new Extraction(job, () => {
      pieces += 1
      extraction.stop()
    })
    await expect(extraction.unpack({ from: 0, to: 1 })).rejects.toThrow()
    expect(pieces).toBeLessThan(5)
    expect(staged(bench)).toEqual([])
  } finally {
    closeSync(handle)
  }
})

describe('an error that crosses from a thread', () => {
  const cross = (error: unknown): Error => errorOf(structuredClone(failureOf(error)))

  test.each(['ENOSPC', 'EDQUOT', 'ENOENT'])('%s stays what it is', code => {
    const error = Object.assign(new Error(`${code}: told to fail`), { code })
    expect(cross(error)).toMatchObject({ code, message: error.message, stack: error.stack })
  })

  test('a problem stays one, with all that it says', () => {
    const problem = new Problem(
      {
        code: 'crc-mismatch',
        message: 'Damaged.',
        evidence: [{ label: 'entry', text: 'a' }],
        next: 'mend it.',
      },
      { code: 'entry-link', message: 'A link.' },
    )
    const crossed = cross(problem)
    expect(crossed).toBeInstanceOf(Problem)
    expect((crossed as Problem).diagnostics).toEqual(problem.diagnostics)
  })

  test('what is no error is told', () => {
    expect(cross('so what').message).toBe('so what')
  })
})
