/** The kind: what lies in staging afterwards, and that a refused archive leaves nothing there. */

import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Place } from '../../lib/model/problem.ts'
import { unpackParams } from '../../tasks/unzip/params.ts'
import { unzip } from '../../tasks/unzip.ts'
import { manifestOf, testBench } from '../rig/workbench.ts'
import { unicodePath, type ZipPart, zipOf } from '../rig/zips.ts'
import { type Asked, paramsOf, placeOf, request, staged, stagedPath, unpack } from './rig.ts'

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const files = (...names: readonly string[]): readonly ZipPart[] =>
  names.map(name => ({ name, content: name }))

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
    expect(outline.forecast).toEqual({ bytes: 20, files: 3 })
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

describe('warns', () => {
  test('of names that a Mac takes for one', async () => {
    const { bench } = await unpack(zipOf(files('é.jpg', 'e\u0301.jpg', 'A', 'a', 'b')))
    expect(staged(bench)).toHaveLength(5)
    expect(bench.told.map(({ severity, code }) => [severity, code])).toEqual([['warning', 'entry-clash']])
    expect(bench.told[0]?.message).toBe('images.zip holds 2 names that would not stay apart on a Mac.')
  })
})

describe('refuses before a byte is written', () => {
  const good: ZipPart = { name: 'good', content: 'good' }
  type Row = [code: string, what: string, parts: readonly ZipPart[], asked?: Asked]
  const devices = [
    ...['CON', 'a/prn', 'aux/x', 'Nul.txt', 'com1', 'LPT9.tar.gz'],
    ...['conin$', 'CONOUT$', 'nul .txt', 'con. ', 'com²'],
  ]
  test.each<Row>([
    ['entry-outside', 'a way up', files('../up')],
    ['entry-outside', 'a way up within', files('a/../../up')],
    ['entry-outside', 'a folder up', [{ name: '../up/' }]],
    ['entry-outside', 'a way up by backslashes', files('a\\..\\..\\b')],
    ['entry-outside', 'a way up behind ./', files('./../b')],
    ['entry-absolute', 'an absolute path', files('/etc/passwd')],
    ['entry-absolute', 'an absolute path behind ./', files('.//etc/passwd')],
    ['entry-duplicate', 'the same behind ./', files('b', './b')],
    ['entry-outside', 'a way up in the field of its name', [{ name: 'b', extra: unicodePath('b', '../b') }]],
    [
      'entry-duplicate',
      'the same in the field of its name',
      [...files('b'), { name: 'c', extra: unicodePath('c', 'b') }],
    ],
    [
      'entry-not-utf8',
      'not in the field of its name either',
      [{ name: 'b', extra: unicodePath('b', Buffer.from([0xff])) }],
    ],
    ['entry-drive', 'a drive', files('C:/windows')],
    ['entry-drive', 'a drive and backslashes', files('C:\\windows')],
    ['entry-backslash', 'a share', files('\\\\server\\share')],
    ['entry-backslash', 'a backslash', files('a\\b')],
    ['entry-outside', 'a way up outside of the root', files('a/b', '../up'), { written: { root: 'a' } }],
    ['entry-control-character', 'NUL', files('a\0b')],
    ['entry-control-character', 'a control character', files('a\x1b[2Jb')],
    ['entry-not-utf8', 'not UTF-8', [{ name: Buffer.from([0x61, 0xff]) }]],
    ['entry-bad-name', 'no name', [{ name: '', content: 'x' }]],
    ['entry-bad-name', 'an empty part', files('a//b')],
    ['entry-bad-name', 'a dot', files('a/./b')],
    ['entry-bad-name', 'a folder with content', files('a/')],
    ['entry-too-long', 'a long name', files(`a/${'é'.repeat(128)}`)],
    ['entry-too-long', 'a long path', files(`${'abcdefg/'.repeat(128)}x`)],
    ['entry-too-long', 'a path of nothing but folders', files('a/'.repeat(32_000) + 'a')],
    ...devices.map((name): Row => ['entry-device-name', name, files(name)]),
    ['entry-link', 'a link', [{ name: 'a', content: '/etc/passwd', mode: 0o120777 }]],
    ['entry-special', 'a device', [{ name: 'a', mode: 0o020666 }]],
    ['entry-duplicate', 'twice the same', files('a', 'a')],
    ['entry-file-and-folder', 'a file and a folder', files('a', 'a/b')],
    ['entry-file-and-folder', 'a folder and a file', files('a/b/c', 'a')],
    ['entry-clash', 'case', files('A', 'a'), { bench: { foldsCase: true } }],
    ['entry-clash', 'case of a folder', files('A', 'a/b'), { bench: { foldsCase: true } }],
    ['entry-clash', 'form', files('é', 'e\u0301'), { bench: { foldsCase: true } }],
    ['entry-encrypted', 'a password', [{ name: 'a', content: 'x'.repeat(20), flags: 1 }]],
    ['entry-encrypted', 'a strong one', [{ name: 'a', content: 'x'.repeat(20), flags: 0x41 }]],
    ...[1, 6, 9, 12, 14, 93, 95, 98, 99, 12_345].map(
      (method): Row => ['entry-unknown-method', `method ${method}`, [{ name: 'a', content: 'x', method }]],
    ),
    [
      'entry-impossible-size',
      'a petabyte from nothing',
      [
        {
          name: 'a',
          content: 'x',
          method: 8,
          zip64: ['bytes'],
          says: { bytes: 2 ** 50 },
          local: { bytes: 1 },
        },
      ],
    ],
    [
      'entry-size-mismatch',
      'stored with two sizes',
      [{ name: 'a', content: 'x', zip64: ['bytes'], says: { bytes: 2 ** 50 }, local: { bytes: 1 } }],
    ],
    ['wrong-root', 'no such folder', files('images/1'), { written: { root: 'image' } }],
    ['wrong-root', 'a file', files('images'), { written: { root: 'images' } }],
    ['wrong-root', 'no such tail', files('pictures/1'), { written: { root: 'auto' } }],
    [
      'ambiguous-root',
      'two tails',
      files('x/images/1', 'y/images/2'),
      { written: { root: 'auto' }, target: 'ai2d/images' },
    ],
  ])('%s: %s', async (code, _, parts, asked) => {
    const { bench, problem } = await unpack(zipOf([good, ...parts]), asked)
    expect(problem?.diagnostics.map(diagnostic => diagnostic.code)).toEqual([code])
    expect(staged(bench)).toEqual([])
    expect(bench.recorded.size).toBe(0)
  })

  test.each([
    'console',
    'aux-1/x',
    'com0',
    'com10',
    'a.con',
    'conin',
    'nulls.txt',
    'lpt/1',
    'Dr. J. R.',
    'a ',
  ])('but not %s', async name => {
    const { bench, problem } = await unpack(zipOf(files(name)))
    expect(problem).toBeUndefined()
    expect(staged(bench)).toEqual([name])
  })

  test.each<[string, readonly ZipPart[]]>([
    ['a device', files('b/CON')],
    ['links', [{ name: 'b', mode: 0o120777 }]],
    ['bad names', files('b/a\x1bb')],
    ['what cannot be read', [{ name: 'b', method: 9 }]],
  ])('but not for %s outside of the root', async (_, parts) => {
    const { bench, problem } = await unpack(zipOf([...files('a/1'), ...parts]), { written: { root: 'a' } })
    expect(problem).toBeUndefined()
    expect(staged(bench)).toEqual(['1'])
  })

  test('all mistakes at once, each once, with a count', async () => {
    const outside = Array.from({ length: 1500 }, (_, i) => `../${i}`)
    const { problem } = await unpack(
      zipOf([...files(...outside, 'a', 'a', 'b\n'), { name: 'l', mode: 0o120777 }]),
    )
    const codes = problem?.diagnostics.map(({ code }) => code)
    expect(codes?.toSorted()).toEqual([
      'entry-control-character',
      'entry-duplicate',
      'entry-link',
      'entry-outside',
    ])
    const evidence = problem?.diagnostics.find(({ code }) => code === 'entry-outside')?.evidence
    expect(evidence).toHaveLength(11)
    expect(evidence?.at(-1)).toEqual({ label: 'also', text: '1,490 more' })
  })

  test('a clash counts once, however many files it touches', async () => {
    const { problem } = await unpack(zipOf(files('a', 'a/b', 'a/c', 'a/d/e')))
    expect(problem?.diagnostics[0]?.message).toBe(
      'images.zip holds 1 name that would be a file and a folder at once.',
    )
  })

  test('an archive where everything is wrong', async () => {
    const parts = Array.from({ length: 140_000 }, () => ({ name: 'a' }))
    const { problem } = await unpack(zipOf(parts, { zip64: ['entries'] }))
    expect(problem?.diagnostics[0]?.message).toMatch(/^images.zip holds 139,999 entries/)
  })

  test('the place of root in the spec is told', async () => {
    const { problem } = await unpack(zipOf(files('a/1')), { written: { root: 'b' } })
    expect(problem?.diagnostics[0]?.place).toEqual(placeOf('root') satisfies Place)
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
