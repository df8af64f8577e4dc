/** What a user reads, whole, when an annotation file is refused. */

import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { JsonParams } from '../../lib/model/annotation.ts'
import { json } from '../../tasks/json.ts'
import { expectGolden, problemOf } from '../rig/golden.ts'
import { fileInput, testBench } from '../rig/workbench.ts'

const place = { file: 'datasets.yaml', line: 31, column: 25, length: 6 }
const params: JsonParams = {
  target: 'llava/llava_sft',
  fileName: 'mix665k.json',
  from: 'download:1',
  bytes: undefined,
  records: { count: 665_298, place },
}

const record = '{"id": "1", "image": "coco/1.jpg", "conversations": [{"from": "human", "value": "hi"}]}'
const refused: Readonly<Record<string, string | Buffer>> = {
  'invalid-json': `[${record},\n${record.replace('}]', '}')}]`,
  'invalid-json.between': `[${record},]`,
  'invalid-json.cut': `[${record}, ${record.slice(0, -9)}`,
  'invalid-json.cut-between': `[${record}, ${record}`,
  'invalid-json.empty': '',
  'invalid-json.html': '<!doctype html><title>Sign in</title>',
  'invalid-json.zip': Buffer.from('PK\x03\x04\x14\x00'),
  'invalid-json.gzip': Buffer.from([0x1f, 0x8b, 8, 0, 0]),
  'invalid-json.parquet': 'PAR1\x15\x04',
  'invalid-json.lfs': 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n',
  'invalid-json.bom': `\ufeff[${record}]`,
  'invalid-json.utf-16': Buffer.from(`\ufeff[${record}]`, 'utf16le'),
  'invalid-json.lines': `${record}\n${record.slice(0, -2)}\n${record}\n`,
  'invalid-json.lines-between': `${record}\n${record}, ${record}\n`,
  'invalid-json.values': `[${record}]\n[${record}]\n`,
  'invalid-json.python': '[{"score": NaN}]',
  'invalid-json.control': '[{"value": "two\u0007bells \u202e and\na line"}]',
  'invalid-json.not-utf-8': Buffer.from('[{"image": "caf\xe9.jpg"}]', 'latin1'),
  'invalid-json.deep': '['.repeat(20_000),
  'not-an-array': '"a book"',
  'not-an-array.null': 'null',
  'wrong-record-count': `[${record}, ${record}]`,
  'wrong-record-count.lines': `${record}\n${record}\n\n${record}`,
  'wrong-record-count.members': `{"B01": ${record}, "B02": ${record}}`,
  'wrong-record-count.more': `[${'0,'.repeat(665_298)}0]`,
}

/** By their names they have a record a line. */
const refusedLines: typeof refused = {
  'invalid-json.array': `[${record}, ${record}]\n`,
  'invalid-json.array-of-lines': `\n[\n${record},\n${record}\n]\n`,
  'invalid-json.array-cut': `[${record}, ${record}`,
  'invalid-json.array-wrong': `[${record} ${record}]\n`,
}

test.each([
  ...Object.entries(refused).map(each => [...each, params] as const),
  ...Object.entries(refusedLines).map(each => [...each, { ...params, fileName: 'mix665k.jsonl' }] as const),
])('%s', async (name, content, params) => {
  const path = join(mkdtempSync(join(tmpdir(), 'groundwork-json-')), 'download')
  writeFileSync(path, content)
  const sha256 = createHash('sha256').update(content).digest('hex')
  const bench = testBench({ inputs: [fileInput(path, Buffer.byteLength(content), sha256)] })
  const problem = await problemOf(() => json.run(params, bench))
  expect(problem.code).toBe(name.split('.')[0])
  expect(existsSync(join(bench.staging, params.fileName))).toBe(false)
  expectGolden(`json/${name}`, problem)
})

test.each([
  ['arrays, one a line', '[1, 2]\n[3]\n', 2],
  ['an array, and something else', '[1, 2]\n{}', 2],
  ['one record', record, 1],
])('JSON lines hold %s', async (_, content, records) => {
  const path = join(mkdtempSync(join(tmpdir(), 'groundwork-json-')), 'download')
  writeFileSync(path, content)
  const sha256 = createHash('sha256').update(content).digest('hex')
  const bench = testBench({ inputs: [fileInput(path, Buffer.byteLength(content), sha256)] })
  await json.run({ ...params, fileName: 'x.jsonl', records: { count: records, place } }, bench)
  expect(bench.remarks).toEqual({ records })
})
