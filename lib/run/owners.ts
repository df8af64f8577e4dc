/** Which other task of the same target has a file, by its record. */

import { join } from 'node:path'
import type { Task } from '../model/task.ts'
import type { Run } from './context.ts'

/** `path` is absolute. */
export function ownerAmongSiblings(
  run: Run,
  task: Task,
  path: string,
): { readonly task: string; readonly sha256: string } | undefined {
  for (const sibling of siblingsOf(run, task)) {
    const manifest = run.known.manifestOf(sibling.id)
    if (manifest === undefined || sibling.gives === undefined) continue
    const place = join(run.root, sibling.gives.at)
    if (sibling.gives.form === 'file') {
      if (place === path) return { task: sibling.id, sha256: manifest.digest }
    } else if (path.startsWith(`${place}/`)) {
      const i = manifest.find(path.slice(place.length + 1))
      if (i >= 0) return { task: sibling.id, sha256: manifest.sha256(i) }
    }
  }
  return undefined
}

const siblings = new WeakMap<Task, readonly Task[]>()

function siblingsOf(run: Run, task: Task): readonly Task[] {
  const known = siblings.get(task)
  if (known) return known
  const found = [...run.whole.tasks.values()].filter(
    other => other.id !== task.id && other.target === task.target && other.gives?.lasting === true,
  )
  siblings.set(task, found)
  return found
}
