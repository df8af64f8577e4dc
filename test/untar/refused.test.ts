/** The kind: tars that are refused, each for its reasons, and of which nothing is left. */

import { statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { files, refusedRoots } from '../rig/parts.ts'
import { gnuLong, pax, type TarPart, tarOf } from '../rig/tars.ts'
import { type Asked, staged, unpack } from './rig.ts'

describe('refuses', () => {
  const good: TarPart = { name: 'good', content: 'good' }
  const big = Buffer.alloc(2 << 20)
  test.each<[string, string, readonly TarPart[], Asked?]>([
    ['entry-outside', 'a way up', files('../up')],
    ['entry-outside', 'a way up within', files('a/../../up')],
    ['entry-outside', 'a way up behind a dot', files('./../up')],
    ['entry-outside', 'a folder up', [{ name: '../up/', type: '5' }]],
    ['entry-absolute', 'an absolute path', files('/etc/passwd')],
    ['entry-absolute', 'an absolute path by pax', [pax({ path: '//etc/passwd' }), good]],
    ['entry-drive', 'a drive', files('C:/windows')],
    ['entry-backslash', 'a backslash', files('a\\b')],
    ['entry-outside', 'a way up outside of the root', files('a/b', '../up'), { written: { root: 'a' } }],
    ['entry-outside', 'a link up', [{ name: '../up', type: '2', goal: '/etc' }]],
    ['entry-control-character', 'NUL', [pax({ path: 'a\0b' }), good]],
    ['entry-control-character', 'a control character', files('a\x1b[2Jb')],
    ['entry-not-utf8', 'not UTF-8', [{ name: Buffer.from([0x61, 0xff]) }]],
    ['entry-bad-name', 'no name', [{ name: '', content: 'x' }]],
    ['entry-bad-name', 'a folder with content', files('a/')],
    ['entry-too-long', 'a long name', [gnuLong('L', `a/${'é'.repeat(128)}`), good]],
    ['entry-too-long', 'a long path', [gnuLong('L', `${'abcdefg/'.repeat(128)}x`), good]],
    ['entry-link', 'a link', [{ name: 'a', type: '2', goal: '/etc/passwd' }]],
    [
      'entry-link',
      'a link, and what would be written through it',
      [
        { name: 'a', type: '2', goal: '/tmp' },
        { name: 'a/b', content: 'x' },
      ],
    ],
    ['entry-special', 'a device', [{ name: 'a', type: '3' }]],
    ['entry-device-name', 'a device of Windows', files('a/aux.jpg')],
    ['entry-unknown-method', 'a sparse file', [{ name: 'a', type: 'S', content: 'x' }]],
    ['entry-unknown-method', 'another volume', [{ name: 'a', type: 'M', content: 'x' }]],
    ['entry-duplicate', 'twice the same', files('a', 'a')],
    ['entry-duplicate', 'twice the same, written otherwise', files('a/b', './a//b')],
    [
      'entry-duplicate',
      'twice the same, both large',
      [
        { name: 'a', content: big },
        { name: 'a', content: big },
      ],
    ],
    ['entry-file-and-folder', 'a file and a folder', files('a', 'a/b')],
    ['entry-file-and-folder', 'a folder and a file', files('a/b/c', 'a')],
    [
      'entry-file-and-folder',
      'a large file and a folder',
      [{ name: 'a', content: big }, ...files('a/b', 'a/c', 'a/d/e')],
    ],
    [
      'entry-file-and-folder',
      'a file and the folder of its name',
      [...files('d'), { name: 'd/', type: '5' }],
    ],
    [
      'entry-file-and-folder',
      'a folder and the file of its name',
      [{ name: 'd/', type: '5' }, ...files('d')],
    ],
    [
      'entry-file-and-folder',
      'a folder below the root',
      [{ name: 'a/d', type: '5' }, ...files('a/d', 'd')],
      { written: { root: 'a' } },
    ],
    [
      'entry-file-and-folder',
      'a folder below a root that is found at the end',
      [{ name: 'x/images/d', type: '5' }, ...files('x/images/d', 'd')],
      { written: { root: 'auto' }, target: 'images' },
    ],
    ['entry-clash', 'case', files('A', 'a'), { bench: { foldsCase: true } }],
    ['entry-clash', 'form', files('é', 'e\u0301'), { bench: { foldsCase: true } }],
    ...refusedRoots,
  ])('%s: %s', async (code, _, parts, asked) => {
    const { bench, problem } = await unpack(tarOf([{ name: 'first' }, ...parts, { name: 'last' }]), asked)
    expect(problem?.diagnostics.map(diagnostic => diagnostic.code)).toEqual([code])
    expect(bench.recorded.size).toBe(0)
  })

  test.each<[string, readonly TarPart[]]>([
    ['links', [{ name: 'b', type: '2', goal: 'x' }]],
    ['bad names', files('b/a\x1bb')],
    ['sparse files', [{ name: 'b', type: 'S' }]],
    ['hard links to nothing', [{ name: 'b', type: '1', goal: 'x' }]],
    ['duplicates', files('b', 'b')],
    ['a file and a folder', [...files('b'), { name: 'b/', type: '5' }]],
  ])('but not for %s outside of the root', async (_, parts) => {
    for (const root of ['images', 'auto']) {
      const asked = { written: { root }, target: 'images' }
      const { bench, problem } = await unpack(
        tarOf([...files('images/1'), ...parts, ...files('images/2')]),
        asked,
      )
      expect(problem).toBeUndefined()
      expect(staged(bench)).toEqual({ 1: 'images/1', 2: 'images/2' })
    }
  })

  test('all mistakes at once, each once, with a count', async () => {
    const outside = Array.from({ length: 1500 }, (_, i) => `../${i}`)
    const link: TarPart = { name: 'l', type: '2', goal: 'x' }
    const { problem } = await unpack(tarOf([...files('a', 'a', 'b\n', 'b'), link, ...files(...outside, 'b')]))
    const codes = problem?.diagnostics.map(({ code }) => code)
    expect(codes).toEqual(['entry-outside', 'entry-control-character', 'entry-link', 'entry-duplicate'])
    const evidence = problem?.diagnostics.find(({ code }) => code === 'entry-outside')?.evidence
    expect(evidence).toHaveLength(11)
    expect(evidence?.at(-1)).toEqual({ label: '', text: 'and 1,490 more' })
    expect(problem?.diagnostics[3]?.evidence).toHaveLength(2)
  })

  test('a clash counts once, however many files it touches', async () => {
    const { problem } = await unpack(tarOf(files('a', 'a/b', 'a/c', 'a/d/e')))
    expect(problem?.diagnostics[0]?.message).toBe(
      'images.tar holds 1 name that would be a file and a folder at once.',
    )
  })

  test('an archive where everything is wrong, before it is read to its end', async () => {
    const parts = Array.from({ length: 10_000 }, (_, i) => ({ name: `${i}`, type: '2', goal: 'x' }))
    const { problem } = await unpack(tarOf([...parts, { name: 'cut', bytes: 9 }], { endBlocks: 0 }))
    expect(problem?.diagnostics.map(({ code, message }) => [code, message])).toEqual([
      ['entry-link', '10,000 entries of images.tar would be a link, which could lead anywhere.'],
    ])
  })

  test('what follows a fatal flaw is not written any more', async () => {
    const { bench } = await unpack(
      tarOf([...files('../up'), { name: 'large', content: big }, ...files('small')]),
    )
    expect(statSync(join(bench.staging, 'large')).size).toBe(0)
    expect(staged(bench)).toMatchObject({ small: '' })
  })
})
