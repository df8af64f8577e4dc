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
  const vanished = vanishedReceipts(memories, whole)
  if (vanished.length === 0) return heirs
  const orphans = groupedBy(vanished, keyOfReceipt)
  const archives = groupedBy(vanished.filter(isArchive), pinnedAs)
  const living = new Places([...whole.tasks.values()].flatMap(livingIn))
  for (const task of whole.tasks.values()) {
    if (memories.has(task.id)) continue
    const pin = pinOf(task)
    if (pin !== undefined) {
      const same = archives.get(pin)?.shift()
      if (same) heirs.set(task.id, same)
      continue
    }
    if (!isTold(task)) continue
    const equal: Receipt[] = orphans.get(keyOfTask(task, heirs)) ?? []
    // What lies where another target has something by now is not one task's alone to take.
    const alone = equal.filter(({ at }) =>
      living.meeting(at).every(place => place.target === task.target && place.at !== at),
    )
    const isLasting = task.gives?.lasting === true
    // What was a rename's part is not on disk any more: who wants files has nothing of it.
    const receipt =
      alone.find(({ at }) => isOurFolder(at) !== isLasting) ?? (isLasting ? undefined : alone[0])
    if (receipt === undefined) continue
    equal.splice(equal.indexOf(receipt), 1)
    heirs.set(task.id, receipt)
  }
  return heirs
}

const livingIn = ({ gives, target }: Task): readonly { readonly at: string; readonly target: string }[] =>
  gives?.lasting ? [{ at: gives.at, target }] : []

/** Of finished tasks that the spec does not name any more. */
export const vanishedReceipts = (memories: ReadonlyMap<TaskId, Memory>, whole: Graph): readonly Receipt[] =>
  [...memories].flatMap(([id, memory]) =>
    memory.state === 'done' && !whole.tasks.has(id) ? [memory.receipt] : [],
  )

/** What is made of nothing is only told by its own definition; and what does not last is fetched for its own sake then. */
const isTold = ({ outline: { takes, fingerprint }, gives }: Task): boolean =>
  takes.length > 0 || (fingerprint.length > 0 && gives?.lasting !== false)

/** The bytes that a digest names are the same under every address: of an archive nothing else is asked. */
function pinOf({ kind, outline, gives }: Task): string | undefined {
  const sha256 = gives?.form === 'file' && !gives.lasting && !gives.borrowed ? gives.pins?.sha256 : undefined
  return outline.takes.length > 0 || sha256 === undefined ? undefined : `${kind.name} ${sha256}`
}

const isArchive = ({ inputs, at }: Receipt): boolean => inputs.length === 0 && isOurFolder(at)

const pinnedAs = ({ kind, digest }: Receipt): string => `${kind} ${digest}`

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
