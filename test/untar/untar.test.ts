/** The kind: what lies in staging afterwards, and what is recorded. */

import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { untar } from '../../tasks/untar.ts'
import { files } from '../rig/parts.ts'
import { gnuLong, pax, type TarPart, tarOf } from '../rig/tars.ts'
import { manifestOf, testBench } from '../rig/workbench.ts'
import { type Asked, paramsOf, staged, unpack } from './rig.ts'

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

describe('outline', () => {
  test('as of a zip', () => {
    const outline = untar.outline(paramsOf({ written: { root: 'a', into: 'b' } }))
    expect(outline).toMatchObject({
      name: 'coco/train2017/b',
      takes: ['download:images.zip@0badcafe'],
      gives: { form: 'tree', at: 'coco/train2017/b', lasting: true },
    })
    expect(outline.fingerprint.map(({ name, value }) => [name, value])).toEqual([
      ['root', 'a'],
      ['into', 'b'],
    ])
  })

  test.each([
    ['images.tar', undefined],
    ['images.tar.gz', undefined],
    ['images.TGZ', undefined],
    ['images.tbz2', undefined],
    ['images.tar.zst', undefined],
    ['boxes.json.gz', 'boxes.json'],
    ['boxes.jsonl.ZST', 'boxes.jsonl'],
    ['1a2b3c', '1a2b3c'],
    ['.gz', '.gz'],
  ])('the name decides the result only where it may be one file: %s', (fileName, name) => {
    const { fingerprint } = untar.outline(paramsOf({ fileName }))
    expect(fingerprint.find(({ name }) => name === 'file name')?.value).toBe(name)
  })

  test.each([
    'a.tar',
    'a.TAR.GZ',
    'a.tgz',
    'a.tar.bz2',
    'a.tbz2',
    'a.tar.xz',
    'a.txz',
    'a.tar.zst',
    'a.tzst',
  ])('%s asks for it by its name', name => {
    expect(untar.source?.endings?.some(ending => name.toLowerCase().endsWith(ending))).toBe(true)
  })
})

describe('unpacks', () => {
  test('everything, and records it', async () => {
    const parts: readonly TarPart[] = [
      { name: './', type: '5' },
      { name: './folder/', type: '5' },
      { name: './folder/one.jpg', content: 'one' },
      { name: 'two.jpg', content: 'two' },
      { name: 'empty.jpg' },
      { name: 'large.bin', content: Buffer.alloc(3 << 20, 'x') },
    ]
    const steps: (readonly [number, number | undefined])[] = []
    const progress = (done: number, total: number | undefined): void => void steps.push([done, total])
    const archive = tarOf(parts)
    const { bench } = await unpack(archive, { bench: { progress } })
    const large = 'x'.repeat(3 << 20)
    expect(staged(bench)).toEqual({
      'folder/one.jpg': 'one',
      'two.jpg': 'two',
      'empty.jpg': '',
      'large.bin': large,
    })
    expect(bench.recorded.get('folder/one.jpg')).toEqual({ bytes: 3, sha256: sha256('one') })
    expect(bench.recorded.get('empty.jpg')).toEqual({ bytes: 0, sha256: sha256('') })
    expect(bench.recorded.get('large.bin')).toEqual({ bytes: 3 << 20, sha256: sha256(large) })
    expect(bench.recorded.size).toBe(4)
    expect(bench.told).toEqual([])
    expect(steps.at(-1)).toEqual([archive.length, archive.length])
  })

  test.each<[string, Buffer]>([
    ['blocks of zeros', tarOf([])],
    ['one block of zeros', tarOf([], { endBlocks: 1 })],
    ['a header for all that follow', tarOf([pax({ comment: 'of git archive' }, 'g')])],
    ['compressed zeros', gzipSync(tarOf([]))],
  ])('a tar of nothing: %s', async (_, archive) => {
    const { bench, problem } = await unpack(archive, { fileName: 'images.tar.gz' })
    expect(problem).toBeUndefined()
    expect(staged(bench)).toEqual({})
    expect(bench.told.map(({ code }) => code)).toEqual(['archive-empty'])
  })

  test.each<[string, readonly string[], Asked, readonly string[]]>([
    [
      'a folder',
      ['train2017/1', './train2017/a/2', 'train2017x/3', '4'],
      { written: { root: 'train2017' } },
      ['1', 'a/2'],
    ],
    ['a deep folder', ['data/w/images/1', 'data/v/images/2'], { written: { root: 'data/w/images/' } }, ['1']],
    [
      'auto, the longest tail',
      ['v/ai2d/images/1', 'v/ai2d/images/v/2', 'v/docvqa/images/3', 'images/4', '5'],
      { written: { root: 'auto' }, target: 'ai2d/images' },
      ['1', 'v/2'],
    ],
    [
      'auto, a shorter tail',
      ['v/images/1', 'v/x/2'],
      { written: { root: 'auto' }, target: 'ai2d/images' },
      ['1'],
    ],
    ['names as some write them', ['a//b', './c/./d'], {}, ['a/b', 'c/d']],
  ])('%s', async (_, names, asked, expected) => {
    const { bench, problem } = await unpack(tarOf(files(...names)), asked)
    expect(problem).toBeUndefined()
    expect(Object.keys(staged(bench))).toEqual(expected)
    expect([...bench.recorded.keys()].toSorted()).toEqual(expected)
  })

  test('only what is not intact', async () => {
    const rows = [
      { path: 'a', bytes: 1, sha256: sha256('a') },
      { path: 'b', bytes: 7, sha256: sha256('another') },
      { path: 'gone', bytes: 1, sha256: sha256('x') },
    ]
    const { bench } = await unpack(tarOf(files('a', 'b', 'c')), { bench: { intact: manifestOf(rows) } })
    expect(bench.kept).toEqual(['a'])
    expect(Object.keys(staged(bench))).toEqual(['b', 'c'])
    expect([...bench.recorded.keys()].toSorted()).toEqual(['b', 'c'])
  })

  test('names that a Mac takes for one, with a warning', async () => {
    const { bench } = await unpack(tarOf(files('é.jpg', 'e\u0301.jpg', 'A', 'a', 'b')))
    expect(Object.keys(staged(bench))).toHaveLength(5)
    expect(bench.told.map(({ severity, code }) => [severity, code])).toEqual([['warning', 'entry-clash']])
    expect(bench.told[0]?.message).toBe('images.tar holds 2 names that would not stay apart on a Mac.')
  })

  test('a name that begins like a compressed file', async () => {
    const { bench } = await unpack(tarOf(files('BZh91AY&SY', 'b')))
    expect(Object.keys(staged(bench))).toEqual(['BZh91AY&SY', 'b'])
  })
})

describe('what stands behind the end', () => {
  const [a, b] = files('a', 'b') as readonly [TarPart, TarPart]
  const record = 10_240
  const first = tarOf([a]).length
  test.each<[string, string | Buffer]>([
    ['zeros', Buffer.alloc(record - first)],
    ['many zeros, of no whole record', Buffer.alloc(3_000_001)],
    ['anything in the last record', Buffer.alloc(record - first, 'x')],
    ['anything in the last record, behind zeros', Buffer.alloc(record - first).fill('x', 600)],
  ])('may be %s', async (_, after) => {
    const { bench, problem } = await unpack(tarOf([a], { after }))
    expect(problem).toBeUndefined()
    expect(staged(bench)).toEqual({ a: 'a' })
    expect(bench.told).toHaveLength(Buffer.from(after).includes('x') ? 1 : 0)
  })

  test.each<[string, string | Buffer]>([
    ['a byte', 'x'],
    ['a byte behind zeros', `${'\0'.repeat(70_000)}x`],
    ['anything of no whole record', Buffer.alloc(512, 'x')],
    ['anything in one more record', Buffer.alloc(2 * record - first, 'x')],
    ['another tar', tarOf([b])],
    [
      'another tar in the last record',
      Buffer.concat([tarOf([b]), Buffer.alloc(record - first - tarOf([b]).length)]),
    ],
    ['another tar in another record', Buffer.concat([Buffer.alloc(record - first), tarOf([b])])],
  ])('must not be %s', async (_, after) => {
    const { bench, problem } = await unpack(tarOf([a], { after }))
    expect(problem?.code).toBe('bytes-after-tar')
    expect(bench.recorded.size).toBe(0)
  })
})

describe('hard links', () => {
  const link = (name: string, goal: string): TarPart => ({ name, type: '1', goal })

  test('are second names for files that came before', async () => {
    const parts = [...files('a/1'), link('b/2', './a/1'), link('c', 'b/2'), link('d', 'a/1')]
    const { bench, problem } = await unpack(tarOf(parts))
    expect(problem).toBeUndefined()
    expect(staged(bench)).toEqual({ 'a/1': 'a/1', 'b/2': 'a/1', c: 'a/1', d: 'a/1' })
    expect(bench.recorded.get('c')).toEqual({ bytes: 3, sha256: sha256('a/1') })
    expect(bench.recorded.size).toBe(4)
  })

  test('below the root, and with it known at the end', async () => {
    const parts = [...files('v/images/1', 'x'), link('v/images/2', 'v/images/1'), link('v/images/3', 'x')]
    const given = await unpack(tarOf(parts.slice(0, 3)), { written: { root: 'v/images' } })
    expect(staged(given.bench)).toEqual({ 1: 'v/images/1', 2: 'v/images/1' })
    const auto = await unpack(tarOf(parts), { written: { root: 'auto' }, target: 'images' })
    expect(staged(auto.bench)).toEqual({ 1: 'v/images/1', 2: 'v/images/1', 3: 'x' })
    expect([...auto.bench.recorded.keys()].toSorted()).toEqual(['1', '2', '3'])
  })

  test('to what is intact at its place', async () => {
    const final = join(testBench().staging, 'final')
    mkdirSync(final)
    writeFileSync(join(final, 'a'), 'a')
    const intact = manifestOf([{ path: 'a', bytes: 1, sha256: sha256('a') }])
    const { bench } = await unpack(tarOf([...files('a'), link('b', 'a')]), { bench: { final, intact } })
    expect(bench.kept).toEqual(['a'])
    expect(staged(bench)).toEqual({ b: 'a' })
    expect(bench.recorded.get('b')).toEqual({ bytes: 1, sha256: sha256('a') })
  })

  test('that are intact themselves', async () => {
    const intact = manifestOf([{ path: 'b', bytes: 1, sha256: sha256('a') }])
    const { bench } = await unpack(tarOf([...files('a'), link('b', 'a')]), { bench: { intact } })
    expect(bench.kept).toEqual(['b'])
    expect(staged(bench)).toEqual({ a: 'a' })
  })

  test.each<[string, readonly TarPart[], Asked?]>([
    ['to nothing', [link('a', 'b')]],
    ['to what comes later', [link('a', 'b'), ...files('b')]],
    ['to a folder', [...files('b/c'), link('a', 'b')]],
    ['to a link', [{ name: 'b', type: '2', goal: 'c' }, link('a', 'b')]],
    ['to a file of the machine', [link('a', '/etc/passwd')]],
    ['out of the target', [link('a', '../../etc/passwd')]],
    ['out of the root', [...files('x/b'), link('r/a', 'x/b')], { written: { root: 'r' } }],
    ['to nothing, by a name without end', [gnuLong('K', 'x'.repeat(500_000)), link('a', 'b')]],
  ])('%s are refused', async (_, parts, asked) => {
    const { problem } = await unpack(tarOf(parts), asked)
    expect(problem?.diagnostics.map(({ code }) => code)).toContain('entry-link')
    expect(JSON.stringify(problem?.diagnostics).length).toBeLessThan(3000)
  })

  test('to themselves are duplicates', async () => {
    const { problem } = await unpack(tarOf([...files('a'), link('a', 'a')]))
    expect(problem?.code).toBe('entry-duplicate')
  })
})

describe('one compressed file', () => {
  test('gives one file, named without the ending', async () => {
    const text = 'x'.repeat(3_000_000)
    const { bench } = await unpack(gzipSync(text), { fileName: 'boxes.json.gz' })
    expect(staged(bench)).toEqual({ 'boxes.json': text })
    expect(bench.recorded.get('boxes.json')).toEqual({ bytes: 3_000_000, sha256: sha256(text) })
  })

  test.each<[string, string, string]>([
    ['nothing', 'a.gz', ''],
    ['zeros', 'a.gz', '\0'.repeat(1024)],
    ['a name without an ending', 'a', 'text'],
  ])('%s', async (_, fileName, text) => {
    const { bench, problem } = await unpack(gzipSync(text), { fileName })
    expect(problem).toBeUndefined()
    expect(staged(bench)).toEqual({ a: text })
  })

  test.each<[string, string, Buffer, Asked]>([
    ['wrong-root', 'has no folders', gzipSync('text'), { fileName: 'a.gz', written: { root: 'a' } }],
    ['wrong-root', 'ends like nothing', gzipSync('text'), { fileName: 'a.gz', written: { root: 'auto' } }],
    ['entry-outside', 'must not be called ..', gzipSync('text'), { fileName: '...gz' }],
    ['entry-bad-name', 'must not be called .', gzipSync('text'), { fileName: '..gz' }],
    ['entry-device-name', 'must not be a device', gzipSync('text'), { fileName: 'nul.txt.gz' }],
    ['not-a-tar', 'is no tar, although its name says so', gzipSync('text'), { fileName: 'a.tar.gz' }],
    ['not-a-tar', 'is compressed twice', gzipSync(gzipSync(tarOf([]))), { fileName: 'a.tgz' }],
    ['not-a-tar', 'is not compressed', Buffer.from('text'), { fileName: 'a.gz' }],
    ['not-a-tar', 'is empty', Buffer.alloc(0), { fileName: 'a.gz' }],
  ])('%s: it %s', async (code, _, archive, asked) => {
    const { bench, problem } = await unpack(archive, asked)
    expect(problem?.diagnostics.map(diagnostic => diagnostic.code)).toEqual([code])
    expect(staged(bench)).toEqual({})
  })
})
