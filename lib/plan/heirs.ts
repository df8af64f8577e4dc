/**
 * Which task of the spec goes on with the result of one that the spec does not name any more: a target that got another name
 * has the same sources, and its files need only be moved. Pure; whether they still lie there is not known here.
 */

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
    if (memories.has(task.id)) continue
    const likely = orphans.get(keyOf(task.kind.name, task.kind.version, task.outline.fingerprint)) ?? []
    const i = likely.findIndex(receipt => couldMake(task, receipt, heirs))
    const [receipt] = i < 0 ? [] : likely.splice(i, 1)
    if (receipt) heirs.set(task.id, receipt)
  }
  return heirs
}

/** By what made them. Not those that share their place with what the spec names: they are not theirs alone to take. */
function orphansOf(whole: Graph, memories: ReadonlyMap<TaskId, Memory>): Map<string, Receipt[]> {
  const orphans = new Map<string, Receipt[]>()
  let taken: ReadonlySet<string> | undefined
  for (const [id, memory] of memories) {
    if (memory.state !== 'done' || whole.tasks.has(id)) continue
    const { receipt } = memory
    taken ??= placesTaken(whole)
    if (foldersOf(receipt.at).some(folder => taken?.has(folder)) || taken.has(`${receipt.at}/`)) continue
    const key = keyOf(receipt.kind, receipt.kindVersion, receipt.fingerprint)
    const alike = orphans.get(key)
    if (alike) alike.push(receipt)
    else orphans.set(key, [receipt])
  }
  return orphans
}

/** Where lasting results of the spec lie, and, with a `/` behind them, the folders above. */
function placesTaken(whole: Graph): ReadonlySet<string> {
  const taken = new Set<string>()
  for (const { gives } of whole.tasks.values()) {
    if (!gives?.lasting) continue
    taken.add(gives.at)
    for (const folder of foldersOf(gives.at).slice(0, -1)) taken.add(`${folder}/`)
  }
  return taken
}

/** `a`, `a/b`, `a/b/c` of `a/b/c`. */
const foldersOf = (at: string): readonly string[] =>
  at.split('/').map((_, i, names) => names.slice(0, i + 1).join('/'))

const keyOf = (kind: string, version: number, fingerprint: Receipt['fingerprint']): string =>
  JSON.stringify([kind, version, fingerprint.map(({ name, value }) => [name, value])])

/** Made of the same, or of what is inherited itself; of nothing only where its own definition says what it is. */
function couldMake({ outline, gives }: Task, receipt: Receipt, heirs: Heirs): boolean {
  const { takes, fingerprint } = outline
  if (takes.length !== receipt.inputs.length || (takes.length === 0 && fingerprint.length === 0)) return false
  if (gives !== undefined && !gives.lasting && takes.length === 0) return false
  if ((gives === undefined) !== (receipt.manifest === '')) return false
  return takes.every((input, i) => {
    const was = receipt.inputs[i]?.task
    return was === input || (was !== undefined && was === heirs.get(input)?.task)
  })
}
