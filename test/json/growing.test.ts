/** An annotation that is checked while it arrives: fed by the test, step by step, without a clock. */

import { appendFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { Growing } from '../../lib/io/growing.ts'
import type { JsonParams } from '../../lib/model/annotation.ts'
import { BegunAnew, Forsaken } from '../../lib/model/growing-file.ts'
import type { Input, Workbench } from '../../lib/model/task.ts'
import { json } from '../../tasks/json.ts'
import { fileInput, type TestBench, testBench } from '../rig/workbench.ts'

const place = { file: 'datasets.yaml', line: 31, column: 25, length: 6 }
const sha256 = '02ce5c49'.repeat(8)
const good = Buffer.from('[{"id":1},{"id":2},{"id":2}]')
const broken = Buffer.from('[{"id":1},{"id" 2},{"id":2}]')

interface Feed {
  readonly file: Growing
  readonly bench: TestBench
  readonly ended: Promise<unknown>
  /** Up to so many bytes are there. */
  readonly feed: (bytes: number) => void
  /** Resolves when it waits for the file to be whole and proven. */
  readonly awaitsEnd: () => Promise<void>
  /** Resolves when so many were read. */
  readonly has: (bytes: number) => Promise<void>
}

interface Asked {
  readonly isPinned?: boolean
  readonly params?: Partial<JsonParams>
  readonly bench?: Partial<Workbench>
  /** Of the file at its place. */
  readonly bytes?: number
}

function checking(content: Buffer, { isPinned = false, params = {}, bench = {}, bytes }: Asked = {}): Feed {
  const path = join(mkdtempSync(join(tmpdir(), 'groundwork-growing-')), 'mix.json')
  writeFileSync(path, '')
  const file = new Growing(path)
  const given = fileInput(path, bytes ?? content.length, sha256)
  const pinned = { artifact: { ...given.artifact, pins: { sha256 } } }
  const growing = file.read()
  const until = vi.spyOn(growing, 'until')
  const input: Input = {
    ...given,
    ...(isPinned && pinned),
    growing,
    manifest: fileInput(path, 0, '').manifest,
  }
  const whole = async (): Promise<Input> => {
    await growing.until(Number.POSITIVE_INFINITY)
    return given
  }
  let read = 0
  const progress = (done: number): void => void (read = done)
  const testing = testBench({ inputs: [input], whole, progress, ...bench })
  const asked = { target: 'notes', fileName: 'mix.json', from: 'download:1', bytes: undefined, ...params }
  let fed = 0
  return {
    file,
    bench: testing,
    ended: json.run(asked, testing).catch((error: unknown) => error),
    feed: upTo => {
      appendFileSync(path, content.subarray(fed, upTo))
      fed = upTo
      file.reach(upTo)
    },
    awaitsEnd: () => vi.waitFor(() => expect(until).toHaveBeenCalledWith(Number.POSITIVE_INFINITY)),
    has: bytes => vi.waitFor(() => expect(read).toBe(bytes)),
  }
}

test('records are checked as they come, and what lies there in the end is placed', async () => {
  const { file, bench, ended, feed, has } = checking(good, { params: { records: { count: 3, place } } })
  feed(12)
  await has(12)
  feed(good.length)
  await has(good.length)
  expect([...bench.recorded, ...bench.told]).toEqual([])
  file.end()
  expect(await ended).toBeUndefined()
  expect(readFileSync(join(bench.staging, 'mix.json'))).toEqual(good)
  expect([...bench.recorded]).toEqual([['mix.json', { bytes: good.length, sha256 }]])
  expect(bench.told.map(({ code }) => code)).toEqual(['duplicate-ids'])
})

test('a mistake in a file that nothing pins is told at once', async () => {
  const { ended, feed } = checking(broken)
  feed(20)
  expect(await ended).toMatchObject({ code: 'invalid-json' })
})

test('in one with a pin it is told when the file is the one that was wanted, else never', async () => {
  const wrong = checking(broken, { isPinned: true })
  wrong.feed(20)
  await wrong.awaitsEnd()
  wrong.file.beginAnew()
  expect(await wrong.ended).toBeInstanceOf(BegunAnew)
  const right = checking(broken, { isPinned: true })
  right.feed(broken.length)
  await right.awaitsEnd()
  right.file.end()
  expect(await right.ended).toMatchObject({ code: 'invalid-json' })
})

test.each([
  ['is cut', good.subarray(0, 20), 'invalid-json'],
  ['has no records', Buffer.from('"a book"'), 'not-an-array'],
  ['has another number of them', good, 'wrong-record-count'],
])(
  'a file that %s: the download is not stopped for it, so that it need not come again',
  async (_, content, code) => {
    const params = { records: { count: 4, place } }
    const { file, ended, feed, awaitsEnd } = checking(content, { params })
    file.measure(content.length)
    feed(content.length)
    await awaitsEnd()
    file.end()
    expect(await ended).toMatchObject({ code })
  },
)

test('another version of the file ends the attempt, of which nothing is told', async () => {
  const { file, bench, ended, feed, has } = checking(good)
  feed(good.length)
  await has(good.length)
  file.beginAnew()
  expect(await ended).toBeInstanceOf(BegunAnew)
  expect([...bench.recorded, ...bench.told]).toEqual([])
})

test('what is placed is what was read: where it is longer, it is read again', async () => {
  const { file, ended, feed } = checking(good, { bytes: good.length + 1 })
  file.measure(good.length)
  feed(good.length)
  file.end()
  expect(await ended).toBeInstanceOf(BegunAnew)
})

test('a download that fails is told as it is, not as a cut file', async () => {
  const { file, ended, feed, has } = checking(good)
  feed(20)
  await has(20)
  file.fail(new Forsaken('the host is gone'))
  expect(await ended).toBeInstanceOf(Forsaken)
})

test('where it turns out to be what lies there, it is kept', async () => {
  const previous = { manifest: fileInput('mix.json', good.length, sha256).manifest, fingerprint: [] }
  const { file, bench, ended, feed } = checking(good, { bench: { previous } })
  feed(good.length)
  file.end()
  expect(await ended).toBeUndefined()
  expect(bench.kept).toEqual(['mix.json'])
})

test('a sample is drawn from what has come, once it is all there', async () => {
  const { file, bench, ended, feed, has } = checking(good, { params: { sample: 2 } })
  feed(good.length)
  await has(good.length)
  expect([...bench.recorded]).toEqual([])
  file.end()
  expect(await ended).toBeUndefined()
  expect(bench.remarks).toEqual({ records: 2 })
})
