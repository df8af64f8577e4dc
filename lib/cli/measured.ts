/**
 * What archives that are on this machine unpack to, read from their directories, and how much of others the annotations that
 * are here refer to, so that a plan need not guess it. Asks no host and writes nothing; what is wrong with a file is left to
 * who works with it.
 */

import { join } from 'node:path'
import { lookThrough } from '../io/disk.ts'
import { type Known, placeOf } from '../knowledge.ts'
import type { Contents } from '../model/contents.ts'
import type { Measured, Plan } from '../model/plan.ts'
import { Problem } from '../model/problem.ts'
import type { Input, Task, TaskId } from '../model/task.ts'
import { inBlocks } from '../model/units.ts'
import type { Verdict } from '../model/verdict.ts'
import { isAtHand } from '../plan/means.ts'
import { isArchive } from '../plan/totals.ts'

/** Of the tasks that a plan would run, those whose contents can be had here. */
export async function measuredIn(
  plan: Plan,
  known: Known,
  blockBytes: number,
): Promise<ReadonlyMap<TaskId, Measured>> {
  const { graph, steps } = plan
  const found = new Map<TaskId, Contents>()
  for (const { task, verdict } of steps.values()) {
    if (verdict.state !== 'stale' || task.kind.contents === undefined || isMended(task, verdict, known))
      continue
    const inputs = task.outline.takes.flatMap(id => found.get(id) ?? [])
    const [only, ...others] = task.outline.takes.flatMap(id => graph.tasks.get(id) ?? [])
    const input = only && others.length === 0 ? archiveHere(only, known) : undefined
    const isMadeOfThem = inputs.length > 0 && inputs.length === task.outline.takes.length
    if (input === undefined && !isMadeOfThem) continue
    const contents = await contentsOf(task, input, inputs)
    if (contents) found.set(task.id, contents)
  }
  const needed = await neededIn(plan, known, blockBytes)
  return new Map([
    ...needed,
    ...[...found].map(([id, contents]) => [id, measured(contents, blockBytes)] as const),
  ])
}

/** So few of its files are made again that their share of what is recorded says enough. */
function isMended({ id }: Task, { reason }: Verdict & { readonly state: 'stale' }, known: Known): boolean {
  const files = known.receiptOf(id)?.files ?? 0
  return reason.code === 'output-damaged' && 100 * (reason.missingCount + reason.editedCount) <= files
}

/** Of tasks that make only what annotations refer to, those whose annotations are all here. */
async function neededIn(
  { graph, steps }: Plan,
  known: Known,
  blockBytes: number,
): Promise<readonly (readonly [TaskId, Measured])[]> {
  const found: (readonly [TaskId, Measured])[] = []
  for (const { task, verdict } of steps.values()) {
    const { takes, mayTake: [archive] = [] } = task.outline
    if (verdict.state !== 'stale' || archive === undefined || takes.length === 0) continue
    const paths = takes.flatMap(id => {
      const gives = graph.tasks.get(id)?.gives
      return gives && steps.get(id)?.verdict.state === 'fresh' ? [join(known.root, gives.at)] : []
    })
    const from = steps.get(archive)
    const bytes = from?.task.outline.forecast.download?.bytes
    const isFetched = from?.verdict.state === 'stale' || (from && isAtHand(from.task, known))
    if (paths.length < takes.length || bytes === undefined || isFetched) continue
    const readers = graph.dependants.get(archive)?.length ?? 1
    const needed = await ifFit(async () => task.kind.needed?.(task.params, paths))
    if (needed?.of)
      found.push([task.id, share(needed.files / needed.of, bytes / readers, needed.files, blockBytes)])
  }
  return found
}

/** Files of an archive are of one size, about. */
function share(of: number, archiveBytes: number, files: number, blockBytes: number): Measured {
  const bytes = Math.round(Math.min(1, of) * archiveBytes)
  const saved = Math.round(archiveBytes) - bytes
  return { bytes, files, onDisk: bytes + files * blockBytes, download: bytes, saved, isGuess: true }
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
  return ifFit(async () => kind.contents?.(params, { ...alone, input }, inputs))
}

async function ifFit<T>(look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look()
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
