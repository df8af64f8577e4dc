/** What `verify` says of an artifact that is not as it was built. Pure. */

import { fewOf } from '../model/few.ts'
import type { Manifest } from '../model/manifest.ts'
import type { Diagnostic, Evidence } from '../model/problem.ts'
import type { Task } from '../model/task.ts'
import { formatBytes, plural } from '../model/units.ts'
import { subjectOf } from '../run/attempt.ts'
import type { Look } from '../survey.ts'
import { nameOf } from './words.ts'

/** Undefined where nothing is wrong. `manifest`: what the look was held against. */
export function damageOf(
  task: Task,
  { survey, unreadable }: Look,
  manifest: Manifest | undefined,
): Diagnostic | undefined {
  if (survey.state === 'intact') return undefined
  // Reading is what found it: size and times may still be as recorded.
  const next = `npx tsx build ${task.target} --check hash puts it right.`
  if (survey.state !== 'damaged')
    return damaged(task, {
      message: 'What was recorded of it cannot be read, so nothing can be said of its files.',
      next,
    })
  const { missing, missingCount, edited, editedCount } = survey
  const unread = unreadable.slice(0, few).map(({ entry, code, bytes }) => {
    const path = manifest?.path(entry) ?? ''
    return `${path} (${code}${bytes > 0 ? ` after ${formatBytes(bytes)}` : ''})`
  })
  return damaged(task, {
    message:
      missingCount + editedCount > 0
        ? `${nameOf(task.id)} is not as it was built.`
        : `${nameOf(task.id)} cannot be read in full: of some of it nobody can say whether it is as it was built.`,
    evidence: [
      ...list('missing', missing, missingCount),
      ...list('edited', edited, editedCount),
      ...list('unreadable', unread, unreadable.length),
    ],
    next:
      unreadable.length > 0
        ? `look at the disk and at the rights of what cannot be read; removed, it is made again by npx tsx build ${task.target}.`
        : next,
  })
}

export const notBuilt = (task: Task): Diagnostic =>
  damaged(task, { message: `${nameOf(task.id)} was never built.`, next: `npx tsx build ${task.target}` })

const damaged = (
  task: Task,
  { message, evidence, next }: Pick<Diagnostic, 'message' | 'evidence' | 'next'>,
): Diagnostic => ({
  severity: 'error',
  code: 'output-damaged',
  subject: subjectOf(task),
  message,
  ...(evidence && { evidence }),
  disk: 'Nothing was changed.',
  ...(next !== undefined && { next }),
})

const few = 5

const list = (label: string, paths: readonly string[], count: number): readonly Evidence[] =>
  count === 0 ? [] : [{ label, text: `${plural(count, 'file')}: ${fewOf(paths, few, count)}` }]
