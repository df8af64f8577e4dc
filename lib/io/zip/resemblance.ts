/** Says what a file looks like that should be a zip and is none. Looks at its first bytes only. */

import { Problem } from '../../model/problem.ts'
import { formatCount } from '../../model/units.ts'
import { damaged, fetchAgain, packAgain } from './corrupt.ts'
import type { RandomAccess } from './random-access.ts'

interface Resemblance {
  readonly what: string
  readonly next: string
}

const startsWith =
  (...bytes: readonly number[]) =>
  (head: Buffer): boolean =>
    head.subarray(0, bytes.length).equals(Buffer.from(bytes))

const untar = 'write untar: instead of unzip: in the spec.'
const otherSource = 'name a source that publishes a zip.'

const resemblances: readonly (Resemblance & { readonly fits: (head: Buffer) => boolean })[] = [
  {
    what: 'an HTML page',
    fits: head => /^\s*(<!doctype html|<html|<head|<\?xml)/i.test(head.toString('latin1')),
    next: 'open the address in a browser: it gives a page (a login, a quota, an error) instead of the file.',
  },
  {
    what: 'a Git LFS pointer',
    fits: head => head.toString('latin1').startsWith('version https://git-lfs'),
    next: 'use the address that gives the file itself (/resolve/, not /raw/).',
  },
  { what: 'gzip', fits: startsWith(0x1f, 0x8b), next: untar },
  { what: 'xz', fits: startsWith(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00), next: untar },
  { what: 'zstd', fits: startsWith(0x28, 0xb5, 0x2f, 0xfd), next: untar },
  { what: 'bzip2', fits: head => /^BZh[1-9]/.test(head.toString('latin1')), next: untar },
  { what: 'tar', fits: head => head.toString('latin1', 257, 262) === 'ustar', next: untar },
  { what: '7z', fits: startsWith(0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c), next: otherSource },
  { what: 'rar', fits: head => head.toString('latin1').startsWith('Rar!'), next: otherSource },
]

/** A shorter file than four bytes may begin like that, too. */
const beginsLikeAZip = (head: Buffer): boolean =>
  head.length > 0 &&
  ['PK\x03\x04', 'PK\x05\x06', 'PK\x07\x08'].some(signature =>
    signature.startsWith(head.toString('latin1', 0, 4)),
  )

export const cut = (source: RandomAccess): Problem =>
  damaged('cut-zip', `${source.name} is cut: it begins like a zip, and its end is missing.`, [
    { label: 'wanted', text: 'the end record of a zip in the last 64 KiB' },
    { label: 'found', text: `${formatCount(source.bytes)} bytes in all` },
  ])

/** The offsets of a zip without ZIP64 have 32 bits, and begin anew behind 4 GiB. */
export const withoutZip64 = (archive: string, bytes: number): Problem =>
  damaged(
    'zip64-missing',
    `${archive} was written without ZIP64, which more than 4 GiB need.`,
    [{ label: 'found', text: `its directory ${formatCount(bytes)} bytes behind where its end says` }],
    packAgain,
  )

/** The problem of a file without the record that ends every zip. */
export async function notAZip(source: RandomAccess): Promise<Problem> {
  const head = await source.read(0, Math.min(source.bytes, 512))
  if (beginsLikeAZip(head)) return cut(source)
  const resembles = resemblances.find(({ fits }) => fits(head))
  const found = source.bytes === 0 ? 'an empty file' : resembles && `begins like ${resembles.what}`
  return new Problem({
    code: 'not-a-zip',
    message: `${source.name} is not a zip archive.`,
    evidence: [
      { label: 'wanted', text: 'the end record of a zip' },
      { label: 'found', text: found ?? `begins with the bytes ${head.subarray(0, 8).toString('hex')}` },
    ],
    next: resembles?.next ?? fetchAgain,
  })
}
