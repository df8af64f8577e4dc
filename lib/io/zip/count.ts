/** The words for a zip whose directory holds another number of entries than its end says. Knows no record. */

import { formatCount, plural } from '../../model/units.ts'
import { damaged, fetchAgain, packAgain } from './corrupt.ts'

const entries = (count: number): string => plural(count, 'entry', 'entries')

export const tooFew = (archive: string, said: number, found?: number): Error =>
  wrongCount(archive, said, found)

/** The count of a zip without ZIP64 has sixteen bits: there it begins anew at 65,536. */
export function tooMany(archive: string, said: number, found: number): Error {
  if ((found - said) % 65_536 !== 0) return wrongCount(archive, said, found)
  return damaged(
    'zip64-missing',
    `${archive} was written without ZIP64, which more than 65,535 entries need.`,
    [
      { label: 'wanted', text: entries(said), from: 'the end of the archive' },
      { label: 'found', text: entries(found), from: 'the directory of the archive' },
    ],
    packAgain,
  )
}

const wrongCount = (archive: string, said: number, found: number | undefined): Error =>
  damaged(
    'wrong-entry-count',
    `${archive} holds ${found === undefined || found < said ? 'fewer' : 'more'} entries than it says.`,
    [
      { label: 'wanted', text: entries(said), from: 'the end of the archive' },
      {
        label: 'found',
        text: found === undefined ? 'a directory that is too small for them' : formatCount(found),
        from: 'the directory of the archive',
      },
    ],
    fetchAgain,
  )
