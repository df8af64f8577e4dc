/**
 * Which task of the spec goes on with the result of one that the spec does not name any more: a target that got another name
 * has the same sources, and its files need only be moved. Pure; whether they still lie there is not known here.
 */

import { groupedBy } from '../model/grouped.ts'
import { isOurFolder } from '../model/layout.ts'
import { Places } from '../model/places.ts'
import type { Graph } from '../model/plan.ts'
import type { Memory, Receipt } from '../model/receipt.ts'
import type { Task, TaskId } from '../model/task.ts'

/** By the heir: the receipt of the task that the spec does not name any more, with its own name and place. */
export type Heirs = Map<TaskId, Receipt>

/** `whole`: everything that the spec names. Each result has one heir at most. */
export function heirsOf(whole: Graph, memories: ReadonlyMap<TaskId, Memory>): Heirs {
  const heirs: Heirs = new Map()
  const orphans = orphansOf(whole, memories)
  if (orphans.size === 0) return heirs
  for (const task of whole.tasks.values()) {
    if (memories.has(task.id) || !isTold(task)) continue
    const equal = orphans.get(keyOfTask(task, heirs)) ?? []
    const at = equal.findIndex(receipt => isOurFolder(receipt.at) !== (task.gives?.lasting === true))
    // What was a rename's part is not on disk any more: who wants files has nothing of it.
    const [receipt] = at < 0 && task.gives?.lasting === true ? [] : equal.splice(Math.max(0, at), 1)
    if (receipt) heirs.set(task.id, receipt)
  }
  return heirs
}

/** By what they were made of, and how. Not those that share their place with what the spec names: not theirs alone to take. */
function orphansOf(whole: Graph, memories: ReadonlyMap<TaskId, Memory>): Map<string, Receipt[]> {
  const orphans = vanishedReceipts(memories, whole)
  if (orphans.length === 0) return new Map()
  const living = new Places([...whole.tasks.values()].flatMap(({ gives }) => (gives?.lasting ? [gives] : [])))
  const alone = orphans.filter(({ at }) => living.meeting(at).length === 0)
  return groupedBy(alone, keyOfReceipt)
}

/** Of finished tasks that the spec does not name any more. */
export const vanishedReceipts = (memories: ReadonlyMap<TaskId, Memory>, whole: Graph): readonly Receipt[] =>
  [...memories].flatMap(([id, memory]) =>
    memory.state === 'done' && !whole.tasks.has(id) ? [memory.receipt] : [],
  )

/** What is made of nothing is only told by its own definition; and what does not last is fetched for its own sake then. */
const isTold = ({ outline: { takes, fingerprint }, gives }: Task): boolean =>
  takes.length > 0 || (fingerprint.length > 0 && gives?.lasting !== false)

const keyOfReceipt = ({ kind, kindVersion, fingerprint, inputs, manifest }: Receipt): string =>
  keyOf(kind, kindVersion, fingerprint, manifest !== '', inputs)

/** Made of the same, or of what is inherited itself. */
const keyOfTask = ({ kind, outline, gives }: Task, heirs: Heirs): string =>
  keyOf(
    kind.name,
    kind.version,
    outline.fingerprint,
    gives !== undefined,
    outline.takes.map(task => heirs.get(task) ?? { task }),
  )

const keyOf = (
  kind: string,
  version: number,
  fingerprint: Receipt['fingerprint'],
  gives: boolean,
  inputs: readonly { readonly task: TaskId }[],
): string =>
  JSON.stringify([
    kind,
    version,
    fingerprint.map(({ name, value }) => [name, value]),
    gives,
    inputs.map(({ task }) => task),
  ])
