/** The kind: archives that are refused, each for its reasons, before a file of them is written. */

import { describe, expect, test } from 'vitest'
import type { Place } from '../../lib/model/problem.ts'
import { files, refusedRoots } from '../rig/parts.ts'
import { unicodePath, type ZipPart, zipOf } from '../rig/zips.ts'
import { type Asked, placeOf, staged, unpack } from './rig.ts'

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
    ['entry-file-and-folder', 'a file and the folder of its name', [...files('d'), { name: 'd/' }]],
    ['entry-file-and-folder', 'a folder and the file of its name', [{ name: 'd/' }, ...files('d')]],
    ['entry-file-and-folder', 'a folder that has no slash', [{ name: 'd', mode: 0o040755 }, ...files('d')]],
    ['entry-file-and-folder', 'a folder below a file', [{ name: 'd/e/f/' }, ...files('d')]],
    [
      'entry-file-and-folder',
      'a folder and a file below the root',
      [{ name: 'a/b/d/' }, ...files('a/b/d', 'd')],
      { written: { root: 'a/b' } },
    ],
    [
      'entry-clash',
      'case of a folder alone',
      [...files('D'), { name: 'd/' }],
      { bench: { foldsCase: true } },
    ],
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
    ...refusedRoots,
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
    ['a file and a folder', [...files('b'), { name: 'b/' }]],
    ['a folder of the same name', [{ name: '1/' }]],
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
    expect(evidence?.at(-1)).toEqual({ label: '', text: 'and 1,490 more' })
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
