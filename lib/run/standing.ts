/** What the spec names and lasts, as it lies below the root now: who is asked for files by their paths. */

import { dirname, join } from 'node:path/posix'
import { type Known, shelfOf } from '../knowledge.ts'
import { stateFolder } from '../model/layout.ts'
import type { Graph } from '../model/plan.ts'
import type { Standing } from '../model/standing.ts'
import type { Task, TaskId } from '../model/task.ts'

/** What nobody looked at yet is looked at: at each file, not at its bytes. */
export async function standingOf(
  { tasks }: Graph,
  known: Known,
  only: Iterable<TaskId> = tasks.keys(),
): Promise<readonly Standing[]> {
  const standing: Standing[] = []
  for (const task of [...only].flatMap(id => tasks.get(id) ?? []))
    if (task.gives?.lasting && task.outline.refersBelow === undefined) standing.push(await oneOf(task, known))
  return standing
}

async function oneOf(task: Task, known: Known): Promise<Standing> {
  const { id, target, gives } = task
  const at = known.receiptOf(id)?.at ?? gives?.at ?? target
  // What was read already is not looked at again: a look at times alone would see less, and be what is known from then on.
  const isSeen = known.surveyOf(id).state !== 'not-looked'
  const { survey } = isSeen ? known.lookOf(id) : await known.lookAgain(task, 'tree')
  return {
    task: id,
    target,
    folder: gives?.form === 'file' ? dirname(at).replace(/^\.$/, '') : at,
    manifest: known.manifestOf(id),
    isIntact: survey.state === 'intact',
    shelf: join(known.root, stateFolder, shelfOf(id)),
  }
}
