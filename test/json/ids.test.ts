/** Ids that several records share or that are of several types: what is found, and what a user reads. */

import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { recordsOf } from '../../lib/io/json-stream.ts'
import { Ids } from '../../tasks/json/ids.ts'
import { json } from '../../tasks/json.ts'
import { expectGolden } from '../rig/golden.ts'
import { fileInput, type TestBench, testBench } from '../rig/workbench.ts'
import { borders, chunksOf } from './chunks.ts'

interface Asked {
  readonly cuts?: readonly number[]
  readonly name?: string
  readonly most?: number
}

async function idsIn(text: string, { cuts = [], name = 'x.json', most }: Asked = {}): Promise<Ids> {
  const ids = new Ids(most)
  for await (const batch of recordsOf(chunksOf(Buffer.from(text), cuts), { name })) ids.add(batch)
  return ids
}

const arrayOf = (...ids: readonly string[]): string => `[${ids.map(id => `{"id":${id}}`).join(', ')}]`

describe('which records share an id', () => {
  const value = fc.oneof(
    fc.constantFrom('', 'a', 'b', '1', '-1', 'caf\u00e9', 'a"b', 0, 1, -1, 2 ** 53, 1.5, null, true, [1], {}),
    fc.string({ unit: 'binary' }),
  )
  const record = fc.option(fc.record({ id: value }, { requiredKeys: [] }), { nil: 7 })

  test('as a map says that has them all, wherever chunks end', () =>
    fc.assert(
      fc.asyncProperty(fc.array(record, { maxLength: 40 }), borders, async (records, cuts) => {
        const found = records.map(each => (typeof each === 'object' ? each.id : undefined))
        const given = found.filter(id => id !== undefined && id !== null)
        const comparable = given.filter(id => typeof id === 'string' || typeof id === 'number')
        const shared = [...new Set(comparable)].filter(id => comparable.filter(x => x === id).length > 1)
        const ids = await idsIn(JSON.stringify(records), { cuts })
        expect(ids.repeats).toBe(comparable.length - new Set(comparable).size)
        expect(ids.shared).toBe(shared.length)
        expect(ids.without).toBe(records.length - given.length)
        expect(ids.types.reduce((sum, { count }) => sum + count, 0)).toBe(given.length)
      }),
    ))

  test.each([
    ['a text and a number are two', ['"1"', '1'], 0],
    ['also those whose digits are the same but for a bit', ['"1"', '0'], 0],
    ['however a number is written', ['1', '1.0', '1e0', '10e-1'], 3],
    ['zero has no sign', ['0', '-0', '-0.0'], 2],
    ['long numbers are not rounded', ['12345678901234567890', '12345678901234567891'], 0],
    ['and found again', ['12345678901234567890', '12345678901234567890'], 1],
    ['numbers beyond all that is known', ['1e999', '2e999', '1e999'], 1],
    ['however a text is written', ['"a"', String.raw`"\u0061"`], 1],
    ['of other values nobody asks', ['[1]', '[1]', 'true', 'true', 'null', 'null'], 0],
  ])('%s', async (_, written, repeats) => {
    expect((await idsIn(arrayOf(...written))).repeats).toBe(repeats)
  })

  test('of JSON lines too; the names of an object of records are no ids', async () => {
    expect((await idsIn('{"id":1}\n{"id":1}\n', { name: 'x.jsonl' })).repeats).toBe(1)
    const named = await idsIn('{"a":{"id":1},"b":{"id":1},"c":{"id":"1"}}')
    expect([named.repeats, named.types]).toEqual([0, []])
  })

  test('examples have their first records, and say how many more there are', async () => {
    const { examples, shared } = await idsIn(arrayOf(...'1213141516'.split(''), '1', '7', '7'))
    expect(examples).toEqual([
      { id: '1', records: [1, 3, 5, 7], count: 6 },
      { id: '7', records: [12, 13], count: 2 },
    ])
    expect(shared).toBe(2)
  })

  test('among so many that the memory of them grows, each once', async () => {
    const many = Array.from({ length: 100_000 }, (_, i) => `"${i % 99_990}"`)
    const { repeats, shared, examples, types } = await idsIn(arrayOf(...many))
    expect([repeats, shared]).toEqual([10, 10])
    expect(examples[4]).toEqual({ id: '"4"', records: [5, 99_995], count: 2 })
    expect(types).toEqual([{ type: 'string', count: 100_000, record: 1 }])
  })

  test('more than are remembered are held against those that are', async () => {
    const ids = await idsIn(arrayOf('1', '2', '3', '4', '4', '1'), { most: 3 })
    expect([ids.repeats, ids.isFull]).toEqual([1, true])
  })

  test('a record that is too long to be held is not asked', async () => {
    const ids = await idsIn(`[{"id":1,"x":"${'x'.repeat(1 << 24)}"},{"id":1}]`)
    expect([ids.unseen, ids.repeats]).toEqual([1, 0])
  })
})

async function told(text: string, params: object = {}): Promise<TestBench> {
  const path = join(mkdtempSync(join(tmpdir(), 'groundwork-ids-')), 'download')
  writeFileSync(path, text)
  const bench = testBench({ inputs: [fileInput(path, Buffer.byteLength(text), 'ab'.repeat(32))] })
  const asked = { target: 'llava/llava_sft', fileName: 'mix665k.json', from: 'download:1', bytes: undefined }
  await json.run({ ...asked, ...params }, bench)
  return bench
}

describe('what a user reads', () => {
  const digits = Array.from({ length: 9 }, (_, i) => `"00000000000${i}"`)

  test('ids that come twice', async () => {
    const text = arrayOf(...digits, ...digits, ...digits.slice(0, 7), '"00000000000"', '"once"', 'null')
    const bench = await told(text)
    expectGolden('json/duplicate-ids', bench.told)
    expect([...bench.recorded.keys()]).toEqual(['mix665k.json'])
  })

  test('one id that comes twice, and is long', async () => {
    const long = `"${'caf\u00e9/'.repeat(40)}"`
    expectGolden('json/duplicate-ids.long', (await told(arrayOf(long, '1', long))).told.slice(0, 1))
  })

  test('ids of several types', async () => {
    expectGolden('json/mixed-ids', (await told(arrayOf(...digits, '7', '8'))).told)
    const mixed = await told(arrayOf('7', 'true', '[8]', '9'), { castsIds: true })
    expectGolden('json/mixed-ids.others', mixed.told)
  })

  test('nothing of types where what is made of it has one', async () => {
    expect((await told(arrayOf('"1"', '2'), { castsIds: true })).told).toEqual([])
    expect(json.source?.params(requestOf({ cast_id: 'string' }))).toMatchObject({ castsIds: true })
  })

  test('nothing where ids are as they should be, or there are none', async () => {
    expect((await told(arrayOf(...digits))).told).toEqual([])
    expect((await told('[{"image":"a"},{"image":"a"},1]')).told).toEqual([])
  })
})

const requestOf = (written: unknown): Parameters<NonNullable<typeof json.source>['params']>[0] => ({
  target: 'llava/llava_sft',
  written,
  from: 'download:1',
  fileName: 'mix665k.json',
  size: undefined,
  sha256: undefined,
  expectedFiles: undefined,
  part: undefined,
  placeOf: () => ({ file: 'datasets.yaml', line: 1, column: 1, length: 1 }),
})
