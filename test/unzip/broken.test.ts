/** The door to zips: what contradicts itself is refused, never waited for, and never read as something else. */

import { deflateRawSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { type Descriptor, extraField, unicodePath, unnamedEntry, zipOf } from '../rig/zips.ts'
import { cat, dog, localZip64, problemOf } from './cats.ts'

/** The first entry's extra fields hold the second one, header and all, so that both have the same data. */
function quoted(): Buffer {
  const second = zipOf([{ name: 'b', content: 'x'.repeat(99) }])
  const localBytes = second.indexOf('PK\x01\x02')
  const header = second.subarray(0, localBytes - 99)
  return zipOf([
    { name: 'a', content: 'xx', localExtra: extraField(0x9999, header) },
    { name: 'b', content: '', offset: 35, says: { bytes: 99, compressedBytes: 0 } },
  ])
}

const hidden = unnamedEntry(dog)

/** A local header and its content stand before what the directory names. */
function unnamed(): Buffer {
  const before = hidden
  return zipOf([{ ...cat, offset: before.length }], { before, lies: { offset: before.length } })
}

const padded = (bytes: number, content: Buffer): Buffer => Buffer.concat([Buffer.alloc(bytes), content])

const longer = (content: string | Buffer, more: string | Buffer): Buffer =>
  Buffer.concat([deflateRawSync(content), Buffer.from(more)])

const otherDescriptors: readonly (readonly [what: string, descriptor: Descriptor])[] = [
  ['another CRC', { says: { crc32: 1 } }],
  ['another size', { says: { bytes: 1 } }],
  ['another packed size', { says: { compressedBytes: 1 } }],
  ['another CRC, without signature,', { isBare: true, says: { crc32: 1 } }],
  ['another size, without signature,', { isBare: true, says: { bytes: 1 } }],
  ['another size in eight bytes', { isLong: true, says: { bytes: 2 ** 40 } }],
  [
    'another packed size in eight bytes, without signature,',
    { isBare: true, isLong: true, says: { compressedBytes: 2 ** 32 } },
  ],
]

describe('refuses', () => {
  const large = Buffer.alloc(5_000_000, 'a')
  test.each<[string, string, Buffer]>([
    ['not-a-zip', 'an empty file', Buffer.alloc(0)],
    ['not-a-zip', 'a page', Buffer.from('\n<!DOCTYPE html><html>sign in</html>')],
    ['not-a-zip', 'a tar', Buffer.concat([Buffer.alloc(257), Buffer.from('ustar'), Buffer.alloc(300)])],
    ['cut-zip', 'a cut zip', zipOf([cat, dog]).subarray(0, -30)],
    [
      'cut-zip',
      'a zip cut behind a zip within',
      zipOf([{ name: 'in', content: zipOf([dog]) }]).subarray(0, 32 + zipOf([dog]).length),
    ],
    ['split-zip', 'one disk of several', zipOf([cat], { lies: { disk: 2 } })],
    ['wrong-entry-count', 'more entries than there is room for', zipOf([cat], { lies: { entries: 60_000 } })],
    [
      'wrong-entry-count',
      'more entries than there are',
      zipOf([{ ...cat, name: 'n'.repeat(99) }], { lies: { entries: 1 } }),
    ],
    ['wrong-entry-count', 'fewer entries than there are', zipOf([cat, dog], { lies: { entries: -1 } })],
    [
      'wrong-entry-count',
      'billions of entries',
      zipOf([cat], { zip64: ['entries'], lies: { entries: 2 ** 52 } }),
    ],
    ['corrupt-zip', 'a directory behind itself', zipOf([cat], { lies: { offset: 1 } })],
    ['corrupt-zip', 'a directory that is larger', zipOf([cat], { lies: { bytes: 1 } })],
    ['corrupt-zip', 'a directory that is smaller', zipOf([cat, dog], { lies: { bytes: -1 } })],
    [
      'corrupt-zip',
      'a directory larger than the file',
      zipOf([cat], { zip64: ['bytes'], lies: { bytes: 2 ** 50 } }),
    ],
    ['corrupt-zip', 'ZIP64 sizes that are not there', zipOf([{ ...cat, zip64: ['bytes'], zip64Lost: true }])],
    ['corrupt-zip', 'an offset behind the end', zipOf([{ ...cat, zip64: ['offset'], offset: 2 ** 40 }])],
    [
      'corrupt-zip',
      'an offset that no number holds',
      zipOf([{ ...cat, zip64: ['offset'], offset: 2 ** 60 }]),
    ],
    [
      'entry-overlap',
      'two entries of the same bytes',
      zipOf([dog, { ...dog, name: 'dogs/3.jpg', offset: 0 }]),
    ],
    [
      'entry-overlap',
      'an entry within another',
      zipOf([
        { name: 'kernel', content: 'x'.repeat(99) },
        { name: 'quoted', offset: 50 },
      ]),
    ],
    [
      'entry-overlap',
      'a packed size that reaches into the next',
      zipOf([{ ...dog, says: { compressedBytes: 200 } }, cat]),
    ],
    ['entry-header-mismatch', 'no local header', zipOf([{ ...cat, local: { signature: 0 } }])],
    ['entry-header-mismatch', 'another name there', zipOf([{ ...cat, local: { name: 'cats/2.jpg' } }])],
    ['entry-header-mismatch', 'another method there', zipOf([{ ...cat, local: { method: 0 } }])],
    ['entry-header-mismatch', 'a longer name there', zipOf([{ ...cat, local: { name: 'cats/1.jpg!' } }])],
    [
      'entry-header-mismatch',
      'a shorter name there',
      zipOf([{ ...cat, local: { name: 'cats/1.jp' }, localExtra: Buffer.alloc(1) }]),
    ],
    [
      'entry-header-mismatch',
      'another name in the field of the directory alone',
      zipOf([{ ...cat, extra: unicodePath(cat.name, 'cats/one.jpg') }]),
    ],
    [
      'entry-header-mismatch',
      'another name in the field there alone',
      zipOf([{ ...cat, localExtra: unicodePath(cat.name, 'cats/one.jpg') }]),
    ],
    [
      'entry-header-mismatch',
      'another name in the field there than in that of the directory',
      zipOf([
        {
          ...cat,
          extra: unicodePath(cat.name, 'cats/one.jpg'),
          localExtra: unicodePath(cat.name, 'cats/two.jpg'),
        },
      ]),
    ],
    ['entry-header-mismatch', 'another CRC there', zipOf([{ ...cat, local: { crc32: 1 } }])],
    ['entry-header-mismatch', 'another size there', zipOf([{ ...cat, local: { bytes: 1 } }])],
    [
      'entry-header-mismatch',
      'another packed size there',
      zipOf([{ ...cat, local: { compressedBytes: 1 } }]),
    ],
    ['entry-header-mismatch', 'encryption there', zipOf([{ ...cat, local: { flags: 1 } }])],
    [
      'entry-header-mismatch',
      'another writing of the name there',
      zipOf([{ ...cat, name: 'é', flags: 0x800, local: { flags: 0 } }]),
    ],
    [
      'entry-header-mismatch',
      'ZIP64 sizes there that are not there',
      zipOf([{ ...cat, local: { bytes: 0xffffffff } }]),
    ],
    [
      'entry-header-mismatch',
      'other ZIP64 sizes there',
      zipOf([
        { ...dog, local: { bytes: 0xffffffff, compressedBytes: 0xffffffff }, localExtra: localZip64(4, 5) },
      ]),
    ],
    [
      'entry-header-mismatch',
      'another CRC there, large, behind many extra fields',
      zipOf([{ name: 'a', content: large, method: 8, local: { crc32: 1 }, localExtra: Buffer.alloc(9000) }]),
    ],
    ['entry-overlap', 'an entry that is quoted by the extra fields of the one before', quoted()],
    ['entry-hidden', 'between two others', zipOf([{ ...cat, behind: hidden }, dog])],
    ['entry-hidden', 'before the directory', zipOf([cat, { ...dog, behind: hidden }])],
    ['entry-hidden', 'behind a descriptor', zipOf([{ ...cat, descriptor: true, behind: hidden }, dog])],
    [
      'entry-hidden',
      'behind a descriptor that is not there',
      zipOf([{ name: 'a', descriptor: { isLost: true }, behind: hidden }, dog]),
    ],
    ['entry-hidden', 'behind padding', zipOf([{ ...cat, behind: padded(4096, hidden) }, dog])],
    [
      'entry-hidden',
      'behind many extra fields',
      zipOf([{ ...cat, localExtra: Buffer.alloc(6000), behind: hidden }, dog]),
    ],
    // Its signature lies across the end of a piece that is read.
    ...[0, 1, 2, 3].map((before): [string, string, Buffer] => [
      'entry-hidden',
      `behind much padding and ${before}`,
      zipOf([{ ...cat, behind: padded((2 << 20) - before, hidden) }, dog]),
    ]),
    ['entry-hidden', 'behind a large one', zipOf([{ name: 'a', content: large, method: 8, behind: hidden }])],
    ['entry-hidden', 'cut', zipOf([{ ...cat, behind: hidden.subarray(0, 9) }, dog])],
    ...otherDescriptors.map(([what, descriptor]): [string, string, Buffer] => [
      'entry-header-mismatch',
      `${what} behind the data`,
      zipOf([{ ...cat, descriptor }, dog]),
    ]),
    [
      'entry-header-mismatch',
      'another CRC behind the data, large',
      zipOf([{ name: 'a', content: large, method: 8, descriptor: { says: { crc32: 1 } } }]),
    ],
    [
      'entry-header-mismatch',
      'a descriptor that is not there',
      zipOf([{ ...cat, descriptor: { isLost: true }, behind: 'padding' }, dog]),
    ],
    [
      'entry-header-mismatch',
      'a descriptor that is not there, before a hidden entry',
      zipOf([{ ...cat, descriptor: { isLost: true }, behind: hidden }, dog]),
    ],
    [
      'bytes-after-content',
      'a byte',
      zipOf([{ name: 'a', content: 'x', method: 8, packed: longer('x', '!') }]),
    ],
    [
      'bytes-after-content',
      'zeros',
      zipOf([{ name: 'a', content: 'x', method: 8, packed: longer('x', '\0') }]),
    ],
    [
      'bytes-after-content',
      'behind a large one',
      zipOf([{ name: 'a', content: large, method: 8, packed: longer(large, '!') }]),
    ],
    [
      'bytes-after-content',
      'much, behind a large one',
      zipOf([{ name: 'a', content: large, method: 8, packed: longer(large, Buffer.alloc(3 << 20)) }]),
    ],
    ['bytes-before-zip', 'a script', zipOf([cat], { before: '#!/bin/sh\n'.repeat(999) })],
    ['bytes-before-zip', 'a program, with ZIP64', zipOf([cat], { zip64: ['offset'], before: 'MZ' })],
    [
      'bytes-before-zip',
      'a program that is counted along',
      zipOf([{ ...cat, offset: 100 }], { before: Buffer.alloc(100, 'MZ'), lies: { offset: 100 } }),
    ],
    ['bytes-before-zip', 'another zip', zipOf([cat], { before: zipOf([dog]) })],
    ['bytes-before-zip', 'an entry that the directory does not name', unnamed()],
    ['bytes-before-zip', 'zeros before nothing', zipOf([], { before: Buffer.alloc(9), lies: { offset: 9 } })],
    ['bytes-after-zip', 'a line', zipOf([cat], { after: '\n' })],
    ['bytes-after-zip', 'zeros', zipOf([cat], { after: Buffer.alloc(512), zip64: ['entries'] })],
    ['bytes-after-zip', 'zeros behind a comment', zipOf([cat], { after: Buffer.alloc(512), comment: 'c' })],
    ['cut-zip', 'more behind it than is looked through', zipOf([cat], { after: Buffer.alloc(70_000) })],
    ['corrupt-zip', 'another place of its directory', zipOf([cat, dog], { lies: { offset: -7 } })],
    ['corrupt-zip', 'bytes between directory and end', zipOf([cat, dog], { between: 'signed' })],
    ['corrupt-zip', 'two ends that differ', zipOf([cat], { zip64: ['offset'], plainEntries: 2 })],
    ...[-1, 1, -50, 1e9, 2 ** 62].map((locator): [string, string, Buffer] => [
      'corrupt-zip',
      `a ZIP64 end record that is said to be ${locator} bytes further`,
      zipOf([cat], { zip64: ['entries'], lies: { locator } }),
    ]),
    ['wrong-entry-count', 'none of two', zipOf([cat, dog], { lies: { entries: -2 } })],
    [
      'zip64-missing',
      '65,537 entries without ZIP64',
      zipOf(Array.from({ length: 65_537 }, (_, i) => ({ name: `${i}` }))),
    ],
    [
      'corrupt-zip',
      'content that is not deflated',
      zipOf([{ name: 'a', content: 'a', method: 8, local: {}, says: { compressedBytes: 2 } }]),
    ],
    ['crc-mismatch', 'a wrong CRC', zipOf([{ ...dog, says: { crc32: 1 } }])],
    [
      'crc-mismatch',
      'a wrong CRC, large',
      zipOf([{ name: 'a', content: large, method: 8, says: { crc32: 1 } }]),
    ],
    ['entry-size-mismatch', 'more than declared', zipOf([{ ...cat, says: { bytes: 10 } }])],
    ['entry-size-mismatch', 'less than declared', zipOf([{ ...cat, says: { bytes: 1000 } }])],
    ['entry-size-mismatch', 'nothing declared', zipOf([{ ...cat, says: { bytes: 0 } }])],
    [
      'entry-size-mismatch',
      'a bomb',
      zipOf([{ name: 'a', content: Buffer.alloc(50_000_000), method: 8, says: { bytes: 4_500_000 } }]),
    ],
    [
      'entry-size-mismatch',
      'less than declared, large',
      zipOf([{ name: 'a', content: large, method: 8, says: { bytes: 5_000_001 } }]),
    ],
    ['entry-size-mismatch', 'stored with two sizes', zipOf([{ ...dog, says: { bytes: 3 } }])],
  ])('%s: %s', async (code, _, zip) => {
    expect((await problemOf(zip)).code).toBe(code)
  })
})
