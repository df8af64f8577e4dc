/** What a user reads, whole, when a transform cannot do what is asked, or does less. */

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { TransformParams } from '../../tasks/transform/params.ts'
import { expectGolden, problemOf } from '../rig/golden.ts'
import { testBench } from '../rig/workbench.ts'
import { made, originals, place } from './rig.ts'

const many = Array.from({ length: 1001 }, (_, i) => `{"image":"${i}/a.jpg"}`).join(',')
const refused: Readonly<Record<string, readonly [Partial<TransformParams>, string]>> = {
  'record-too-long': [{}, `[{"id":1},{"text":"${'x'.repeat(2 ** 24)}"}]`],
  'too-many-splits': [{ split: true, as: 'mix.split', places: { split: place } }, `[${many}]`],
  'not-an-array': [{}, '{"B01": {"image": "a.jpg"}}'],
  'wrong-record-count': [
    { isMerge: true, originals: originals('a.json'), records: { count: 3, place } },
    '[{"id":1},{"id":2}]',
  ],
  'invalid-json': [{}, '[{"id":1},{"id":2]'],
}

test.each(Object.entries(refused))('%s', async (name, [params, text]) => {
  const bench = testBench()
  const problem = await problemOf(() => made(params, [text], { staging: bench.staging }))
  expect(problem.code).toBe(name)
  expectGolden(`transform/${name}`, problem)
})

test('a sample that is larger than the file is all of it, and said', async () => {
  const { files, bench } = await made({ sample: 5, places: { sample: place } }, ['[{"id":1},{"id":2}]'])
  expect(files).toEqual({ 'mix.clean.json': '[\n{"id":1},\n{"id":2}\n]\n' })
  expectGolden('transform/sample-too-large', bench.told)
})

test('a rule that changes nothing is said, but for one that another rule left nothing to', async () => {
  const rewrite = [
    { match: 'gif$', to: 'jpg' },
    { match: String.raw`\.png$`, to: '.jpg' },
  ]
  const places = { 'rewrite[1].match': place }
  const { bench } = await made({ rewrite, places }, ['[{"image":"a.gif"},{"image":"b.jpg"},{"id":3}]'])
  expectGolden('transform/bad-pattern', bench.told)
  expect((await made({ rewrite }, ['[{"id":3}]'])).bench.told).toEqual([])
})

test('what is ended by the user is ended at the next piece', async () => {
  const signal = AbortSignal.abort(new Error('enough'))
  const { staging } = testBench()
  await expect(made({}, ['[{"id":1}]'], { signal, staging })).rejects.toThrow('enough')
  expect(existsSync(join(staging, 'mix.clean.json'))).toBe(false)
})
