/** The words for a tar that contradicts itself. Knows no record of the format. */

import { type DiagnosticDraft, type Evidence, Problem } from '../../model/problem.ts'
import { formatCount, plural } from '../../model/units.ts'
import { fetchAgain } from '../zip/corrupt.ts'

/** `what`: half a sentence, such as `it is cut`. `at`: bytes from the beginning of what was unpacked. */
export const corrupt = (
  archive: string,
  what: string,
  at: number,
  evidence: readonly Evidence[] = [],
): Problem =>
  new Problem({
    code: 'corrupt-tar',
    message: `${archive} is a damaged tar: ${what}.`,
    evidence: [...evidence, { label: 'at', text: `byte ${formatCount(at)} of the tar` }],
    next: fetchAgain,
  })

/** How a tar came to its end. */
export interface Ending {
  /** The block of zeros that ends a tar was there. */
  readonly isMarked: boolean
  /** Behind it, beginning with the first byte that is no zero. */
  readonly strayBytes: number
  /** They begin like a tar. */
  readonly isAnother: boolean
  /** They are what fills up the last record, where anything may stand. */
  readonly isInRecord: boolean
}

/** Of what stands behind the end, readers that are told to go on see what others do not. */
export function refuseEnding(archive: string, { isMarked, strayBytes, isAnother, isInRecord }: Ending): void {
  if (!isMarked || strayBytes === 0 || (isInRecord && !isAnother)) return
  throw new Problem({
    code: 'bytes-after-tar',
    message: `${archive} goes on behind the end of the tar, by ${plural(strayBytes, 'byte')}.`,
    evidence: [
      { label: 'wanted', text: 'nothing, or zeros' },
      { label: 'found', text: isAnother ? 'the beginning of another tar' : 'something else' },
    ],
    next: isAnother
      ? 'where several tars were joined, name each as a source of its own, ' +
        'or join them again as one (tar --concatenate) and write the path of the result as url.'
      : fetchAgain,
  })
}

/** What is odd about an end, and no reason to refuse what came before. */
export function warningsOfEnding(archive: string, { isMarked, strayBytes }: Ending): DiagnosticDraft[] {
  if (!isMarked)
    return [
      {
        severity: 'warning',
        code: 'corrupt-tar',
        message: `${archive} lacks the mark at its end: it may have been cut between two entries.`,
        disk: 'All that it holds was unpacked.',
        next: 'say with expect: how many files there should be, or pin the archive with sha256.',
      },
    ]
  if (strayBytes === 0) return []
  return [
    {
      severity: 'warning',
      code: 'corrupt-tar',
      message: `${archive} goes on behind its end, by ${plural(strayBytes, 'byte')} that no reader of tars looks at.`,
      disk: 'Only what stands before the end was unpacked.',
    },
  ]
}
