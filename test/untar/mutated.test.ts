/** Whatever is wrong in a tar, or in what compressed it: it is unpacked or refused by a code. Nothing lies elsewhere. */

import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findProgram } from '../../lib/io/programs.ts'
import { expectKnown, expectOnlyFolders, withStretches } from '../rig/mutations.ts'
import { gnuLong, pax, type TarPart, tarOf } from '../rig/tars.ts'
import { compress, staged, unpack } from './rig.ts'

expectOnlyFolders('groundwork-bench', 'groundwork-tar')

const parts: readonly TarPart[] = [
  { name: 'd/', type: '5' },
  { name: 'd/ustar', content: 'x'.repeat(600) },
  pax({ path: 'd/pax', size: '3' }),
  { content: 'pax' },
  gnuLong('L', `d/${'long'.repeat(30)}`),
  { content: 'gnu', form: 'gnu' },
  { name: 'd/link', type: '1', goal: 'd/ustar' },
]
const tree = {
  'd/ustar': 'x'.repeat(600),
  'd/pax': 'pax',
  [`d/${'long'.repeat(30)}`]: 'gnu',
  'd/link': 'x'.repeat(600),
}
const tar = tarOf(parts)

/** Where each field of a header begins, and how many bytes it has. */
const fields = {
  name: [0, 100],
  mode: [100, 8],
  size: [124, 12],
  sum: [148, 8],
  type: [156, 1],
  goal: [157, 100],
  magic: [257, 6],
  prefix: [345, 155],
} as const

const odd: readonly (string | Buffer)[] = [
  ...['', '0', ' ', '-1', '8', '../../up', '/etc/passwd', 'd', 'd/ustar/x', 'a\0b', 'a\\b', 'CON', '\xff'],
  ...['7'.repeat(11), '7'.repeat(12), '00000000001', '00000001130', 'x'.repeat(155)],
  ...'1234567DKLMSVXgxZ',
  Buffer.alloc(12, 0xff),
  Buffer.from('800000000000000000000001', 'hex'),
  Buffer.from('8000000000ffffffffffffff', 'hex'),
]

/** Blocks that are headers. */
const headers = Array.from({ length: tar.length / 512 }, (_, i) => 512 * i).filter(
  at => tar.toString('latin1', at + 257, at + 262) === 'ustar',
)

function withOdd(
  archive: Buffer,
  header: number,
  field: keyof typeof fields,
  value: string | Buffer,
): Buffer {
  const copy = Buffer.from(archive)
  const [at, length] = fields[field]
  copy.fill(0, header + at, header + at + length)
  const bytes = typeof value === 'string' ? Buffer.from(value, 'latin1') : value
  bytes.copy(copy, header + at, 0, length)
  return copy
}

/** As if the writer had meant it. */
function summed(archive: Buffer, header: number): Buffer {
  const copy = Buffer.from(archive)
  const block = copy.subarray(header, header + 512)
  block.fill(' ', 148, 156)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return copy
}

async function check(what: string, archive: Buffer, fileName?: string): Promise<'refused' | object> {
  const outcome = await unpack(archive, fileName === undefined ? {} : { fileName })
  expectKnown(what, outcome)
  return outcome.problem ? 'refused' : staged(outcome.bench)
}

describe('a tar', () => {
  const names = Object.keys(fields) as (keyof typeof fields)[]

  test('as it was packed', async () => {
    expect(await check('whole', tar)).toEqual(tree)
    expect(headers).toHaveLength(parts.length)
  })

  test('another byte in a header is seen', async () => {
    for (const header of headers)
      for (let at = 0; at < 512; at += 29) {
        const copy = Buffer.from(tar)
        copy[header + at] = (copy[header + at] as number) ^ 0x40
        const outcome = await check(`byte ${at} of the header at ${header}`, copy)
        // Behind the end of its digits a sum may hold anything.
        if (outcome !== 'refused') expect(outcome, `${at} at ${header}`).toEqual(tree)
      }
  })

  test('a header that means it', async () => {
    const [, file = 0, announcing = 0, , , , link = 0] = headers
    const those = [
      [file, 'name'],
      [file, 'size'],
      [announcing, 'size'],
      [link, 'type'],
      [link, 'goal'],
    ] as const
    for (const [header, field] of those)
      for (const value of odd)
        await check(
          `${field} at ${header} is ${String(value)}`,
          summed(withOdd(tar, header, field, value), header),
        )
  })

  test('several at once', async () => {
    const wrong = fc.tuple(fc.constantFrom(...headers), fc.constantFrom(...names), fc.constantFrom(...odd))
    await fc.assert(
      fc.asyncProperty(fc.array(wrong, { minLength: 2, maxLength: 4 }), async wrongs => {
        let archive = tar
        for (const [header, field, value] of wrongs) archive = withOdd(archive, header, field, value)
        for (const [header] of wrongs) archive = summed(archive, header)
        await check(wrongs.join(', '), archive)
      }),
      { numRuns: 100, seed: 4 },
    )
  })

  test('every block gone, zeroed, twice, elsewhere', async () => {
    const blocks = Array.from({ length: tar.length / 512 }, (_, i) => 512 * i)
    for (const [what, archive] of withStretches(tar, blocks)) await check(what, archive)
  })
})

describe('a compressed tar', () => {
  test('another byte in gzip', async () => {
    const packed = gzipSync(tar)
    for (let at = 0; at < packed.length; at += 2) {
      const copy = Buffer.from(packed)
      copy[at] = (copy[at] as number) ^ 0x21
      const outcome = await check(`byte ${at}`, copy, 'a.tar.gz')
      if (outcome !== 'refused') expect(outcome, `byte ${at}`).toEqual(tree)
    }
  })

  for (const program of ['bzip2', 'xz', 'zstd'])
    test.skipIf(!findProgram([program]))(`another byte in ${program}`, async () => {
      const packed = await compress(tar, program)
      const step = Math.ceil(packed.length / 12)
      for (let at = 0; at < packed.length; at += step) {
        const copy = Buffer.from(packed)
        copy[at] = (copy[at] as number) ^ 0x21
        const outcome = await check(`byte ${at}`, copy, 'a.tar')
        if (outcome !== 'refused') expect(outcome, `byte ${at}`).toEqual(tree)
      }
    })
})
