/** The kind: what lies in staging afterwards, and what it leaves where it is stopped. */

import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { unpackParams } from '../../tasks/unzip/params.ts'
import { unzip } from '../../tasks/unzip.ts'
import { files } from '../rig/parts.ts'
import { manifestOf, testBench } from '../rig/workbench.ts'
import { type ZipPart, zipOf } from '../rig/zips.ts'
import { type Asked, paramsOf, request, staged, stagedPath, unpack } from './rig.ts'

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

describe('outline', () => {
  test('a whole archive', () => {
    const outline = unzip.outline(paramsOf())
    expect(outline).toMatchObject({
      name: 'coco/train2017',
      takes: ['download:images.zip@0badcafe'],
      gives: { form: 'tree', at: 'coco/train2017', lasting: true },
    })
    expect(outline.fingerprint.map(({ name, value }) => [name, value])).toEqual([
      ['root', null],
      ['into', null],
    ])
  })

  test('a folder, into another, as a part that a rename consumes', () => {
    const given = unpackParams({
      ...request({ root: 'train2017/', into: 'images/' }),
      part: '.groundwork/parts/1',
      size: 20,
      expectedFiles: 3,
    })
    const outline = unzip.outline(given)
    expect(outline.gives).toEqual({ form: 'tree', at: '.groundwork/parts/1/images', lasting: false })
    expect(outline.forecast).toEqual({ bytes: 20, files: 3, isPacked: true })
    expect(outline.fingerprint.map(({ name, value }) => [name, value])).toEqual([
      ['root', 'train2017'],
      ['into', 'images'],
    ])
  })

  test('the target decides the result of auto, and of nothing else', () => {
    const names = (root: string): readonly string[] =>
      unzip.outline(paramsOf({ root })).fingerprint.map(({ name }) => name)
    expect(names('auto')).toEqual(['root', 'into', 'target'])
    expect(names('auto/')).toEqual(['root', 'into'])
  })

  test.each([
    ['train2017', undefined],
    ['data/web-celebrity/images/', undefined],
    ['auto', undefined],
    ['../up', 'has .. in it'],
    ['a/../b', 'has .. in it'],
    ['/etc', 'is an absolute path'],
    ['a\\b', 'has a backslash: folders are parted by /'],
    ['', 'is not a path such as data/images'],
    ['./a', 'is not a path such as data/images'],
    ['a//b', 'is not a path such as data/images'],
  ])('root: %s', (root, wrong) => {
    const grammar = unzip.source?.grammar
    const text = grammar?.form === 'object' ? grammar.fields['root']?.grammar : undefined
    expect(text?.form === 'text' && text.check?.(root)).toBe(wrong)
  })
})

describe('unpacks', () => {
  test('everything, and records it', async () => {
    const parts: readonly ZipPart[] = [
      { name: 'folder/' },
      { name: 'folder/one.jpg', content: 'one', method: 8 },
      { name: 'two.jpg', content: 'two' },
      { name: 'empty.jpg' },
      { name: '__MACOSX/folder/._one.jpg', content: 'notes of a Finder' },
    ]
    const { bench } = await unpack(zipOf(parts))
    expect(staged(bench)).toEqual(['empty.jpg', 'folder/one.jpg', 'two.jpg'])
    expect(readFileSync(stagedPath(bench, 'folder/one.jpg'), 'utf8')).toBe('one')
    expect(bench.recorded.get('folder/one.jpg')).toEqual({ bytes: 3, sha256: sha256('one') })
    expect(bench.recorded.get('empty.jpg')).toEqual({ bytes: 0, sha256: sha256('') })
    expect(bench.recorded.size).toBe(3)
    expect(bench.told).toEqual([])
  })

  test('names that begin with ./', async () => {
    const { bench } = await unpack(zipOf([{ name: './' }, ...files('./a', '././b/c')]))
    expect(staged(bench)).toEqual(['a', 'b/c'])
    expect([...bench.recorded.keys()].toSorted()).toEqual(['a', 'b/c'])
  })

  test('an archive of nothing', async () => {
    expect(staged((await unpack(zipOf([]))).bench)).toEqual([])
  })

  test.each<[string, readonly string[], Asked, readonly string[]]>([
    [
      'a folder',
      ['train2017/1', 'train2017/a/2', 'train2017x/3', '4'],
      { written: { root: 'train2017' } },
      ['1', 'a/2'],
    ],
    ['a deep folder', ['data/w/images/1', 'data/v/images/2'], { written: { root: 'data/w/images/' } }, ['1']],
    [
      'auto, the longest tail',
      ['v/ai2d/images/1', 'v/docvqa/images/2', 'images/3'],
      { written: { root: 'auto' }, target: 'ai2d/images' },
      ['1'],
    ],
    [
      'auto, a shorter tail',
      ['v/images/1', 'v/x/2'],
      { written: { root: 'auto' }, target: 'ai2d/images' },
      ['1'],
    ],
    [
      'auto, the archive has a folder called auto',
      ['auto/1', 'images/2'],
      { written: { root: 'auto/' }, target: 'ai2d/images' },
      ['1'],
    ],
    [
      'auto, beside what a Mac adds',
      ['ai2d/images/1', '__MACOSX/ai2d/images/._1'],
      { written: { root: 'auto' }, target: 'ai2d/images' },
      ['1'],
    ],
  ])('%s', async (_, names, asked, expected) => {
    const { bench, problem } = await unpack(zipOf(files(...names)), asked)
    expect(problem).toBeUndefined()
    expect(staged(bench)).toEqual(expected)
  })

  test('only what is not intact', async () => {
    const rows = [
      { path: 'a', bytes: 1, sha256: sha256('a') },
      { path: 'b', bytes: 7, sha256: sha256('another') },
    ]
    const { bench } = await unpack(zipOf(files('a', 'b', 'c')), { bench: { intact: manifestOf(rows) } })
    expect(bench.kept).toEqual(['a'])
    expect(staged(bench)).toEqual(['b', 'c'])
    expect([...bench.recorded.keys()].toSorted()).toEqual(['b', 'c'])
  })

  test('progress ends at the sum of all bytes', async () => {
    const steps: (readonly [number, number | undefined])[] = []
    const progress = (done: number, total: number | undefined): void => void steps.push([done, total])
    await unpack(zipOf(files('a', 'bb', 'ccc')), { bench: { progress } })
    expect(steps).toHaveLength(3)
    expect(steps.at(-1)).toEqual([6, 6])
  })

  test('whatever was packed', async () => {
    // No device of Windows has only such letters.
    const name = fc.stringMatching(/^([A-M]{1,3}\/){0,2}[a-m]{1,3}$/)
    const content = fc.string({ maxLength: 2000 })
    await fc.assert(
      fc.asyncProperty(fc.dictionary(name, content), fc.constantFrom(0, 8), async (tree, method) => {
        const parts = Object.entries(tree).map(([name, content]) => ({
          name: `top/${name}`,
          content,
          method,
        }))
        const { bench, problem } = await unpack(zipOf([...parts, ...files('else')]), {
          written: { root: Object.keys(tree).length === 0 ? 'nothing' : 'top' },
        })
        expect(problem?.code).toBe(parts.length === 0 ? 'wrong-root' : undefined)
        const found = staged(bench).map(
          path => [path, readFileSync(stagedPath(bench, path), 'utf8')] as const,
        )
        expect(new Map(found)).toEqual(new Map(Object.entries(tree)))
      }),
      { numRuns: 60 },
    )
  })
})

describe('stops', () => {
  test('when it is told to', async () => {
    const control = new AbortController()
    const parts = files(...Array.from({ length: 3000 }, (_, i) => `${i}`))
    const progress = (): void => control.abort(new Error('enough'))
    const bench = testBench({ signal: control.signal, progress })
    await expect(unpack(zipOf(parts), { bench })).rejects.toThrow('enough')
    // No more than the neighbours that are unpacked at once.
    expect(staged(bench).length).toBeLessThanOrEqual(2 * 256)
  })

  test('in the middle of a large entry', async () => {
    const control = new AbortController()
    let calls = 0
    const progress = (): void => {
      calls += 1
      control.abort(new Error('enough'))
    }
    const bench = testBench({ signal: control.signal, progress })
    const large = zipOf([{ name: 'large', content: Buffer.alloc(15_000_000), method: 8 }])
    await expect(unpack(large, { bench })).rejects.toThrow('enough')
    expect(calls).toBeLessThan(5)
    expect(staged(bench)).toEqual([])
  })

  test('at a bomb, before more than was declared is written', async () => {
    let written = 0
    const progress = (done: number): void => {
      written = done
    }
    const bomb = { name: 'bomb', content: Buffer.alloc(50_000_000), method: 8, says: { bytes: 4_500_000 } }
    const { problem } = await unpack(zipOf([bomb]), { bench: { progress } })
    expect(problem?.code).toBe('entry-size-mismatch')
    expect(written).toBeGreaterThan(0)
    expect(written).toBeLessThanOrEqual(4_500_000)
  })

  test('where the disk refuses', async () => {
    const bench = testBench()
    mkdirSync(stagedPath(bench, 'a'))
    await expect(unpack(zipOf(files('a')), { bench })).rejects.toMatchObject({ code: 'EEXIST' })
    expect(readdirSync(bench.staging)).toEqual(['a'])
  })
})
