/** Turns whatever was thrown into a Problem. A failure that nobody expected says so. */

import { errorCode, isDiskFull, lacksInodes } from '../io/disk.ts'
import { Problem, withContext } from '../model/problem.ts'

interface Context {
  readonly subject?: string
  /** What state the disk is in now. */
  readonly disk: string
}

/** Of a failure that no task had. */
export const asRecorded = 'What is recorded as built is built; the next build goes on from there.'

export function problemOf(error: unknown, context: Context, isOutOfInodes = lacksInodes): Problem {
  const { disk: _, ...subject } = context
  if (error instanceof Problem) return withContext(error, subject)
  const code = errorCode(error)
  const message = error instanceof Error ? error.message : String(error)
  if (isDiskFull(error) && isOutOfInodes(pathOf(error)))
    return new Problem({
      code: 'disk-full',
      ...context,
      message: 'The filesystem has no inode left for another file.',
      evidence: [
        { label: 'found', text: message },
        { label: 'found', text: '0 free inodes' },
      ],
      next: 'remove files from it, or build on a filesystem with more inodes with --root DIR.',
    })
  if (isDiskFull(error))
    return new Problem({
      code: 'disk-full',
      ...context,
      message: 'The disk is full.',
      evidence: [{ label: 'found', text: message }],
      next: 'make room (`npx tsx build clean --archives` gives back kept archives), then run the build again.',
    })
  if (code !== undefined && /^E[A-Z]+$/.test(code))
    return new Problem({
      code: 'disk-error',
      ...context,
      message: 'The disk did not do what was asked of it.',
      evidence: [{ label: 'found', text: message }],
      next: 'look at the path that is named, then run the build again.',
    })
  return new Problem({
    code: 'bug',
    ...context,
    message: 'Groundwork itself failed; this is a mistake in it, not in your spec.',
    evidence: [{ label: 'found', text: error instanceof Error ? (error.stack ?? message) : message }],
    next: 'report it with this text.',
  })
}

/** Where it happened, as far as the system tells. */
const pathOf = (error: unknown): string =>
  error instanceof Error && 'path' in error && typeof error.path === 'string' ? error.path : '.'
