/**
 * Gives back what does not last: archives once everything made from them is placed, parts once they are consumed.
 * Knows from records who is done; never touches what a task still to be made reads.
 */

import { dirname, join } from 'node:path'
import { remove, removeEmptyFolders } from '../io/disk.ts'
import { type Known, shelfOf, stateFolder } from '../knowledge.ts'
import type { Graph } from '../model/plan.ts'
import type { Task, TaskId } from '../model/task.ts'
import type { Run } from './context.ts'
import { ownerAmongSiblings } from './owners.ts'

/** Whether a place below the root is the state folder's, not the playground's. */
export const isOurFolder = (at: string): boolean => at.startsWith(`${stateFolder}/`)

/** Removes the artifact of a task that does not last. False where it is to be kept. */
export function discard(run: Run, task: Task): boolean {
  const { gives } = task
  const receipt = run.known.receiptOf(task.id)
  if (gives === undefined || gives.lasting || receipt === undefined) return false
  if (run.keepArchives && gives.form === 'file') return false
  if (isOurFolder(receipt.at)) removeOurs(run, gives.form, receipt.at)
  else removePlaced(run, task)
  remove(join(run.state, shelfOf(task.id)))
  run.known.lookedAway(task.id)
  return true
}

function removeOurs(run: Run, form: 'file' | 'tree', at: string): void {
  const path = join(run.root, at)
  remove(form === 'file' ? dirname(path) : path)
  removeEmptyFolders(dirname(path), run.state)
}

/** A tree that once was lasting and now is a rename's part: what the rename does not give goes. */
function removePlaced(run: Run, task: Task): void {
  const receipt = run.known.receiptOf(task.id)
  const manifest = run.known.manifestOf(task.id)
  if (receipt === undefined || manifest === undefined) return
  for (let i = 0; i < manifest.count; i += 1) {
    const path = join(run.root, receipt.at, manifest.path(i))
    if (ownerAmongSiblings(run, task, path) === undefined) remove(path)
  }
}

/** Who reads a task's artifact. */
export const directDependants = (graph: Graph, id: TaskId): readonly TaskId[] =>
  graph.dependants.get(id) ?? []

/** Who reads it, and all that depend on those: an archive stays until the checks behind it have passed. */
export function allDependants(graph: Graph, id: TaskId): readonly TaskId[] {
  const found = new Set<TaskId>()
  const open = [id]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const dependant of directDependants(graph, next)) {
      if (!found.has(dependant)) open.push(dependant)
      found.add(dependant)
    }
  }
  return [...found]
}

/** What lies on disk, does not last, and has been read by everybody: left by a build that was ended before it tidied up. */
export function leftovers(graph: Graph, whole: Graph, known: Known, keepArchives: boolean): readonly Task[] {
  return [...graph.tasks.values()].filter(
    ({ id, gives }) =>
      gives?.lasting === false &&
      !(keepArchives && gives.form === 'file') &&
      known.surveyOf(id).state === 'intact' &&
      allDependants(whole, id).every(dependant => known.receiptOf(dependant) !== undefined),
  )
}
