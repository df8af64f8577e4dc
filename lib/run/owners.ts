/** Which other task of the same target has a file, or had it, by its record. */

import { dirname, join, relative } from 'node:path'
import type { Known } from '../knowledge.ts'
import { groupedBy } from '../model/grouped.ts'
import { stateFolder } from '../model/layout.ts'
import { unknownDigest } from '../model/manifest.ts'
import { Places } from '../model/places.ts'
import type { Graph } from '../model/plan.ts'
import type { Receipt } from '../model/receipt.ts'
import type { Artifact, Task } from '../model/task.ts'
import { vanishedReceipts } from '../plan/heirs.ts'
import type { Run } from './context.ts'

/** `path` is absolute. */
export function ownerAmongSiblings(
  run: Run,
  task: Task,
  path: string,
): { readonly task: string; readonly sha256: string } | undefined {
  for (const sibling of siblingsOf(run, task)) {
    const manifest = run.known.manifestOf(sibling.id)
    if (manifest === undefined) continue
    const place = join(run.root, sibling.gives.at)
    if (sibling.gives.form === 'file') {
      if (place === path) return { task: sibling.id, sha256: manifest.digest }
    } else if (path.startsWith(`${place}/`)) {
      const i = manifest.find(path.slice(place.length + 1))
      if (i >= 0 && manifest.sha256(i) !== unknownDigest)
        return { task: sibling.id, sha256: manifest.sha256(i) }
    }
  }
  return undefined
}

/** A task whose result is of the playground. */
export type Lasting = Task & { readonly gives: Artifact }

const lasting = new WeakMap<Graph, ReadonlyMap<string, readonly Lasting[]>>()
const siblings = new WeakMap<Task, readonly Lasting[]>()

/** In the order of the graph. */
export function siblingsOf({ whole }: Pick<Run, 'whole'>, task: Task): readonly Lasting[] {
  const known = siblings.get(task)
  if (known) return known
  const found = (lastingByTarget(whole).get(task.target) ?? []).filter(({ id }) => id !== task.id)
  siblings.set(task, found)
  return found
}

export const isLasting = (task: Task): task is Lasting => task.gives?.lasting === true

/** Found for all targets at once. */
export function lastingByTarget(graph: Graph): ReadonlyMap<string, readonly Lasting[]> {
  const known = lasting.get(graph)
  if (known) return known
  const found = groupedBy([...graph.tasks.values()].filter(isLasting), ({ target }) => target)
  lasting.set(graph, found)
  return found
}

/**
 * Whether this content was placed there by a task that gives it no more: what this one takes is a part by now, while it was
 * the target itself before a rename came; or the spec does not name the task any more.
 */
export function wasPlacedBefore(run: Run, task: Task, path: string, sha256: string): boolean {
  const vanished = vanishedIn(run).around(relative(run.root, dirname(path)))
  return [...task.outline.takes, ...vanished.map(receipt => receipt.task)].some(id => {
    const at = run.known.receiptOf(id)?.at ?? stateFolder
    const place = join(run.root, at)
    if (at.startsWith(stateFolder) || !path.startsWith(`${place}/`)) return false
    const manifest = run.known.manifestOf(id)
    const i = manifest?.find(path.slice(place.length + 1)) ?? -1
    return i >= 0 && manifest?.sha256(i) === sha256
  })
}

const vanishedOf = new WeakMap<Known, Places<Receipt>>()

/** By where they lie; a run forgets some of them, and adds none. */
function vanishedIn({ whole, known }: Run): Places<Receipt> {
  const found = vanishedOf.get(known) ?? new Places(vanishedReceipts(known.receipts.all(), whole))
  vanishedOf.set(known, found)
  return found
}
