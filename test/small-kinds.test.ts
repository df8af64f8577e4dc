/** The kinds that place one file, and the one that counts: what they ask of a graph, and what they leave in staging. */

import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readAllowance } from '../lib/model/annotation.ts'
import type { TextGrammar } from '../lib/model/grammar.ts'
import type { SourceRequest } from '../lib/model/source-form.ts'
import type { Input } from '../lib/model/task.ts'
import { expect as expectKind } from '../tasks/expect.ts'
import { file } from '../tasks/file.ts'
import { json } from '../tasks/json.ts'
import { expectGolden, problemOf } from './rig/golden.ts'
import { fileInput, manifestOf, testBench } from './rig/workbench.ts'

const place = { file: 'datasets.yaml', line: 8, column: 21, length: 3 }
const sha256 = '02ce5c49'.repeat(8)

const request = (written?: unknown): SourceRequest => ({
  target: 'llava/sft',
  written,
  from: 'download:1',
  fileName: 'mix.json',
  size: 12,
  sha256,
  expectedFiles: undefined,
  part: undefined,
  placeOf: () => place,
})

function downloaded(content: string): Input {
  const path = join(mkdtempSync(join(tmpdir(), 'groundwork-kinds-')), 'download')
  writeFileSync(path, content)
  return fileInput(path, Buffer.byteLength(content), sha256)
}

const inode = (path: string): number => statSync(path).ino

describe('json', () => {
  const paramsOf = (written?: unknown) => json.source?.params(request(written))

  test.each([
    [undefined, {}],
    [{ records: 5 }, { records: { count: 5, place } }],
    [{ images: '/' }, { images: '', places: { images: place } }],
    [{ images: '/coco/' }, { images: 'coco', places: { images: place } }],
    [{ images: './images' }, { images: 'llava/sft/images', places: { images: place } }],
    [{ allow_missing: readAllowance('1%') }, { allowMissing: { form: 'share', share: 0.01 } }],
  ])('reads %j', (written, wanted) => {
    const always = { target: 'llava/sft', fileName: 'mix.json', from: 'download:1', bytes: 12 }
    expect(paramsOf(written)).toEqual({ ...always, ...wanted })
  })

  test('only the number of records can make it stale: what is looked for changes no byte', () => {
    const fingerprintOf = (written: unknown) => json.outline(paramsOf(written) as never).fingerprint
    expect(fingerprintOf({ images: '/', allow_missing: readAllowance('3') })).toEqual([])
    expect(fingerprintOf({ records: 5 })).toEqual([{ name: 'records', value: 5, place }])
  })

  test('lies beside the target and is not pinned', () => {
    expect(json.outline(paramsOf() as never)).toEqual({
      name: 'llava/sft/mix.json',
      fingerprint: [],
      takes: ['download:1'],
      gives: { form: 'file', at: 'llava/sft/mix.json', lasting: true },
      forecast: { bytes: 12, files: 1 },
    })
  })

  test.each([true, false])('places the file; sole reader: %s', async sole => {
    const input = { ...downloaded('[{"image": "a"}, {}]'), sole }
    const bench = testBench({ inputs: [input] })
    await json.run(paramsOf({ records: 2 }) as never, bench)
    const staged = join(bench.staging, 'mix.json')
    expect(readFileSync(staged, 'utf8')).toBe('[{"image": "a"}, {}]')
    expect(inode(staged) === inode(input.path)).toBe(sole)
    expect([...bench.recorded]).toEqual([['mix.json', { bytes: 20, sha256 }]])
    expect(bench.remarks).toEqual({ records: 2 })
  })

  const lastOf = (last: Input) => ({
    final: last.path,
    previous: { manifest: last.manifest, fingerprint: [] },
  })

  test('another count is asked of the file that lies there, when it is the same file', async () => {
    const last = downloaded('[1, 2]')
    const input = { ...last, path: `${last.path}, which was given back` }
    const bench = testBench({ inputs: [input], ...lastOf(last) })
    await json.run(paramsOf({ records: 2 }) as never, bench)
    expect(bench.kept).toEqual(['mix.json'])
    expect([...bench.recorded]).toEqual([])
    const problem = await problemOf(() => json.run(paramsOf({ records: 3 }) as never, bench))
    expect(problem.code).toBe('wrong-record-count')
  })

  test('a file that was replaced together with its count is taken from the download', async () => {
    const last = downloaded('[1, 2]')
    const next = fileInput(downloaded('[1, 2, 3]').path, 9, '69a8bb58'.repeat(8))
    const bench = testBench({ inputs: [next], ...lastOf(last) })
    await json.run(paramsOf({ records: 3 }) as never, bench)
    expect(bench.kept).toEqual([])
    expect([...bench.recorded.keys()]).toEqual(['mix.json'])
  })

  test('stops when the run is cancelled', async () => {
    const stop = new AbortController()
    const bench = testBench({ inputs: [downloaded('[]')], signal: stop.signal })
    stop.abort(new Error('interrupted'))
    await expect(json.run(paramsOf() as never, bench)).rejects.toThrow('interrupted')
  })

  test('an allowance is a number of files or a share', () => {
    expect(['0', '12', '0.5%', '100 %', '101%', '-1', '1.5', '', '%'].map(readAllowance)).toEqual([
      { form: 'count', files: 0 },
      { form: 'count', files: 12 },
      { form: 'share', share: 0.005 },
      { form: 'share', share: 1 },
      ...Array.from({ length: 5 }, () => undefined),
    ])
  })
})

describe('file', () => {
  const paramsOf = (written?: unknown) => file.source?.params(request(written)) as never

  test('is pinned by the digest of the source, under the name that the spec gives or that the source has', () => {
    const { gives, name } = file.outline(paramsOf('notes/a.json'))
    expect(name).toBe('llava/sft/notes/a.json')
    expect(gives).toEqual({ form: 'file', at: 'llava/sft/notes/a.json', lasting: true, pins: { sha256 } })
    expect(file.outline(paramsOf()).gives?.at).toBe('llava/sft/mix.json')
  })

  test.each([true, false])('places any bytes; sole reader: %s', async sole => {
    const input = { ...downloaded('{anything'), sole }
    const bench = testBench({ inputs: [input] })
    await file.run(paramsOf('notes/a.json'), bench)
    const staged = join(bench.staging, 'a.json')
    expect(readFileSync(staged, 'utf8')).toBe('{anything')
    expect(inode(staged) === inode(input.path)).toBe(sole)
    expect([...bench.recorded]).toEqual([['a.json', { bytes: 9, sha256 }]])
  })

  test.each([
    ['a.bin', undefined],
    ['notes/a.bin', undefined],
    ['/etc/passwd', 'is an absolute path; it has to be a name below the target'],
    ['../a.bin', 'leads out of the target'],
    ['a/../../b', 'leads out of the target'],
    ['a/', 'is not the name of a file'],
    ['a//b', 'is not the name of a file'],
    ['./a', 'is not the name of a file'],
    ['', 'is not the name of a file'],
  ])('the name %j %s', (name, wrong) => {
    const grammar = file.source?.grammar as TextGrammar
    expect(grammar.check?.(name)).toBe(wrong)
  })
})

describe('expect', () => {
  const treeOf = (task: string, at: string, paths: readonly string[]): Input => ({
    artifact: { task, form: 'tree', at, lasting: true },
    path: '',
    manifest: manifestOf(paths.map(path => ({ path, bytes: 1, sha256 }))),
    sole: false,
  })
  const oneFile = (task: string, at: string): Input => ({
    ...treeOf(task, at, [at.split('/').at(-1) as string]),
    artifact: { task, form: 'file', at, lasting: true },
  })
  const params = (wanted: number) => ({
    target: 'vg',
    files: { wanted, place },
    images: undefined,
    parts: [],
  })
  const inputs = [
    treeOf('unzip:vg', 'vg', ['images/1.jpg', 'images/2.jpg']),
    treeOf('unzip:vg/images', 'vg/images', ['2.jpg', '3.jpg']),
    oneFile('json:vg/a.json', 'vg/a.json'),
  ]

  test('makes nothing, and asks again when the number changes', () => {
    const parts = ['unzip:vg', 'json:vg/a.json']
    expect(expectKind.outline({ ...params(3), parts })).toEqual({
      name: 'vg',
      fingerprint: [{ name: 'files', value: 3, place }],
      takes: parts,
      forecast: {},
    })
  })

  test('a file that two sources give counts once', async () => {
    await expectKind.run(params(4), testBench({ inputs }))
    await expectKind.run(params(2), testBench({ inputs: inputs.slice(1, 2) }))
  })

  test.each([
    ['wrong-file-count', 1234],
    ['wrong-file-count.more', 3],
  ])('%s', async (name, files) => {
    const problem = await problemOf(() => expectKind.run(params(files), testBench({ inputs })))
    expect(problem.code).toBe('wrong-file-count')
    expectGolden(`small-kinds/${name}`, problem)
  })
})
