/** A thread that looks for records ahead gives what a reader without one gives, whoever is the slower of the two. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { execa } from 'execa'
import { afterAll, describe, expect, test } from 'vitest'
import { recordsAhead } from '../../lib/io/json/ahead.ts'
import type { Batch } from '../../lib/io/json/batch.ts'
import { type JsonReading, type JsonSummary, recordsHere } from '../../lib/io/json/reading.ts'

const folder = mkdtempSync(join(tmpdir(), 'groundwork-ahead-'))
afterAll(() => rmSync(folder, { recursive: true }))

type Reader = (path: string, reading?: JsonReading) => AsyncGenerator<Batch, JsonSummary>

interface Read {
  readonly records: readonly unknown[]
  readonly summary?: JsonSummary
  readonly error?: unknown
}

/** Everything that a batch tells of its records. */
function told(batch: Batch): readonly unknown[] {
  return Array.from({ length: batch.count }, (_, i) => ({
    number: batch.first + i,
    images: batch.images(i),
    ...(batch.passed
      ? {}
      : {
          key: batch.key(i),
          id: batch.id(i),
          line: batch.line[i],
          at: batch.offset + (batch.from[i] as number),
          text: batch.record(i).toString(),
        }),
  }))
}

async function readAll(reader: Reader, path: string, pause?: () => Promise<void>): Promise<Read> {
  const records: unknown[] = []
  const batches = reader(path)
  try {
    for (;;) {
      const { done, value } = await batches.next()
      if (done) return { records, summary: value }
      await pause?.()
      records.push(...told(value))
    }
  } catch (error) {
    return { records, error }
  }
}

function fileOf(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

const record = (i: number): object => ({
  id: i % 3 === 0 ? i : `a"${i}`,
  ...(i % 7 === 0
    ? {}
    : { image: i % 5 === 0 ? [`coco/${i}.jpg`, `gqa/é${i}.jpg`] : `coco/train2017/${i}.jpg` }),
  conversations: [{ from: 'human', value: `<image>\n${'What is this? '.repeat(i % 40)}` }],
})
const all = Array.from({ length: 9000 }, (_, i) => record(i))
const long = { id: 'long', image: ['a.jpg', 'b.jpg'], text: 'x'.repeat(17 << 20) }

const files: Readonly<Record<string, () => string>> = {
  'an array': () => JSON.stringify(all),
  'an indented array': () => JSON.stringify(all, undefined, 2),
  'records by key': () =>
    JSON.stringify(Object.fromEntries(all.map((each, i) => [`k${i}`, each])), undefined, 1),
  'one that is too long to be held, among others': () =>
    JSON.stringify([...all.slice(0, 50), long, ...all.slice(50, 99)]),
  'a record of three megabytes': () => JSON.stringify([all[1], { id: 1, text: 'y'.repeat(3 << 20) }, all[2]]),
  'no record': () => '[]',
  'no array': () => '7',
  'a comma too many': () => `${JSON.stringify(all).slice(0, -1)},]`,
  'a file that was cut': () => JSON.stringify(all).slice(0, -1000),
}

describe('as without a thread', () => {
  test.each(Object.entries(files))('%s', async (name, text) => {
    const path = fileOf(`${name}.json`, text())
    expect(await readAll(recordsAhead, path)).toEqual(await readAll(recordsHere, path))
  })

  test('a record a line', async () => {
    const path = fileOf('lines.jsonl', all.map(each => JSON.stringify(each)).join('\n'))
    expect(await readAll(recordsAhead, path)).toEqual(await readAll(recordsHere, path))
  })

  test('where each batch is worked with for long', async () => {
    const path = fileOf('slowly.json', JSON.stringify(all.slice(0, 5000), undefined, 8))
    expect(await readAll(recordsAhead, path, () => setTimeout(20))).toEqual(await readAll(recordsHere, path))
  })
})

test('a file that is not there is an error with its code', async () => {
  const { error } = await readAll(recordsAhead, join(folder, 'none.json'))
  expect(error).toMatchObject({ code: 'ENOENT' })
})

test('who stops asking stops the thread, also one that waits to be asked: the process ends', async () => {
  const records = fileOf('left.json', JSON.stringify([...all, ...all, ...all, ...all], undefined, 8))
  const door = new URL('../../lib/io/json/ahead.ts', import.meta.url).href
  const program = fileOf(
    'leaves.mts',
    `import { recordsAhead } from '${door}'
     for await (const { first } of recordsAhead(${JSON.stringify(records)})) {
       console.log(first)
       // All slots are full by then.
       await new Promise(resolve => setTimeout(resolve, 100))
       break
     }`,
  )
  const words = ['--import', import.meta.resolve('tsx'), program]
  expect((await execa(process.execPath, words, { timeout: 20_000 })).stdout).toBe('1')
})

test('what hears of the bytes can end it, and hears of all of them', async () => {
  const text = JSON.stringify(all)
  const path = fileOf('bytes.json', text)
  const heard: number[] = []
  for await (const _ of recordsAhead(path, { onBytes: read => heard.push(read) }));
  expect(heard.at(-1)).toBe(Buffer.byteLength(text))
  const onBytes = (): void => {
    throw new Error('enough')
  }
  const { error } = await readAll((file, reading) => recordsAhead(file, { ...reading, onBytes }), path)
  expect(error).toMatchObject({ message: 'enough' })
})
