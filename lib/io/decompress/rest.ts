/** What stands behind the end of a compressed file: zeros, with which tapes and disks fill up, or what is refused. Knows no format. */

import { Problem } from '../../model/problem.ts'
import type { Compression } from '../compression.ts'
import { beginningOf } from '../resemblance.ts'
import { fetchAgain } from '../zip/corrupt.ts'

/** What is being undone, for messages. */
export interface Undone {
  /** What the archive is called. */
  readonly archive: string
  readonly compression: Compression
}

/** Where the last byte ends that is no zero. */
export function endOfContent(bytes: Buffer): number {
  let end = bytes.length
  while (end > 0 && bytes[end - 1] === 0) end -= 1
  return end
}

/** `rest`: what stands there, or its beginning. */
export function refuseRest(rest: Buffer, undone: Undone): void {
  const begin = rest.findIndex(byte => byte !== 0)
  if (begin >= 0) throw bytesAfter(undone, rest.subarray(begin))
}

/** `rest`: its beginning, where that is known. */
export const bytesAfter = ({ archive, compression }: Undone, rest?: Buffer): Problem =>
  new Problem({
    code: 'bytes-after-archive',
    message: `${archive} goes on behind the end of what ${compression} packed.`,
    evidence: [
      { label: 'wanted', text: 'nothing, or zeros' },
      { label: 'found', text: rest === undefined ? 'something else' : beginningOf(rest) },
    ],
    next: fetchAgain,
  })
