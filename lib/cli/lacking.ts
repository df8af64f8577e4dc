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

/** What a task lacks. */
type Lack = readonly [Task, DiagnosticDraft]

/** What several tasks lack is one thing to be mended, and told once. */
function problemOf(asked: readonly (readonly [Task, DiagnosticDraft | undefined])[]): Problem | undefined {
  const lacks = asked.flatMap(([task, draft]): Lack[] => (draft ? [[task, draft]] : []))
  const byWords = groupedBy(lacks, ([, draft]) => JSON.stringify({ ...draft, place: undefined }))
  const [first, ...rest] = [...byWords.values()].map(draftOf)
  return first && new Problem(first, ...rest)
}

function draftOf(alike: readonly [Lack, ...Lack[]]): DiagnosticDraft {
  const [[task, draft], ...others] = alike
  const about = { place: task.place, disk: nothing, ...draft }
  if (others.length === 0) return { subject: subjectOf(task), ...about }
  const targets = [...new Set(alike.map(([{ target }]) => target))]
  const row = { label: 'needed by', text: `${plural(targets.length, 'target')}: ${fewOf(targets, 5)}` }
  return { ...about, evidence: [...(draft.evidence ?? []), row] }
}

const nothing = 'Nothing was downloaded.'
