/** Whatever is wrong in a zip: it gives the tree that was packed, or is refused by a code. Nothing lies elsewhere, nothing takes long. */

import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Problem } from '../../lib/model/problem.ts'
import {
  expectKnown,
  expectOnlyFolders,
  type Field,
  oddValues,
  withField,
  withStretches,
} from '../rig/mutations.ts'
import { type ZipPart, zipOf } from '../rig/zips.ts'
import { localZip64, texts } from './cats.ts'
import { staged, stagedPath, unpack } from './rig.ts'

expectOnlyFolders('groundwork-bench', 'groundwork-zip')

const parts: readonly ZipPart[] = [
  { name: 'd/', mode: 0o040755 },
  { name: 'd/deflated', content: 'meow '.repeat(40), method: 8, descriptor: true, mode: 0o100644 },
  { name: 'd/stored', content: 'woof', localExtra: Buffer.alloc(6) },
  {
    name: 'd/é',
    content: 'x'.repeat(300),
    method: 8,
    flags: 0x800,
    zip64: ['bytes', 'compressedBytes', 'offset'],
  },
  {
    name: 'd/long',
    content: 'purr',
    local: { bytes: 0xffffffff, compressedBytes: 0xffffffff },
    localExtra: localZip64(4, 4),
    descriptor: { isLong: true },
  },
]
const tree = Object.fromEntries(
  parts.filter(({ content }) => content !== undefined).map(({ name, content }) => [String(name), content]),
)

const zips: Readonly<Record<string, Buffer>> = {
  plain: zipOf(parts),
  'with ZIP64': zipOf(parts, { zip64: ['entries', 'bytes', 'offset'], comment: 'the end' }),
}

/** How many bytes each field of a record has, behind its signature. */
const records: Readonly<Record<string, readonly [signature: string, ...sizes: readonly number[]]>> = {
  local: ['PK\x03\x04', 2, 2, 2, 2, 2, 4, 4, 4, 2, 2],
  descriptor: ['PK\x07\x08', 4, 4, 4],
  entry: ['PK\x01\x02', 1, 1, 2, 2, 2, 2, 2, 4, 4, 4, 2, 2, 2, 2, 2, 4, 4],
  'zip64 end': ['PK\x06\x06', 8, 2, 2, 4, 4, 8, 8, 8, 8],
  locator: ['PK\x06\x07', 4, 8, 4],
  end: ['PK\x05\x06', 2, 2, 2, 2, 4, 4, 2],
}

/** Of the extra field of ZIP64, wherever it stands: its number, its length, its values. */
const zip64Field = [2, 2, 8, 8]

/** Fields that may say something else without anybody unpacking anything else. Number 0 is the signature. */
const provesNothing: Readonly<Record<string, readonly number[]>> = {
  // Version, flags of compressors, time, date; where a descriptor follows, CRC and sizes.
  local: [1, 2, 4, 5, 6, 7, 8],
  // Versions, flags, time, date, attributes; of a part of a whole archive, its number.
  entry: [1, 2, 3, 4, 6, 7, 14, 15, 16],
  // Its own size, versions, numbers of parts.
  'zip64 end': [1, 2, 3, 4, 5],
  locator: [1, 3],
  end: [1, 2],
  // Of the local header before a descriptor.
  'zip64 field': [0, 1, 2, 3],
}

function fieldsOf(zip: Buffer): readonly Field[] {
  const fields: Field[] = []
  const add = (what: string, at: number, sizes: readonly number[]): void => {
    let next = at
    sizes.forEach((bytes, i) => {
      fields.push({ what: `${what}:${i}`, at: next, bytes })
      next += bytes
    })
  }
  for (const [what, [signature, ...sizes]] of Object.entries(records))
    for (let at = zip.indexOf(signature); at >= 0; at = zip.indexOf(signature, at + 1))
      add(what, at, [4, ...sizes])
  for (const length of ['\x10\0', '\x18\0'])
    for (let at = zip.indexOf(`\x01\0${length}`); at >= 0; at = zip.indexOf(`\x01\0${length}`, at + 1))
      add('zip64 field', at, zip64Field)
  return fields
}

/** Of the reader alone, without a disk. */
const outcomeOf = (zip: Buffer): Promise<unknown> => texts(zip).catch((error: unknown) => error)

async function check(what: string, zip: Buffer): Promise<'tree' | 'refused'> {
  const outcome = await unpack(zip)
  expectKnown(what, outcome)
  const { problem, bench } = outcome
  if (problem) expect(bench.recorded.size, what).toBeLessThan(Object.keys(tree).length)
  else {
    const found = staged(bench).map(path => [path, readFileSync(stagedPath(bench, path), 'utf8')])
    expect(Object.fromEntries(found), what).toEqual(tree)
  }
  return problem ? 'refused' : 'tree'
}

test('every field, with every odd value', async () => {
  const zip = zips['with ZIP64'] as Buffer
  const accepted = new Set<string>()
  for (const field of fieldsOf(zip))
    for (const value of oddValues(zip, field)) {
      const read = await outcomeOf(withField(zip, field, value))
      if (read instanceof Problem) continue
      expect(read, `${field.what} is ${value}`).toEqual(new Map(Object.entries({ 'd/': '', ...tree })))
      accepted.add(field.what)
    }
  const mayBe = Object.entries(provesNothing).flatMap(([what, which]) => which.map(i => `${what}:${i}`))
  expect([...accepted].filter(what => !mayBe.includes(what))).toEqual([])
})

describe.each(Object.entries(zips))('%s', (_, zip) => {
  const fields = fieldsOf(zip)

  test('as it was packed', async () => {
    expect(await check('whole', zip)).toBe('tree')
    expect(fields.length).toBeGreaterThan(150)
  })

  test('several fields at once', async () => {
    const wrong = fc.tuple(fc.constantFrom(...fields), fc.nat(8), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }))
    await fc.assert(
      fc.asyncProperty(fc.array(wrong, { minLength: 2, maxLength: 4 }), async wrongs => {
        let bytes = zip
        for (const [field, odd, any] of wrongs)
          bytes = withField(bytes, field, oddValues(zip, field)[odd] ?? any)
        await check(wrongs.map(([{ what }]) => what).join(', '), bytes)
      }),
      { numRuns: 150, seed: 4 },
    )
  })

  test('every stretch gone, zeroed, twice, elsewhere', async () => {
    const places = [...new Set(fields.map(({ at }) => at))].toSorted((a, b) => a - b)
    const bounds = places.filter((_, i) => i % 4 === 0)
    for (const [what, bytes] of withStretches(zip, bounds)) await check(what, bytes)
  })
})
