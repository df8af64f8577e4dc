/**
 * What archives that are on this machine unpack to, read from their directories, so that a plan need not guess it. Asks no
 * host and writes nothing; what is wrong with an archive is left to who unpacks it.
 */

import { join } from 'node:path'
import { lookThrough } from '../io/disk.ts'
import { type Known, placeOf } from '../knowledge.ts'
import type { Contents } from '../model/contents.ts'
import type { Measured, Plan } from '../model/plan.ts'
import { Problem } from '../model/problem.ts'
import type { Input, Task, TaskId } from '../model/task.ts'
import { inBlocks } from '../model/units.ts'
import { isAtHand } from '../plan/means.ts'
import { isArchive } from '../plan/totals.ts'

/** Of the tasks that a plan would run, those whose contents can be had here. */
export async function measuredIn(
  { graph, steps }: Plan,
  known: Known,
  blockBytes: number,
): Promise<ReadonlyMap<TaskId, Measured>> {
  const found = new Map<TaskId, Contents>()
  for (const { task, verdict } of steps.values()) {
    if (verdict.state !== 'stale' || task.kind.contents === undefined) continue
    const inputs = task.outline.takes.flatMap(id => found.get(id) ?? [])
    const [only, ...others] = task.outline.takes.flatMap(id => graph.tasks.get(id) ?? [])
    const input = only && others.length === 0 ? archiveHere(only, known) : undefined
    const isMadeOfThem = inputs.length > 0 && inputs.length === task.outline.takes.length
    if (input === undefined && !isMadeOfThem) continue
    const contents = await contentsOf(task, input, inputs)
    if (contents) found.set(task.id, contents)
  }
  return new Map([...found].map(([id, contents]) => [id, measured(contents, blockBytes)]))
}

type Archive = Pick<Input, 'path' | 'remarks'>

/** One that was kept or is left, or a file of this machine. One in parts lies in several files. */
function archiveHere(giver: Task, known: Known): Archive | undefined {
  const receipt = known.receiptOf(giver.id)
  if (!isArchive(giver) || giver.gives === undefined) return undefined
  if (receipt && isAtHand(giver, known))
    return { path: join(known.root, placeOf(giver.gives, receipt)), remarks: receipt.remarks }
  const { copyOf } = giver.outline.forecast
  return copyOf !== undefined && lookThrough(copyOf)?.isFile() ? { path: copyOf } : undefined
}

async function contentsOf(
  { kind, params }: Task,
  input: Archive | undefined,
  inputs: readonly Contents[],
): Promise<Contents | undefined> {
  try {
    return await kind.contents?.(params, { ...alone, input }, inputs)
  } catch (error) {
    if (error instanceof Problem) return undefined
    throw error
  }
}

/** Nobody to be asked. */
const alone = {
  shelf: '',
  offline: true,
  foldsCase: false,
  signal: new AbortController().signal,
  host: (name: string) => {
    throw new Error(`${name} was to be asked for a plan`)
  },
  headersOf: () => ({}),
  requested: () => {},
  tell: () => {},
  pause: () => Promise.resolve(),
}

function measured(contents: Contents, blockBytes: number): Measured {
  let [bytes, onDisk] = [0, 0]
  for (let k = 0; k < contents.count; k += 1) {
    bytes += contents.bytes(k)
    onDisk += inBlocks(contents.bytes(k), blockBytes)
  }
  return { bytes, files: contents.count, onDisk }
}
