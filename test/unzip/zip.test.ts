/** The door to zips: what is read is what was packed, and what contradicts itself is refused, never waited for. */

import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openZip } from '../../lib/io/zip.ts'
import { type Problem, Problem as ProblemClass } from '../../lib/model/problem.ts'
import { extraField, unicodePath, type ZipPart, zipOf } from '../rig/zips.ts'
import { contents, entriesOf, inMemory } from './rig.ts'

const cat: ZipPart = { name: 'cats/1.jpg', content: 'meow '.repeat(100), method: 8 }
const dog: ZipPart = { name: 'dogs/2.jpg', content: 'woof' }
const packed = new Map([
  ['cats/1.jpg', 'meow '.repeat(100)],
  ['dogs/2.jpg', 'woof'],
])

async function texts(zip: Buffer): Promise<ReadonlyMap<string, string>> {
  const files = await contents(inMemory(zip))
  return new Map([...files].map(([path, bytes]) => [path, bytes.toString()]))
}

async function problemOf(zip: Buffer): Promise<Problem> {
  const outcome = await contents(inMemory(zip)).catch((error: unknown) => error)
  if (outcome instanceof ProblemClass) return outcome
  throw new Error('was read without a problem', { cause: outcome })
}

/** Sizes as the ZIP64 field of a local header has them: unpacked, packed. */
const localZip64 = (...sizes: readonly bigint[] | readonly number[]): Buffer =>
  extraField(1, Buffer.from(new BigUint64Array(sizes.map(BigInt)).buffer))

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
    const zip = zipOf([{ name: 'caf#U00e9', content: 'x', extra }])
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

/** A local header and its content stand before what the directory names. */
function unnamed(): Buffer {
  const hidden = zipOf([dog])
  const before = hidden.subarray(0, hidden.indexOf('PK\x01\x02'))
  return zipOf([{ ...cat, offset: before.length }], { before, lies: { offset: before.length } })
}

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
    ['corrupt-zip', 'bytes between directory and end', zipOf([cat, dog], { between: 'signed' })],
    ['corrupt-zip', 'two ends that differ', zipOf([cat], { zip64: ['offset'], plainEntries: 2 })],
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

  test('a zip cut at any byte', async () => {
    const inner = zipOf([dog])
    const zip = zipOf([cat, { name: 'in.zip', content: inner }, { ...dog, zip64: ['bytes'] }], {
      zip64: ['entries'],
      comment: 'the end',
    })
    for (let bytes = 0; bytes < zip.length; bytes += 1) {
      const { code } = await problemOf(zip.subarray(0, bytes))
      expect(code, `cut after ${bytes}`).toBe(bytes === 0 ? 'not-a-zip' : 'cut-zip')
    }
  })

  const rich = zipOf(
    [
      { ...cat, descriptor: true, mode: 0o100644 },
      { ...dog, zip64: ['bytes', 'offset'], localExtra: Buffer.alloc(6) },
      { name: 'café', content: 'noir', flags: 0x800 },
      { name: 'folder/' },
    ],
    { zip64: ['entries', 'offset'], comment: 'the end' },
  )

  test.each([0x01, 0x80, 0xff])(
    'never anything but what was packed, whichever byte is wrong by %i',
    async wrong => {
      const whole = new Map([...packed, ['café', 'noir'], ['folder/', '']])
      for (let at = 0; at < rich.length; at += 1) {
        const bytes = Buffer.from(rich)
        bytes[at] = (bytes[at] as number) ^ wrong
        const outcome = await texts(bytes).catch((error: unknown) => error)
        // Dates, versions and attributes prove nothing: there the content is as it was.
        if (!(outcome instanceof ProblemClass)) expect(outcome, `byte ${at}`).toEqual(whole)
      }
    },
  )

  test('a reading that fails, whichever it is', async () => {
    const zip = zipOf([cat, { name: 'large', content: Buffer.alloc(5_000_000), method: 0 }, dog], {
      zip64: ['offset'],
    })
    const whole = inMemory(zip)
    await contents(whole)
    expect(whole.reads).toBeGreaterThan(5)
    for (let k = 1; k <= whole.reads; k += 1)
      await expect(contents(inMemory(zip, k)), `reading ${k}`).rejects.toMatchObject({ code: 'EIO' })
  })
})
