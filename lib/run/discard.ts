/**
 * Gives back what does not last: archives once everything made from them is placed, parts once they are consumed.
 * Knows from records who is done; never touches what a task still to be made reads.
 */

import { dirname, join } from 'node:path'
import { sha256OfFileSync } from '../io/digest.ts'
import { look, remove, removeEmptyFolders } from '../io/disk.ts'
import { type Known, shelfOf } from '../knowledge.ts'
import { groupedBy } from '../model/grouped.ts'
import { isOurFolder } from '../model/layout.ts'
import type { Graph } from '../model/plan.ts'
import type { Begun } from '../model/receipt.ts'
import type { Task, TaskId } from '../model/task.ts'
import { seekingLinks } from '../place.ts'
import type { Run } from './context.ts'
import { ownerAmongSiblings } from './owners.ts'

/** Removes the artifact of a task that does not last. False where it is to be kept. */
export function discard(run: Run, task: Task): boolean {
  const { gives } = task
  const receipt = run.known.receiptOf(task.id)
  if (gives === undefined || gives.lasting || receipt === undefined) return false
  if (run.keepArchives && gives.form === 'file') return false
  removeResult(run, task, gives.form, receipt)
  // What lay in the playground is a part now; said so, or every build would look there for something to give back.
  if (!isOurFolder(receipt.at)) run.known.receipts.done({ ...receipt, at: gives.at })
  if (task.kind.staging !== 'shelf-and-place') removeShelf(run, task)
  run.known.lookedAway(task.id)
  return true
}

/** What a task kept for later attempts. */
export function removeShelf({ state }: Run, { id }: Task): void {
  const shelf = join(state, shelfOf(id))
  remove(shelf)
  removeEmptyFolders(dirname(shelf), state)
}

/** A result of a task that is not wanted where it lies: an archive, a part, or a tree that now is a rename's part. */
export function removeResult(run: Run, task: Task, form: 'file' | 'tree', result: Begun): void {
  if (isOurFolder(result.at)) removeOurs(run, form, result.at)
  else removePlaced(run, task, form, result)
}

/** Whether another task gives its part there by now: sources that change places exchange their folders. */
export const isTaken = ({ whole }: Run, { id }: Task, at: string): boolean =>
  isOurFolder(at) && (givers(whole).get(partFolderOf(at)) ?? []).some(other => other.id !== id)

const giversOf = new WeakMap<Graph, ReadonlyMap<string, readonly Task[]>>()

/** Who gives what lies in a folder of the state, found for all at once. */
function givers(whole: Graph): ReadonlyMap<string, readonly Task[]> {
  const known = giversOf.get(whole)
  if (known) return known
  const found = groupedBy(whole.tasks.values(), ({ gives }) => partFolderOf(gives?.at ?? ''))
  giversOf.set(whole, found)
  return found
}

/** With the folder that belongs to it alone: the archive's own, or that of the source whose part it is. */
function removeOurs(run: Run, form: 'file' | 'tree', at: string): void {
  const folder = join(run.root, form === 'file' ? dirname(at) : partFolderOf(at))
  remove(folder)
  removeEmptyFolders(dirname(folder), run.state)
}

/** `.groundwork/parts/ocr_vqa~images/9f2c01aa` of `.groundwork/parts/ocr_vqa~images/9f2c01aa/images`. */
const partFolderOf = (at: string): string => at.split('/').slice(0, 4).join('/')

/** What another task of the target gives by now stays, and so does what was edited. */
function removePlaced(run: Run, task: Task, form: 'file' | 'tree', result: Begun): void {
  const manifest = run.known.receipts.loadManifest(result)
  const isBehindLink = seekingLinks(join(run.root, result.at))
  for (let i = 0; i < (manifest?.count ?? 0); i += 1) {
    const below = form === 'tree' ? (manifest?.path(i) ?? '') : ''
    const path = join(run.root, result.at, below)
    if (isBehindLink(dirname(below))) continue
    if (look(path)?.isFile() !== true || ownerAmongSiblings(run, task, path) !== undefined) continue
    if (sha256OfFileSync(path).sha256 !== manifest?.sha256(i)) continue
    remove(path)
    removeEmptyFolders(dirname(path), run.root)
  }
}

/** Who reads a task's artifact. */
export const directDependants = (graph: Graph, id: TaskId): readonly TaskId[] =>
  graph.dependants.get(id) ?? []

/** Who still has to be done before an artifact can go. Asked after every step, so who is done is not asked again. */
export class Awaited {
  readonly #graph: Graph
  readonly #left = new Map<TaskId, TaskId[]>()

  constructor(graph: Graph) {
    this.#graph = graph
  }

  hasNone(id: TaskId, isSettled: (dependant: TaskId) => boolean): boolean {
    const left = this.#left.get(id) ?? [...allDependants(this.#graph, id)]
    this.#left.set(id, left)
    while (left.length > 0 && isSettled(left.at(-1) as TaskId)) left.pop()
    return left.length === 0
  }
}

/** Who reads it, and all that depend on those: an archive stays until the checks behind it have passed. */
function allDependants(graph: Graph, id: TaskId): readonly TaskId[] {
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

/** Of an archive that was given back its shelf is all there is; a shelf that belongs to a result stays with it. */
export const isLeft = (known: Known, { id, kind }: Task): boolean =>
  known.isThere(id) || (kind.staging !== 'shelf-and-place' && known.isShelved(id))

/** What lies on disk, does not last, and has been read by everybody: left by a build that was ended before it tidied up. */
export function leftovers(graph: Graph, whole: Graph, known: Known, keepArchives: boolean): readonly Task[] {
  return [...graph.tasks.values()].filter(
    task =>
      task.gives?.lasting === false &&
      !(keepArchives && task.gives.form === 'file') &&
      isLeft(known, task) &&
      allDependants(whole, task.id).every(dependant => known.receiptOf(dependant) !== undefined),
  )
}
