/** Turns whatever a step threw into a Problem with its subject. A failure that nobody expected says so. */

import { errorCode } from '../io/disk.ts'
import { Problem, withContext } from '../model/problem.ts'
import type { Task } from '../model/task.ts'

const unplaced = 'Nothing of this task was placed; what was there before is as it was.'

export function problemOf(error: unknown, task: Task): Problem {
  const subject = `${task.target}: ${task.kind.name}`
  if (error instanceof Problem) return withContext(error, { subject })
  const code = errorCode(error)
  const message = error instanceof Error ? error.message : String(error)
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new Problem({
      code: 'disk-full',
      subject,
      message: 'The disk is full.',
      evidence: [{ label: 'found', text: message }],
      disk: unplaced,
      next: 'make room (`npx tsx build clean --archives` gives back kept archives), then run the build again.',
    })
  if (code !== undefined && /^E[A-Z]+$/.test(code))
    return new Problem({
      code: 'disk-error',
      subject,
      message: 'The disk did not do what was asked of it.',
      evidence: [{ label: 'found', text: message }],
      disk: unplaced,
      next: 'look at the path that is named, then run the build again.',
    })
  return new Problem({
    code: 'bug',
    subject,
    message: 'Groundwork itself failed; this is a mistake in it, not in your spec.',
    evidence: [{ label: 'found', text: error instanceof Error ? (error.stack ?? message) : message }],
    disk: unplaced,
    next: 'report it with this text.',
  })
}
