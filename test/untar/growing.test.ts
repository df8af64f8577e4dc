/** An archive that is unpacked while it arrives: fed by the test, step by step, without a clock. */

import { appendFileSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test, vi } from 'vitest'
import { Growing } from '../../lib/io/growing.ts'
import { findProgram } from '../../lib/io/programs.ts'
import { BegunAnew, Forsaken } from '../../lib/model/growing-file.ts'
import type { Input } from '../../lib/model/task.ts'
import { unpack } from '../../tasks/untar/unpack.ts'
import { files } from '../rig/parts.ts'
import { tarOf } from '../rig/tars.ts'
import { fileInput, type TestBench, testBench } from '../rig/workbench.ts'
import { compress, paramsOf, staged } from './rig.ts'

const parts = [...files('a'), { name: 'large', content: 'x'.repeat(2_000_000) }, ...files('b', 'c')]
const archive = tarOf(parts)
const tree = Object.fromEntries(parts.map(({ name, content }) => [name, content]))

interface Feed {
  readonly file: Growing
  readonly bench: TestBench
  readonly ended: Promise<unknown>
  /** Up to so many bytes are there. */
  readonly feed: (bytes: number) => void
  /** Resolves when the files are there and no more is asked for. */
  readonly has: (...names: readonly string[]) => Promise<void>
}

function unpacking(content: Buffer, { isPinned = false, spent = 0 } = {}): Feed {
  const path = join(mkdtempSync(join(tmpdir(), 'groundwork-growing-')), 'images.tar')
  writeFileSync(path, '')
  const file = new Growing(path)
  file.spend(spent)
  const given = fileInput(path, 0, '')
  const pinned = { artifact: { ...given.artifact, pins: { sha256: '00' } } }
  const input: Input = { ...given, ...(isPinned && pinned), growing: file.read() }
  const bench = testBench({ inputs: [input] })
  let fed = 0
  return {
    file,
    bench,
    ended: unpack(paramsOf(), bench).catch((error: unknown) => error),
    feed: bytes => {
      appendFileSync(path, content.subarray(fed, bytes))
      fed = bytes
      file.reach(bytes)
    },
    has: (...names) => vi.waitFor(() => expect(Object.keys(staged(bench))).toEqual(names)),
  }
}

test('entries are unpacked as they pass, and recorded at the end', async () => {
  const { file, bench, ended, feed, has } = unpacking(archive)
  feed(10)
  feed(1024)
  await has('a')
  expect(file.passed).toBeGreaterThanOrEqual(1024)
  feed(archive.length - 1024)
  await has('a', 'b', 'c', 'large')
  expect(bench.recorded.size).toBe(0)
  feed(archive.length)
  file.end()
  expect(await ended).toBeUndefined()
  expect(staged(bench)).toEqual(tree)
  expect(bench.recorded.size).toBe(4)
  expect(file.passed).toBe(archive.length)
})

test('the last byte is enough: who proves the file may wait for who reads it', async () => {
  const { file, bench, ended, feed } = unpacking(archive)
  file.measure(archive.length)
  feed(archive.length)
  expect(await ended).toBeUndefined()
  expect(file.isRead).toBe(true)
  expect(staged(bench)).toEqual(tree)
})

test('what was given back before is asked for again, by another attempt', async () => {
  const { file, ended, feed } = unpacking(archive, { spent: 1024 })
  feed(4096)
  await vi.waitFor(() => expect(file.isRegretted).toBe(true))
  file.beginAnew()
  expect(await ended).toBeInstanceOf(BegunAnew)
})

test('in the smallest of pieces', async () => {
  const small = tarOf(files('a', 'b'))
  const { file, bench, ended, feed } = unpacking(small)
  for (let bytes = 1; bytes <= small.length; bytes += 31) {
    feed(bytes)
    await vi.waitFor(() => expect(file.passed).toBe(bytes), { interval: 0 })
  }
  feed(small.length)
  file.end()
  expect(await ended).toBeUndefined()
  expect(staged(bench)).toEqual({ a: 'a', b: 'b' })
})

const compressed: readonly (readonly [string, boolean, () => Promise<Buffer>])[] = [
  ['gzip', true, () => Promise.resolve(gzipSync(archive))],
  ['xz', findProgram(['xz']) !== undefined, () => compress(archive, 'xz')],
  ['zstd', findProgram(['zstd']) !== undefined, () => compress(archive, 'zstd')],
]

for (const [name, isThere, make] of compressed)
  test.skipIf(!isThere)(`compressed with ${name}, in two halves`, async () => {
    const packed = await make()
    const { file, bench, ended, feed } = unpacking(packed)
    feed(packed.length >> 1)
    await vi.waitFor(() => expect(file.passed).toBe(packed.length >> 1))
    feed(packed.length)
    file.end()
    expect(await ended).toBeUndefined()
    expect(staged(bench)).toEqual(tree)
  })

test.each([
  ['tar', archive],
  ['gzip', gzipSync(archive)],
])('another version of a file of %s ends the attempt, of which nothing is recorded', async (_, content) => {
  const { file, bench, ended, feed } = unpacking(content)
  feed(1500)
  await vi.waitFor(() => expect(file.passed).toBe(1500))
  file.beginAnew()
  expect(await ended).toBeInstanceOf(BegunAnew)
  expect(bench.recorded.size).toBe(0)
})

test('a download that fails is told as it is, not as damage', async () => {
  const { file, ended, feed } = unpacking(gzipSync(archive))
  feed(1500)
  await vi.waitFor(() => expect(file.passed).toBe(1500))
  file.fail(new Forsaken('the host is gone'))
  expect(await ended).toBeInstanceOf(Forsaken)
})

test('damage of a pinned file is only told when the file is the one that was wanted', async () => {
  const broken = Buffer.concat([archive.subarray(0, 1024), Buffer.alloc(2048, 7)])
  const wrong = unpacking(broken, { isPinned: true })
  wrong.feed(broken.length)
  await wrong.has('a')
  wrong.file.beginAnew()
  expect(await wrong.ended).toBeInstanceOf(BegunAnew)
  const right = unpacking(broken, { isPinned: true })
  right.feed(broken.length)
  right.file.end()
  expect(await right.ended).toMatchObject({ code: 'corrupt-tar' })
})

test('damage of a file that nothing pins is told at once', async () => {
  const broken = Buffer.concat([archive.subarray(0, 1024), Buffer.alloc(2048, 7)])
  const { ended, feed } = unpacking(broken)
  feed(broken.length)
  expect(await ended).toMatchObject({ code: 'corrupt-tar' })
})

test('who waits for bytes stops when the run does', async () => {
  const control = new AbortController()
  const path = join(mkdtempSync(join(tmpdir(), 'groundwork-growing-')), 'images.tar.xz')
  writeFileSync(path, Buffer.from('fd377a585a000004', 'hex'))
  const file = new Growing(path)
  file.reach(8)
  const growing = file.read()
  const bench = testBench({ inputs: [{ ...fileInput(path, 0, ''), growing }], signal: control.signal })
  const ended = unpack(paramsOf(), bench).catch((error: unknown) => error)
  await Promise.resolve()
  control.abort(new Error('enough'))
  expect(await ended).toMatchObject({ message: 'enough' })
})
