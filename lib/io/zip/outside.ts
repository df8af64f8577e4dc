/** The words for bytes that stand before or behind a zip. Knows no record of the format but how one begins. */

import { plural } from '../../model/units.ts'
import { damaged } from './corrupt.ts'

/** What a program begins with that carries an archive behind it. */
const programs: readonly (readonly [what: string, beginning: RegExp])[] = [
  ['a program of Windows', /^MZ/],
  ['a program of Linux', /^\x7fELF/],
  ['a program of a Mac', /^(\xcf\xfa\xed\xfe|\xca\xfe\xba\xbe)/],
  ['a script', /^#!/],
]

/** `head`: the first of these bytes. */
export function bytesBefore(archive: string, count: number, head: Buffer): Error {
  const text = head.toString('latin1')
  const program = programs.find(([, beginning]) => beginning.test(text))?.[0]
  const found = text.startsWith('PK\x03\x04')
    ? 'another zip, or an entry without a line in the directory'
    : bytesIn(head)
  return damaged(
    'bytes-before-zip',
    `${archive} is no plain zip: ${plural(count, 'byte stands', 'bytes stand')} before its first entry.`,
    [
      {
        label: 'found',
        text: program === undefined ? found : `${program}, as of an archive that unpacks itself`,
      },
    ],
    'name a source that publishes the plain zip, ' +
      'or take off what stands before (zip -J FILE) and write the path of the result as url.',
  )
}

/** `rest`: these bytes, at the end of a file of `fileBytes`. */
export const bytesAfter = (archive: string, fileBytes: number, rest: Buffer): Error =>
  damaged(
    'bytes-after-zip',
    `${archive} goes on for ${plural(rest.length, 'byte')} behind the end of the zip.`,
    [{ label: 'found', text: bytesIn(rest) }],
    'fetch the archive again; if it stays so, name another source, ' +
      `or cut it (head -c ${fileBytes - rest.length} FILE) and write the path of the result as url.`,
  )

function bytesIn(bytes: Buffer): string {
  if (bytes.every(byte => byte === 0)) return 'zeros'
  const text = bytes.toString('latin1', 0, 40)
  return /^[ -~\t\r\n]*$/.test(text)
    ? `text that begins with ${JSON.stringify(text)}`
    : `bytes that begin with ${bytes.toString('hex', 0, 8)}`
}
