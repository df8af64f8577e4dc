/** Removes what was built, and forgets it. What a person edited or added stays. Knows only records, not the spec. */

import { dirname, join } from 'node:path'
import { filesBelow, look, remove, removeEmptyFolders } from '../io/disk.ts'
import type { Run } from './context.ts'

export interface Cleaned {
  readonly files: number
  readonly bytes: number
  /** Edited since they were built, below the root. */
  readonly left: readonly string[]
}

/** The folders below the state that hold archives, parts and partial downloads. */
const passing = ['archives', 'parts', 'shelf'] as const

/** Removes the files of the run's targets that are as recorded, and what tasks of theirs alone keep in the state folder. */
export function cleanTargets(run: Run): Cleaned {
  let files = 0
  let bytes = 0
  const left: string[] = []
  for (const task of run.graph.tasks.values()) {
    if (!task.targets.every(target => run.graph.targets.includes(target))) continue
    const receipt = run.known.receiptOf(task.id)
    const manifest = run.known.manifestOf(task.id)
    if (receipt && manifest && task.gives) {
      const { bad } = run.known.lookOf(task.id)
      for (let i = 0; i < manifest.count; i += 1) {
        const path = task.gives.form === 'file' ? receipt.at : `${receipt.at}/${manifest.path(i)}`
        const file = join(run.root, path)
        if (look(file) === undefined) continue
        if (bad.has(i)) {
          left.push(path)
          continue
        }
        remove(file)
        removeEmptyFolders(dirname(file), run.root)
        files += 1
        bytes += manifest.size(i)
      }
    }
    run.known.receipts.forget(task.id)
  }
  return { files, bytes, left }
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
  for (const folder of passing) if (look(join(state, folder))) remove(join(state, folder))
  return { files, bytes, left: [] }
}

export function archivesBelow(state: string): readonly { readonly path: string; readonly size: number }[] {
  return passing.flatMap(folder =>
    [...filesBelow(join(state, folder))].map(name => {
      const path = join(state, folder, name)
      return { path, size: look(path)?.size ?? 0 }
    }),
  )
}
