/** What a build would run into on this machine, told before it is begun: programs that are not here. */

import type { Plan } from '../model/plan.ts'
import { type DiagnosticDraft, Problem } from '../model/problem.ts'
import type { Task } from '../model/task.ts'
import { openSteps } from '../plan.ts'
import { subjectOf } from '../run/attempt.ts'

/** What this machine lacks, all of it at once: a build is refused for it. */
export function lackingFor(plan: Plan): Problem | undefined {
  return problemOf(openSteps(plan).map(({ task }) => [task, task.kind.lacks?.(task.params)] as const))
}

function problemOf(found: readonly (readonly [Task, DiagnosticDraft | undefined])[]): Problem | undefined {
  const drafts = found.flatMap(([task, draft]) =>
    draft ? [{ subject: subjectOf(task), place: task.place, disk: nothing, ...draft }] : [],
  )
  const [first, ...rest] = drafts
  return first && new Problem(first, ...rest)
}

const nothing = 'Nothing was downloaded.'
