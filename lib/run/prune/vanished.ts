/** What is recorded of tasks that the spec does not have any more. Looks at records only. */

import { shelfOf } from '../../knowledge.ts'
import { isOurFolder, stateFolder } from '../../model/layout.ts'
import { formOf, type Holding, Places } from '../../model/places.ts'
import type { Graph } from '../../model/plan.ts'
import { type Begun, lastReceipt, type Memory, resultsOf } from '../../model/receipt.ts'
import type { Task, TaskId } from '../../model/task.ts'
import type { Receipts } from '../../receipts/receipts.ts'

export interface Vanished {
  readonly task: TaskId
  readonly kind: string
  /** That it was made for. */
  readonly targets: readonly string[]
  /** ISO 8601; undefined where it never was. */
  readonly finished: string | undefined
  /** Of which files may lie there. */
  readonly results: readonly Begun[]
}

export function vanishedTasks(receipts: Receipts, whole: Graph): readonly Vanished[] {
  return [...receipts.all()]
    .filter(([task]) => !whole.tasks.has(task))
    .map(([task, memory]) => vanished(task, memory))
}

function vanished(task: TaskId, memory: Memory): Vanished {
  const receipt = lastReceipt(memory)
  const [kind = '', ...name] = task.split(':')
  return {
    task,
    kind,
    targets: receipt?.targets ?? [name.join(':').replace(/#.*$/, '')],
    finished: receipt?.finished,
    results: resultsOf(memory),
  }
}

/** What is recorded of a result, or undefined where that cannot be read. */
type Read = (task: TaskId, result: Begun) => ReturnType<Holding['manifest']>

/** What the tasks of the spec have on disk, by their records, and what they will have. */
export const livingPlaces = (receipts: Receipts, whole: Graph, read = readFrom(receipts)): Places =>
  new Places([...whole.tasks.values()].flatMap(task => holdingsOf(task, receipts, read)))

const readFrom =
  (receipts: Receipts): Read =>
  (_, result) =>
    receipts.loadManifest(result)

function holdingsOf({ id, gives }: Task, receipts: Receipts, read: Read): readonly Holding[] {
  if (gives === undefined) return []
  const memory = receipts.memoryOf(id)
  const recorded = resultsOf(memory)
    .filter(({ at }) => !isOurFolder(at))
    .map(result => ({ at: result.at, form: gives.form, manifest: once(() => read(id, result)) }))
  const isBuilt = memory?.state === 'done' && recorded.some(({ at }) => at === gives.at)
  return isBuilt || !gives.lasting
    ? recorded
    : [...recorded, { at: gives.at, form: gives.form, manifest: () => undefined }]
}

/** Read when it is asked for, and kept. */
function once(read: Holding['manifest']): Holding['manifest'] {
  let found: ReturnType<Holding['manifest']> | 'unread' = 'unread'
  return () => {
    if (found === 'unread') found = read()
    return found
  }
}

/** What lies in the playground of tasks that are gone: not strange, but not the spec's either. */
export const vanishedPlaces = (receipts: Receipts, tasks: readonly Vanished[]): Places =>
  new Places(
    tasks
      .flatMap(({ results }) => results)
      .filter(({ at }) => at !== '' && !isOurFolder(at))
      .map(result => {
        const manifest = once(() => receipts.loadManifest(result))
        const read = manifest()
        return { at: result.at, form: read ? formOf(read) : 'tree', manifest }
      }),
  )

/** The folders of the state, below the root, that belong to tasks of the spec. */
export function livingFolders(receipts: Receipts, whole: Graph): ReadonlySet<string> {
  const found = new Set<string>()
  for (const { id, gives } of whole.tasks.values()) {
    found.add(`${stateFolder}/${shelfOf(id)}`)
    for (const at of [gives?.at ?? '', ...resultsOf(receipts.memoryOf(id)).map(result => result.at)])
      if (isOurFolder(at)) found.add(ownFolder(at))
  }
  return found
}

/** `.groundwork/archives/9f2c01aa` and `.groundwork/parts/ocr_vqa~images/9f2c01aa`: the folder that is one result's alone. */
export const ownFolder = (at: string): string =>
  at
    .split('/')
    .slice(0, at.startsWith(`${stateFolder}/parts/`) ? 4 : 3)
    .join('/')
