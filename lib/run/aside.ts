/** Tells of files that stood in the way and were moved aside. */

import { join, relative } from 'node:path'
import { fewRows } from '../model/few.ts'
import type { Task } from '../model/task.ts'
import { plural } from '../model/units.ts'
import { subjectOf } from './attempt.ts'
import type { Run } from './context.ts'

/** `paths`: below the root. */
export function tellOfMoved(run: Run, task: Task, paths: readonly string[]): void {
  const aside = relative(run.root, join(run.state, 'aside', run.id))
  run.report({
    event: 'diagnostic',
    diagnostic: {
      severity: 'warning',
      code: 'edited-by-hand',
      subject: subjectOf(task),
      message: `${plural(paths.length, 'file')} in the way ${paths.length === 1 ? 'was' : 'were'} not made by Groundwork, or edited since.`,
      evidence: fewRows('moved', paths, String, 10),
      disk:
        paths.length === 1
          ? `It lies in ${aside}, under the same path; what the spec describes is in its place.`
          : `They lie in ${aside}, under the same paths; what the spec describes is in their place.`,
      next: `compare, and take back what you want to keep; then remove ${aside}.`,
    },
  })
}
