/** Removes what was built, and forgets it. What a person edited or added stays. Knows only records, not the spec. */

import { dirname, join } from 'node:path'
import { filesBelow, look, remove, removeEmptyFolders } from '../io/disk.ts'
import { placeOf, shelfOf } from '../knowledge.ts'
import { missingFolder } from '../model/layout.ts'
import type { Task, TaskId } from '../model/task.ts'
import type { Run } from './context.ts'
import { Removal } from './removal.ts'

export interface Cleaned {
  readonly files: number
  readonly bytes: number
  /** Edited since they were built, below the root. */
  readonly left: readonly string[]
  /** Behind a link that somebody put in the place of a folder. */
  readonly linked: readonly string[]
}

/** The folders below the state that hold archives, parts and partial downloads. */
const passing = ['archives', 'parts', 'shelf'] as const

/** What is needed to tell what a clean would do; a run has it. */
type Built = Pick<Run, 'graph' | 'known' | 'root'>

/** Removes the files of the run's targets that are as recorded, and what tasks of theirs alone keep in the state folder. */
export function cleanTargets(run: Run): Cleaned {
  const removal = new Removal(run.root, true)
  const stays = { left: [] as string[], linked: [] as string[] }
  const done: TaskId[] = []
  try {
    for (const task of tasksToClean(run)) {
      cleanFiles(run, task, removal, stays)
      removal.emptyFolders()
      remove(join(run.state, shelfOf(task.id)))
      if (task.outline.sees) removeLists(run.state, task.outline.name)
      done.push(task.id)
    }
  } finally {
    // Ended in between, their files are missing by the record: the next clean, or build, goes on from there.
    run.known.receipts.forgetAll(done)
  }
  return { files: removal.files, bytes: removal.bytes, ...stays }
}

/** Of what an annotation misses; of one that was split a folder of lists. */
function removeLists(state: string, name: string): void {
  const path = join(state, missingFolder, name)
  for (const list of [`${path}.ndjson`, path]) remove(list)
  removeEmptyFolders(dirname(path), state)
}

/** The same without removing anything. */
export function foretellTargets(built: Built): Cleaned {
  const removal = new Removal(built.root, false)
  const stays = { left: [] as string[], linked: [] as string[] }
  for (const task of tasksToClean(built)) cleanFiles(built, task, removal, stays)
  return { files: removal.files, bytes: removal.bytes, ...stays }
}

/** Not those that work for another target as well. */
function tasksToClean({ graph }: Built): readonly Task[] {
  const named = new Set(graph.targets)
  return [...graph.tasks.values()].filter(task => task.targets.every(target => named.has(target)))
}

/** Notes the paths, below the root, of what stays. */
function cleanFiles(
  { known, root }: Built,
  { id, gives }: Task,
  removal: Removal,
  stays: { readonly left: string[]; readonly linked: string[] },
): void {
  const receipt = known.receiptOf(id)
  const manifest = known.manifestOf(id)
  if (receipt === undefined || manifest === undefined || gives === undefined) return
  const { bad } = known.lookOf(id)
  const at = placeOf(gives, receipt)
  // A link to the target itself, or above it, is how the playground was laid out.
  const isReached = removal.way(gives.form === 'file' ? dirname(at) : at) === 'plain'
  for (let i = 0; i < manifest.count; i += 1) {
    const path = gives.form === 'file' ? at : `${at}/${manifest.path(i)}`
    if (look(join(root, path)) === undefined) removal.gone(path)
    else if (bad.has(i)) stays.left.push(path)
    else if (isReached && removal.way(dirname(path)) !== 'plain') stays.linked.push(path)
    else removal.file(path, manifest.size(i))
  }
}

/** Removes archives, parts and partial downloads of all targets. */
export function cleanArchives(state: string): Cleaned {
  let files = 0
  let bytes = 0
  for (const { path, size } of archivesBelow(state)) {
    files += 1
    bytes += size
    remove(path)
  }
  for (const folder of passing) {
    const isEmpty = filesBelow(join(state, folder)).next().done === true
    if (isEmpty && look(join(state, folder))) remove(join(state, folder))
  }
  return { files, bytes, left: [], linked: [] }
}

export function archivesBelow(state: string): readonly { readonly path: string; readonly size: number }[] {
  return passing.flatMap(folder =>
    [...filesBelow(join(state, folder))]
      // A ledger is no part of a download: it remembers what need not be asked again.
      .filter(name => !name.endsWith('.ndjson'))
      .map(name => {
        const path = join(state, folder, name)
        return { path, size: look(path)?.size ?? 0 }
      }),
  )
}
