/** The door to zips: what is read is what was packed, and what contradicts itself is refused, never waited for. */

import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openZip } from '../../lib/io/zip.ts'
import { type Problem, Problem as ProblemClass } from '../../lib/model/problem.ts'
import { type ZipPart, zipOf } from '../rig/zips.ts'
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

describe('reads', () => {
  const end = zipOf([])
  test.each<[string, Buffer]>([
    ['stored and deflated', zipOf([cat, dog])],
    ['a comment as long as can be', zipOf([cat, dog], { comment: 'x'.repeat(0xffff) })],
    [
      'a comment with an end record in it',
      zipOf([cat, dog], { comment: Buffer.concat([end, Buffer.from('!')]) }),
    ],
    ['bytes before it', zipOf([cat, dog], { before: '#!/bin/sh\n'.repeat(999) })],
    ['bytes after it', zipOf([cat, dog], { after: '\n' })],
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
    ['ZIP64 at the end, behind bytes', zipOf([cat, dog], { zip64: ['entries', 'offset'], before: 'MZ' })],
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
      before: fc.stringMatching(/^[a-z]{0,9}$/),
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

describe('refuses', () => {
  const large = Buffer.alloc(5_000_000, 'a')
  test.each<[string, string, Buffer]>([
    ['not-a-zip', 'an empty file', Buffer.alloc(0)],
    ['not-a-zip', 'a page', Buffer.from('\n<!DOCTYPE html><html>sign in</html>')],
    ['not-a-zip', 'a tar', Buffer.concat([Buffer.alloc(257), Buffer.from('ustar'), Buffer.alloc(300)])],
    ['corrupt-zip', 'a cut zip', zipOf([cat, dog]).subarray(0, -30)],
    [
      'corrupt-zip',
      'a zip cut behind a zip within',
      zipOf([{ name: 'in', content: zipOf([dog]) }]).subarray(0, 32 + zipOf([dog]).length),
    ],
    ['corrupt-zip', 'one disk of several', zipOf([cat], { lies: { disk: 2 } })],
    ['corrupt-zip', 'more entries than there is room for', zipOf([cat], { lies: { entries: 60_000 } })],
    [
      'corrupt-zip',
      'more entries than there are',
      zipOf([{ ...cat, name: 'n'.repeat(99) }], { lies: { entries: 1 } }),
    ],
    ['corrupt-zip', 'fewer entries than there are', zipOf([cat, dog], { lies: { entries: -1 } })],
    ['corrupt-zip', 'billions of entries', zipOf([cat], { zip64: ['entries'], lies: { entries: 2 ** 52 } })],
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
    ['corrupt-zip', 'two entries of the same bytes', zipOf([dog, { ...dog, name: 'dogs/3.jpg', offset: 0 }])],
    [
      'corrupt-zip',
      'an entry within another',
      zipOf([
        { name: 'kernel', content: 'x'.repeat(99) },
        { name: 'quoted', offset: 50 },
      ]),
    ],
    [
      'corrupt-zip',
      'a packed size that reaches into the next',
      zipOf([{ ...dog, says: { compressedBytes: 200 } }, cat]),
    ],
    ['corrupt-zip', 'no local header', zipOf([{ ...cat, local: { signature: 0 } }])],
    ['corrupt-zip', 'another name there', zipOf([{ ...cat, local: { name: 'cats/2.jpg' } }])],
    ['corrupt-zip', 'another method there', zipOf([{ ...cat, local: { method: 0 } }])],
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
      expect(['not-a-zip', 'corrupt-zip'], `cut after ${bytes}`).toContain(code)
    }
  })

  test('never anything but what was packed, whichever byte is wrong', async () => {
    const zip = zipOf([cat, dog])
    for (let at = 0; at < zip.length; at += 1) {
      const bytes = Buffer.from(zip)
      bytes[at] = (bytes[at] as number) ^ 0xff
      const outcome = await texts(bytes).catch((error: unknown) => error)
      if (outcome instanceof ProblemClass) continue
      // Dates, versions and attributes prove nothing: there the content is as it was.
      expect([...(outcome as ReadonlyMap<string, string>).values()], `byte ${at}`).toEqual([
        ...packed.values(),
      ])
    }
  })

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
