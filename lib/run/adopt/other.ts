/**
 * The records of a playground as proof for another one: what `judge` would call fresh here if it were recorded here, need
 * not be proven again. Reads records only, and changes nothing there.
 */

import { realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { look } from '../../io/disk.ts'
import { isPartial } from '../../model/annotation.ts'
import { groupedBy } from '../../model/grouped.ts'
import { stateFolder } from '../../model/layout.ts'
import type { ColumnarManifest } from '../../model/manifest.ts'
import type { Graph } from '../../model/plan.ts'
import { Problem } from '../../model/problem.ts'
import { acceptedMark, lackedBy, type Receipt } from '../../model/receipt.ts'
import type { Task, TaskId } from '../../model/task.ts'
import { differences, judge } from '../../model/verdict.ts'
import { openReceipts, type Receipts } from '../../receipts/receipts.ts'

export interface Records {
  /** Absolute, without links. */
  readonly root: string
  readonly receipts: Pick<Receipts, 'all' | 'memoryOf' | 'loadManifest'>
}

/** A result as a playground recorded it. */
export interface Recorded {
  /** Of that playground. */
  readonly root: string
  readonly receipt: Receipt
  readonly manifest: ColumnarManifest
}

/** The same with what it was made of. */
export interface Sample extends Recorded {
  readonly inputs: readonly Sample[]
  /** Absolute, where it lies there. */
  readonly place: string
}

/** Of the playground that a folder lies in; undefined where it lies in none, or its records cannot be read. */
export function recordsAbove(folder: string): Records | undefined {
  for (let root = folder; ; root = dirname(root)) {
    if (look(join(root, stateFolder))?.isDirectory() === true) return recordsAt(root)
    if (dirname(root) === root) return undefined
  }
}

function recordsAt(root: string): Records | undefined {
  try {
    return {
      root: realpathSync(root),
      receipts: openReceipts(join(root, stateFolder), { readOnly: true }),
    }
  } catch (error) {
    // Of a newer Groundwork: its files are files like any other.
    if (error instanceof Problem) return undefined
    throw error
  }
}

/** The same result in other records; of several the one that lies in `folder` (absolute). All of its digests are known. */
export function sameIn(records: Records, task: Task, graph: Graph, folder: string): Sample | undefined {
  const like = receiptsLike(task, records).filter(receipt => lackedBy(receipt) === 0)
  const isThere = ({ at }: Receipt): boolean => join(records.root, at) === folder
  for (const receipt of [...like.filter(isThere), ...like]) {
    const sample = sampleOf(receipt, task, graph, records)
    if (sample) return sample
  }
  return undefined
}

/**
 * Results of the very same archive directory, unpacked in the same way: whose digests hold here, as far as they go. Of what
 * somebody accepted nobody knows how it was unpacked.
 */
export function likeIn(
  records: Records,
  task: Task,
  directory: unknown,
  folder: string,
): Recorded | undefined {
  if (directory === undefined) return undefined
  const receipt = receiptsLike(task, records).find(
    ({ at, kindVersion, remarks, fingerprint }) =>
      join(records.root, at) === folder &&
      remarks['directory'] === directory &&
      remarks[acceptedMark] === undefined &&
      kindVersion === task.kind.version &&
      differences(fingerprint, task.outline.fingerprint).length === 0,
  )
  const manifest = receipt && records.receipts.loadManifest(receipt)
  return receipt && manifest && { root: records.root, receipt, manifest }
}

const sorted = new WeakMap<Records, ReadonlyMap<string, readonly Receipt[]>>()

/** What tasks of the same kind gave. */
function receiptsLike({ kind }: Task, records: Records): readonly Receipt[] {
  const byKind = sorted.get(records) ?? sortedByKind(records)
  sorted.set(records, byKind)
  return byKind.get(kind.name) ?? []
}

function sortedByKind({ receipts }: Records): ReadonlyMap<string, readonly Receipt[]> {
  const done = [...receipts.all().values()].flatMap(memory =>
    memory.state === 'done' && !isPartial(memory.receipt.fingerprint) ? [memory.receipt] : [],
  )
  return groupedBy(done, ({ kind }) => kind)
}

function sampleOf(receipt: Receipt, task: Task, graph: Graph, records: Records): Sample | undefined {
  const inputs: Sample[] = []
  const digests = new Map<TaskId, string>()
  for (const [i, id] of task.outline.takes.entries()) {
    const taken = receipt.inputs[i]
    const memory = taken && records.receipts.memoryOf(taken.task)
    const giver = graph.tasks.get(id)
    if (memory?.state !== 'done' || giver === undefined || memory.receipt.digest !== taken?.digest)
      return undefined
    const input = sampleOf(memory.receipt, giver, graph, records)
    if (input === undefined) return undefined
    inputs.push(input)
    digests.set(id, taken.digest)
  }
  const { state } = judge(task, { state: 'done', receipt }, { state: 'not-looked' }, id => digests.get(id))
  const manifest = state === 'fresh' ? records.receipts.loadManifest(receipt) : undefined
  const { root } = records
  return manifest && { root, receipt, manifest, inputs, place: join(root, receipt.at) }
}
