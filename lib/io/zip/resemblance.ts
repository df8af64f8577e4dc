/** Says what a file looks like that should be a zip and is none. Looks at its first bytes only. */

import { Problem } from '../../model/problem.ts'
import { formatCount, plural } from '../../model/units.ts'
import { beginningOf, type Resemblance, resemblanceOf, resemblingBytes } from '../resemblance.ts'
import { damaged, fetchAgain, packAgain } from './corrupt.ts'
import type { RandomAccess } from './random-access.ts'

/** A shorter file than four bytes may begin like that, too. */
const beginsLikeAZip = (head: Buffer): boolean =>
  head.length > 0 &&
  ['PK\x03\x04', 'PK\x05\x06', 'PK\x07\x08'].some(signature =>
    signature.startsWith(head.toString('latin1', 0, 4)),
  )

/** `missing`: bytes of the end record that are, where its beginning is there. */
export const cut = (source: RandomAccess, missing?: number): Problem =>
  missing === undefined
    ? damaged('cut-zip', `${source.name} is cut: it begins like a zip, and its end is missing.`, [
        { label: 'wanted', text: 'the end record of a zip in the last 64 KiB' },
        { label: 'found', text: `${formatCount(source.bytes)} bytes in all` },
      ])
    : damaged('cut-zip', `${source.name} is cut within the record at its end.`, [
        { label: 'wanted', text: `at least ${plural(missing, 'byte')} more` },
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
  const head = await source.read(0, Math.min(source.bytes, resemblingBytes))
  if (beginsLikeAZip(head)) return cut(source)
  const resembles = resemblanceOf(head)
  return new Problem({
    code: 'not-a-zip',
    message: `${source.name} is not a zip archive.`,
    evidence: [
      { label: 'wanted', text: 'the end record of a zip' },
      { label: 'found', text: beginningOf(head) },
    ],
    next: resembles ? nextFor(resembles) : fetchAgain,
  })
}

function nextFor({ next, key }: Resemblance): string {
  if (next !== undefined) return next
  return key === 'untar'
    ? 'write untar: instead of unzip: in the spec.'
    : 'name a source that publishes a zip.'
}
