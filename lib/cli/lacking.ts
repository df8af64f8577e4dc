/** What a build would run into on this machine, told before it is begun: programs and files that are not here. */

import { join } from 'node:path'
import { look } from '../io/disk.ts'
import { fewOf } from '../model/few.ts'
import { groupedBy } from '../model/grouped.ts'
import type { Plan } from '../model/plan.ts'
import { type DiagnosticDraft, Problem } from '../model/problem.ts'
import type { Task } from '../model/task.ts'
import { plural } from '../model/units.ts'
import { openSteps } from '../plan.ts'
import { subjectOf } from '../run/attempt.ts'

/** What this machine lacks, all of it at once: a build is refused for it. */
export function lackingFor(plan: Plan): Problem | undefined {
  return problemOf(openSteps(plan).map(({ task }) => [task, task.kind.lacks?.(task.params)] as const))
}

/** Files that tasks of the plan would copy and that are not here: each fails a task of a build, and only that. */
export async function missingFor(plan: Plan, root: string): Promise<Problem | undefined> {
  const stale = openSteps(plan).filter(({ verdict }) => verdict.state === 'stale')
  const found = stale
    .filter(({ task }) => !isPlaced(task, plan, root))
    .map(async ({ task }) => [task, await task.kind.missing?.(task.params)] as const)
  return problemOf(await Promise.all(found))
}

/** Its pinned bytes may lie at their place without a record: a build looks there first. */
const isPlaced = ({ id, gives }: Task, { graph }: Plan, root: string): boolean =>
  gives?.pins?.sha256 !== undefined &&
  (graph.dependants.get(id) ?? [])
    .map(reader => graph.tasks.get(reader)?.gives)
    .some(placed => placed?.form === 'file' && look(join(root, placed.at)) !== undefined)

function problemOf(found: readonly (readonly [Task, DiagnosticDraft | undefined])[]): Problem | undefined {
  const drafts = found.flatMap(([task, draft]) =>
    draft ? [{ subject: subjectOf(task), place: task.place, disk: nothing, ...draft }] : [],
  )
  const [first, ...rest] = [...groupedBy(drafts, inTheirWords).values()].flatMap(toldOnce)
  return first && new Problem(first, ...rest)
}

/** Whatever it is said of. */
function inTheirWords(draft: DiagnosticDraft): string {
  const { subject: _, place: _p, ...words } = draft
  return JSON.stringify(words)
}

/** What several tasks lack is one thing to be mended. */
function toldOnce(alike: readonly DiagnosticDraft[]): readonly DiagnosticDraft[] {
  const [first, ...others] = alike
  if (first === undefined || others.length === 0) return alike
  const { subject: _, evidence = [], ...words } = first
  const targets = [...new Set(alike.map(({ subject = '' }) => subject.split(':')[0] ?? ''))]
  const row = { label: 'needed by', text: `${plural(targets.length, 'target')}: ${fewOf(targets, 5)}` }
  return [{ ...words, evidence: [...evidence, row] }]
}

const nothing = 'Nothing was downloaded.'
