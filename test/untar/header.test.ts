/** The pure parts: numbers, headers, extended records, and what they say together. */

import { describe, expect, test } from 'vitest'
import { Pull } from '../../lib/io/pull.ts'
import { readHeader } from '../../lib/io/tar/header.ts'
import { numberIn } from '../../lib/io/tar/numbers.ts'
import { paxRecords } from '../../lib/io/tar/pax.ts'
import { beginsLikeTar, type TarEntry, TarReader } from '../../lib/io/tar.ts'
import { gnuLong, pax, type TarPart, tarOf } from '../rig/tars.ts'

const bytes = (...values: readonly number[]): Buffer => Buffer.from(values)

describe('numbers', () => {
  test.each<[string, string | Buffer, number | undefined]>([
    ['octal', '00000001750\0', 1000],
    ['octal, ended by a space', '0000644 \0', 0o644],
    ['octal, behind spaces', '    644\0', 0o644],
    ['octal, filling its field', '77777777777', 0o77777777777],
    ['octal, with rubbish behind its end', '17\x00999', 0o17],
    ['nothing', '\0\0\0\0', 0],
    ['only spaces', '       ', 0],
    ['no octal digit', '0000008\0', undefined],
    ['a sign', '-1\0', undefined],
    ['base 256', Buffer.concat([bytes(0x80), Buffer.alloc(6), bytes(2, 0, 0, 0, 1)]), 0x200000001],
    ['base 256, more than can be counted', Buffer.concat([bytes(0x80), Buffer.alloc(11, 0xff)]), undefined],
    ['base 256, negative', Buffer.alloc(12, 0xff), undefined],
  ])('%s', (_, field, value) => {
    expect(numberIn(Buffer.from(field))).toBe(value)
  })
})

describe('headers', () => {
  const block = (part: TarPart): Buffer => tarOf([part]).subarray(0, 512)
  const name = (part: TarPart): string | undefined => {
    const header = readHeader(block(part))
    return header === undefined || header === 'zero' ? header : header.name.toString()
  }

  test.each<[string, TarPart, string | undefined]>([
    ['ustar', { name: 'a' }, 'a'],
    ['ustar with a prefix', { name: 'b', prefix: 'a' }, 'a/b'],
    ['a name that fills its field', { name: 'n'.repeat(100) }, 'n'.repeat(100)],
    ['a prefix that fills its field', { name: 'b', prefix: 'p'.repeat(155) }, `${'p'.repeat(155)}/b`],
    ['GNU, which has times in place of the prefix', { name: 'b', form: 'gnu', prefix: '14637' }, 'b'],
    ['V7', { name: 'b', form: 'v7', prefix: 'rubbish' }, 'b'],
    ['bytes summed as signed ones', { name: 'äöü', checksum: 'signed' }, 'äöü'],
    ['bytes summed as unsigned ones', { name: 'äöü' }, 'äöü'],
    ['another sum', { name: 'a', checksum: 1 }, undefined],
  ])('%s', (_, part, expected) => {
    expect(name(part)).toBe(expected)
  })

  test('zeros', () => {
    expect(readHeader(Buffer.alloc(512))).toBe('zero')
    expect(beginsLikeTar(Buffer.alloc(512))).toBe('with zeros')
    expect(beginsLikeTar(Buffer.alloc(511))).toBe('no')
    expect(beginsLikeTar(block({ name: 'a' }))).toBe('yes')
    expect(beginsLikeTar(Buffer.alloc(512, 0x20))).toBe('no')
  })

  test('a block without its end is none', () => {
    expect(readHeader(block({ name: 'a' }).subarray(0, 511))).toBeUndefined()
  })
})

describe('extended records', () => {
  test.each<[string, string, Readonly<Record<string, string>> | undefined]>([
    ['none', '', {}],
    ['two', '6 a=b\n8 c=d=e\n', { a: 'b', c: 'd=e' }],
    ['a value of several lines', '8 a=b\nc\n', { a: 'b\nc' }],
    ['no value', '5 a=\n', { a: '' }],
    ['the same key again', '6 a=b\n6 a=c\n', { a: 'c' }],
    ['a length that ends elsewhere', '7 a=b\n', undefined],
    ['a length of nothing', '0 a=b\n', undefined],
    ['a length beyond the end', '99 a=b\n', undefined],
    ['a length that is none', 'x a=b\n', undefined],
    ['a length that goes on for ever', `${'9'.repeat(400)} a=b\n`, undefined],
    ['no key', '4 ab\n', undefined],
    ['no space', 'aaaa', undefined],
  ])('%s', (_, body, records) => {
    const found = paxRecords(Buffer.from(body))
    expect(found && Object.fromEntries([...found].map(([key, value]) => [key, value.toString()]))).toEqual(
      records,
    )
  })
})

describe('entries', () => {
  async function entries(parts: readonly TarPart[]): Promise<readonly TarEntry[]> {
    const reader = new TarReader('a.tar', new Pull(piecesOf(tarOf(parts), 300)))
    const found: TarEntry[] = []
    for (let entry = await reader.next(); entry; entry = await reader.next()) found.push(entry)
    return found
  }

  const last: TarPart = { name: 'last' }
  const long = 'long/'.repeat(40)
  test.each<[string, readonly TarPart[], Partial<TarEntry>]>([
    ['a file', [{ name: 'a', content: 'abc' }], { path: 'a', kind: 'file', bytes: 3, isUtf8: true }],
    ['a file of V7', [{ name: 'a', content: 'abc', type: '\0', form: 'v7' }], { kind: 'file', bytes: 3 }],
    ['a folder of V7', [{ name: 'a/', type: '\0', form: 'v7' }], { kind: 'folder' }],
    ['a folder that holds bytes', [{ name: 'a/', content: 'x' }], { kind: 'file', path: 'a/' }],
    ['a file that lies in one piece', [{ name: 'a', content: 'abc', type: '7' }], { kind: 'file', bytes: 3 }],
    ['a folder that tells a size', [{ name: 'a', type: '5', bytes: 4096 }], { kind: 'folder', bytes: 0 }],
    [
      'a folder with a list of names',
      [{ name: 'a', type: 'D', content: 'Yb\0\0' }],
      { kind: 'folder', bytes: 4 },
    ],
    ['a link', [{ name: 'a', type: '2', goal: 'b', bytes: 9 }], { kind: 'link', goal: 'b', bytes: 0 }],
    ['a hard link', [{ name: 'a', type: '1', goal: 'b' }], { kind: 'hard-link', goal: 'b' }],
    [
      'a hard link that tells a size',
      [{ name: 'a', type: '1', goal: 'b', bytes: 9, form: 'gnu' }],
      { kind: 'hard-link', bytes: 0 },
    ],
    [
      'a hard link of GNU that tells a size, of a long name',
      [gnuLong('L', long), { name: 'a', type: '1', goal: 'b', bytes: 9, form: 'gnu' }],
      { kind: 'hard-link', bytes: 0, path: long },
    ],
    [
      'a hard link of pax with its content',
      [pax({ mtime: '1' }), { name: 'a', type: '1', goal: 'b', content: 'abc' }],
      { kind: 'file', bytes: 3 },
    ],
    ['a pipe', [{ name: 'a', type: '6', bytes: 9 }], { kind: 'special', bytes: 0 }],
    ['a sparse file of GNU', [{ name: 'a', type: 'S', content: 'abc' }], { kind: 'sparse', bytes: 3 }],
    [
      'a sparse file of GNU with a long map',
      [
        {
          name: 'a',
          type: 'S',
          bytes: 0,
          over: { 482: '\x01' },
          content: Buffer.alloc(1024).fill(1, 504, 505),
        },
      ],
      { kind: 'sparse' },
    ],
    [
      'a sparse file of pax',
      [pax({ 'GNU.sparse.major': '1', 'GNU.sparse.name': 'real' }), { name: 'x', content: 'abc' }],
      { kind: 'sparse', path: 'real' },
    ],
    [
      'a type that is none',
      [{ name: 'a', type: 'Z', content: 'abc' }],
      { kind: 'unknown', type: 'Z', bytes: 3 },
    ],
    [
      'a long name of GNU',
      [gnuLong('L', long), { name: 'long/', content: 'x' }],
      { path: long, kind: 'file' },
    ],
    ['a long goal of GNU', [gnuLong('K', long), { name: 'a', type: '2', goal: 'b' }], { goal: long }],
    [
      'both',
      [gnuLong('K', 'goal'), gnuLong('L', 'name'), { name: 'a', type: '1', goal: 'b' }],
      { path: 'name', goal: 'goal' },
    ],
    [
      'pax',
      [pax({ path: 'é', linkpath: 'ü', size: '3' }), { name: 'a', bytes: 0, content: 'abc' }],
      { path: 'é', goal: 'ü', bytes: 3 },
    ],
    ['pax over GNU', [pax({ path: 'pax' }), gnuLong('L', 'gnu'), { name: 'a' }], { path: 'pax' }],
    ['pax for all', [pax({ path: 'all' }, 'g'), { name: 'a' }], { path: 'all' }],
    [
      'pax for one over pax for all',
      [pax({ path: 'all' }, 'g'), pax({ path: 'one' }), { name: 'a' }],
      { path: 'one' },
    ],
    ['nothing said for one', [pax({ path: 'all' }, 'g'), pax({ path: '' }), { name: 'a' }], { path: 'a' }],
    [
      'an old extended header of Sun',
      [{ ...pax({ path: 'sun' }), type: 'X' }, { name: 'a' }],
      { path: 'sun' },
    ],
    [
      'two extended headers',
      [pax({ path: 'p' }), pax({ size: '2' }), { content: 'ab', bytes: 0 }],
      { path: 'p', bytes: 2 },
    ],
    ['a label', [{ name: 'backup', type: 'V' }, { name: 'a' }], { path: 'a' }],
    [
      'a size in base 256',
      [{ name: 'a', bytes: Buffer.from('800000000000000000000003', 'hex'), content: 'abc' }],
      { bytes: 3 },
    ],
    ['a name of other bytes', [{ name: Buffer.from('caf\xe9', 'latin1') }], { isUtf8: false, path: 'café' }],
  ])('%s', async (_, parts, expected) => {
    const found = await entries([...parts, last])
    expect(found).toHaveLength(2)
    expect(found[0]).toMatchObject(expected)
    expect(found[1]?.path).toBe(parts.some(({ type }) => type === 'g') ? 'all' : 'last')
  })
})

/** As they may come: in pieces of any length. */
async function* piecesOf(all: Buffer, length: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < all.length; at += length) yield all.subarray(at, at + length)
}

describe('bytes in pieces', () => {
  const all = Buffer.from('0123456789')

  test.each([1, 2, 3, 10, 99])('of %i', async length => {
    const pull = new Pull(piecesOf(all, length))
    expect((await pull.peek(3)).toString()).toBe('012')
    expect((await pull.take(4)).toString()).toBe('0123')
    expect(await pull.skip(2)).toBe(2)
    expect(pull.position).toBe(6)
    expect((await pull.some(1)).toString()).toBe('6')
    expect((await pull.take(99)).toString()).toBe('789')
    expect((await pull.peek(1)).length + (await pull.some(1)).length + (await pull.skip(5))).toBe(0)
    expect(pull.position).toBe(10)
  })

  test('all that is left', async () => {
    const pull = new Pull(piecesOf(all, 4))
    await pull.skip(3)
    const rest: Buffer[] = []
    for await (const piece of pull.rest()) rest.push(piece)
    expect(Buffer.concat(rest).toString()).toBe('3456789')
    expect(await pull.skip(Number.POSITIVE_INFINITY)).toBe(0)
  })
})
