/** Removes what was built, and forgets it. What a person edited or added stays. Knows only records, not the spec. */

import { dirname, join } from 'node:path'
import { filesBelow, look, remove, removeEmptyFolders } from '../io/disk.ts'
import { placeOf, shelfOf } from '../knowledge.ts'
import type { Task } from '../model/task.ts'
import type { Run } from './context.ts'

export interface Cleaned {
  readonly files: number
  readonly bytes: number
  /** Edited since they were built, below the root. */
  readonly left: readonly string[]
}

/** The folders below the state that hold archives, parts and partial downloads. */
const passing = ['archives', 'parts', 'shelf'] as const

/** What is needed to tell what a clean would do; a run has it. */
type Built = Pick<Run, 'graph' | 'known' | 'root'>

/** Removes the files of the run's targets that are as recorded, and what tasks of theirs alone keep in the state folder. */
export function cleanTargets(run: Run): Cleaned {
  const cleaned = foretellTargets(run)
  for (const task of tasksToClean(run)) {
    for (const { path, edited } of filesOf(run, task)) {
      if (edited) continue
      remove(join(run.root, path))
      removeEmptyFolders(dirname(join(run.root, path)), run.root)
    }
    run.known.receipts.forget(task.id)
    remove(join(run.state, shelfOf(task.id)))
  }
  return cleaned
}

/** The same without removing anything. */
export function foretellTargets(built: Built): Cleaned {
  const found = tasksToClean(built).flatMap(task => [...filesOf(built, task)])
  const asBuilt = found.filter(({ edited }) => !edited)
  return {
    files: asBuilt.length,
    bytes: asBuilt.reduce((sum, { bytes }) => sum + bytes, 0),
    left: found.filter(({ edited }) => edited).map(({ path }) => path),
  }
}

/** Not those that work for another target as well. */
const tasksToClean = ({ graph }: Built): readonly Task[] =>
  [...graph.tasks.values()].filter(task => task.targets.every(target => graph.targets.includes(target)))

interface BuiltFile {
  /** Below the root. */
  readonly path: string
  readonly bytes: number
  readonly edited: boolean
}

/** What lies there of a task's files. */
function* filesOf({ known, root }: Built, { id, gives }: Task): Generator<BuiltFile> {
  const receipt = known.receiptOf(id)
  const manifest = known.manifestOf(id)
  if (receipt === undefined || manifest === undefined || gives === undefined) return
  const { bad } = known.lookOf(id)
  const at = placeOf(gives, receipt)
  for (let i = 0; i < manifest.count; i += 1) {
    const path = gives.form === 'file' ? at : `${at}/${manifest.path(i)}`
    if (look(join(root, path)) === undefined) continue
    yield { path, bytes: manifest.size(i), edited: bad.has(i) }
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
  return { files, bytes, left: [] }
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
