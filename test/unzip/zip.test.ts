/** The door to zips: what is read is what was packed. */

import { randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openZip } from '../../lib/io/zip.ts'
import { type Descriptor, extraField, unicodePath, zipOf } from '../rig/zips.ts'
import { cat, dog, localZip64, packed, texts } from './cats.ts'
import { contents, entriesOf, inMemory } from './rig.ts'

const descriptors: readonly Descriptor[] = [
  { isBare: true },
  { isLong: true },
  { isBare: true, isLong: true },
  { isLost: true },
]

describe('reads', () => {
  const end = zipOf([])
  const marked = zipOf(
    [
      { ...cat, offset: 4 },
      {
        ...dog,
        offset: 4 + zipOf([cat]).length - zipOf([cat]).subarray(zipOf([cat]).indexOf('PK\x01\x02')).length,
      },
    ],
    { before: 'PK00', lies: { offset: 4 } },
  )
  test.each<[string, Buffer]>([
    ['stored and deflated', zipOf([cat, dog])],
    ['a comment as long as can be', zipOf([cat, dog], { comment: 'x'.repeat(0xffff) })],
    [
      'a comment with an end record in it',
      zipOf([cat, dog], { comment: Buffer.concat([end, Buffer.from('!')]) }),
    ],
    ['the mark of a split archive that became one part', marked],
    [
      'sizes in a local ZIP64 field',
      zipOf([
        { ...dog, local: { bytes: 0xffffffff, compressedBytes: 0xffffffff }, localExtra: localZip64(4, 4) },
        cat,
      ]),
    ],
    [
      'sizes behind the data',
      zipOf([
        { ...cat, descriptor: true },
        { ...dog, descriptor: true },
      ]),
    ],
    ...descriptors.map((descriptor): [string, Buffer] => [
      `sizes behind the data: ${JSON.stringify(descriptor)}`,
      zipOf([
        { ...cat, descriptor },
        { ...dog, descriptor },
      ]),
    ]),
    [
      'padding between entries',
      zipOf([
        { ...cat, behind: Buffer.alloc(4096) },
        { ...dog, descriptor: true, behind: 'not used any more' },
      ]),
    ],
    [
      'local extra fields',
      zipOf([
        { ...cat, localExtra: Buffer.alloc(40) },
        { ...dog, localExtra: Buffer.alloc(6000) },
      ]),
    ],
    ['ZIP64 at the end', zipOf([cat, dog], { zip64: ['entries', 'bytes', 'offset'] })],
    ['ZIP64 at the end, for one field', zipOf([cat, dog], { zip64: ['bytes'] })],
    ['ZIP64 at the end, for no field', zipOf([cat, dog], { zip64: [] })],
    [
      'ZIP64 for the offset alone',
      zipOf([
        { ...cat, zip64: ['offset'] },
        { ...dog, zip64: ['offset'] },
      ]),
    ],
    ['ZIP64 for the sizes alone', zipOf([{ ...cat, zip64: ['bytes', 'compressedBytes'] }, dog])],
    [
      'ZIP64 for everything',
      zipOf([{ ...cat, zip64: ['bytes', 'compressedBytes', 'offset'] }, dog], { zip64: ['offset'] }),
    ],
  ])('%s', async (_, zip) => {
    expect(await texts(zip)).toEqual(packed)
  })

  test('no entries', async () => {
    expect((await openZip(inMemory(zipOf([])))).count).toBe(0)
  })

  test('entries of no bytes, stored and deflated', async () => {
    const zip = zipOf([{ name: 'a' }, { name: 'b', method: 8 }])
    expect(await texts(zip)).toEqual(
      new Map([
        ['a', ''],
        ['b', ''],
      ]),
    )
  })

  test.each(descriptors)('entries of no bytes, with sizes behind: %j', async descriptor => {
    const zip = zipOf([
      { name: 'a', descriptor },
      { name: 'b', method: 8, descriptor },
    ])
    expect(await texts(zip)).toEqual(
      new Map([
        ['a', ''],
        ['b', ''],
      ]),
    )
  })

  test('a CRC that is the signature of a descriptor without one', async () => {
    const content = Buffer.from('ac0a7ad5', 'hex')
    expect(crc32(content)).toBe(0x08074b50)
    const zip = zipOf([{ name: 'a', content, descriptor: { isBare: true } }, dog])
    expect((await contents(inMemory(zip))).get('a')).toEqual(content)
  })

  test('a zip stored in a zip, whose end record comes first', async () => {
    const inner = zipOf([{ name: 'inner', content: 'x' }])
    expect(await contents(inMemory(zipOf([{ name: 'in.zip', content: inner }])))).toEqual(
      new Map([['in.zip', inner]]),
    )
  })

  test.each([65_535, 65_536])('%i entries', async count => {
    const parts = Array.from({ length: count }, (_, i) => ({ name: `${i}` }))
    const zip = zipOf(parts, count > 65_535 ? { zip64: ['entries'], lies: { entries: 0 } } : {})
    const entries = entriesOf(await openZip(inMemory(zip)))
    expect(entries).toHaveLength(count)
    expect(entries.at(-1)?.path).toBe(`${count - 1}`)
  })

  test.each([0, 0x800])('names in UTF-8 with flags %i', async flags => {
    const [entry] = entriesOf(await openZip(inMemory(zipOf([{ name: 'Ähre/猫.jpg', flags }]))))
    expect(entry).toMatchObject({ path: 'Ähre/猫.jpg', isUtf8: true })
  })

  test('names that are not UTF-8 are told as such', async () => {
    const [entry] = entriesOf(await openZip(inMemory(zipOf([{ name: Buffer.from([0x84, 0x68]) }]))))
    expect(entry).toMatchObject({ path: '\ufffdh', isUtf8: false })
  })

  test.each<[string, Buffer, string]>([
    ['that was made for it', unicodePath('caf#U00e9', 'café'), 'café'],
    ['that was made for another', unicodePath('cafe', 'café'), 'caf#U00e9'],
    ['that is cut', unicodePath('caf#U00e9', 'café').subarray(0, 6), 'caf#U00e9'],
    ['of a later version', Buffer.from(unicodePath('caf#U00e9', 'café')).fill(2, 4, 5), 'caf#U00e9'],
  ])('names by an extra field %s', async (_, extra, path) => {
    const zip = zipOf([{ name: 'caf#U00e9', content: 'x', extra, localExtra: extra }])
    expect(await texts(zip)).toEqual(new Map([[path, 'x']]))
  })

  test('the name of the header, where it is said to be UTF-8', async () => {
    const zip = zipOf([{ name: 'a', content: 'x', flags: 0x800, extra: unicodePath('a', 'b') }])
    expect([...(await texts(zip)).keys()]).toEqual(['a'])
  })

  test.each([
    ['ASi', extraField(0x756e, Buffer.from([0, 0, 0, 0, 0xff, 0xa1, 0, 0]))],
    ['PKWARE', extraField(0x000d, Buffer.concat([Buffer.alloc(12), Buffer.from('/etc/passwd')]))],
  ])('links by the extra field of %s', async (_, extra) => {
    const [entry] = entriesOf(await openZip(inMemory(zipOf([{ name: 'a', extra }]))))
    expect(entry?.kind).toBe('link')
  })

  test.each<[string, number | undefined, string]>([
    ['a/', undefined, 'folder'],
    ['a', 0o040755, 'folder'],
    ['a', 0o120777, 'link'],
    ['a', 0o100644, 'file'],
    ['a', 0o010644, 'special'],
  ])('%s of mode %i is a %s', async (name, mode, kind) => {
    const [entry] = entriesOf(await openZip(inMemory(zipOf([{ name, ...(mode && { mode }) }]))))
    expect(entry?.kind).toBe(kind)
  })

  test.each([0, 8])('content that is larger than is held at once, method %i', async method => {
    const content = Buffer.concat([randomBytes(3_000_000), Buffer.alloc(3_000_000, 'a')])
    const files = await contents(inMemory(zipOf([cat, { name: 'large', content, method }, dog])))
    expect(files.get('large')?.equals(content)).toBe(true)
  })

  test('whatever was packed', async () => {
    const part = fc.record({
      name: fc.stringMatching(/^[a-zé/]{1,12}$/),
      content: fc.uint8Array({ maxLength: 300 }).map(bytes => Buffer.from(bytes)),
      method: fc.constantFrom(0, 8),
      descriptor: fc.boolean(),
      localExtra: fc.uint8Array({ maxLength: 20 }).map(bytes => Buffer.from(bytes)),
      zip64: fc.subarray(['bytes', 'compressedBytes', 'offset'] as const),
    })
    const whole = fc.record({
      comment: fc.string({ maxLength: 40 }),
      zip64: fc.subarray(['entries', 'bytes', 'offset'] as const),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(part, { selector: ({ name }) => name, maxLength: 8 }),
        whole,
        async (parts, around) => {
          const files = await contents(inMemory(zipOf(parts, around)))
          expect(files).toEqual(new Map(parts.map(({ name, content }) => [name, content])))
        },
      ),
      { numRuns: 200 },
    )
  })
})
