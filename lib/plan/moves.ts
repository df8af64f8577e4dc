/** What a step moves: bytes from a host, bytes and files onto the disk. Pure. */

import { isPartial } from '../model/annotation.ts'
import type { Graph, Measured, Step } from '../model/plan.ts'
import { type Receipt, rangesMark } from '../model/receipt.ts'
import { inputsOf, type Task, type TaskId } from '../model/task.ts'
import type { Verdict } from '../model/verdict.ts'
import type { Knowledge } from '../plan.ts'
import { canRepair, canRework } from './means.ts'

/** By archive: how many trees are made of it. */
export function treesByArchive({ tasks }: Graph): ReadonlyMap<TaskId, number> {
  const trees = new Map<TaskId, number>()
  for (const { gives, outline } of tasks.values())
    if (gives?.form === 'tree')
      for (const archive of inputsOf(outline)) trees.set(archive, (trees.get(archive) ?? 0) + 1)
  return trees
}

/** Targets that share an archive share its bytes: nothing tells how much of it each takes, but all together no more. */
function sharersOf({ gives, outline }: Task, trees: ReadonlyMap<TaskId, number>): number {
  const [archive = '', ...others] = outline.takes
  return gives?.form === 'tree' && others.length === 0 ? (trees.get(archive) ?? 1) : 1
}

/** Bytes of all that a task reads: about what it writes, where nothing else tells. */
function bytesTaken(
  { outline }: Task,
  steps: ReadonlyMap<TaskId, Step>,
  known: Knowledge,
): number | undefined {
  let sum = 0
  for (const input of outline.takes) {
    const memory = known.memoryOf(input)
    const recorded = memory?.state === 'done' ? memory.receipt.bytes : undefined
    const step = steps.get(input)
    const bytes = step?.verdict.state === 'stale' ? step.write : recorded
    if (bytes === undefined) return undefined
    sum += bytes
  }
  return outline.takes.length === 0 ? undefined : sum
}

export type IsFresh = (task: TaskId) => boolean

/** A name and what stands beside it in the directory of an archive, about. */
const directoryEntryBytes = 120

/**
 * What a repair fetches: as large a share of the archive as is lost of the tree, and its end with the directory. Nothing where
 * the archive is there, or will be; undefined where nobody knows how large it is.
 */
function piecesOf(
  { outline }: Task,
  last: Receipt,
  lostBytes: number,
  known: Knowledge,
  isFresh: IsFresh,
): number | undefined {
  const { host, endBytes = 0 } = outline.pieces ?? {}
  if (host === undefined) return 0
  const fetched = outline.takes.flatMap(input => {
    const memory = known.memoryOf(input)
    const isHere = !isFresh(input) || known.surveyOf(input).state === 'intact'
    return isHere || memory?.state !== 'done' ? [] : [archiveBytesOf(memory.receipt, known)]
  })
  if (fetched.length === 0) return 0
  if (fetched.includes(0)) return undefined
  const bytes = fetched.reduce((sum, of) => sum + of, 0)
  const directory = directoryBytesOf(last, known) ?? directoryEntryBytes * last.files
  const share = last.bytes > 0 ? lostBytes / last.bytes : 0
  return Math.min(bytes, Math.ceil(bytes * share) + Math.max(endBytes, directory))
}

/** Of an archive itself, or of the one that a part was unpacked from. */
function archiveBytesOf({ bytes, inputs, fingerprint }: Receipt, known: Knowledge): number {
  const [archive] = isPartial(fingerprint) ? [] : inputs
  const memory = archive && known.memoryOf(archive.task)
  return memory?.state === 'done' ? memory.receipt.bytes : bytes
}

/** As who unpacked it remarked: the task itself, or those that gave it the parts. */
function directoryBytesOf({ remarks, inputs }: Receipt, known: Knowledge): number | undefined {
  const ofParts = inputs.map(({ task }) => {
    const memory = known.memoryOf(task)
    return memory?.state === 'done' ? memory.receipt.remarks : {}
  })
  const told = [remarks, ...ofParts].flatMap(of => of['directory bytes'] ?? [])
  return told.length === 0 ? undefined : told.reduce<number>((sum, bytes) => sum + Number(bytes), 0)
}

/** What a task is expected to give. */
type Foretold = Partial<Measured> & Pick<Step, 'isGuess'>

/** By what was looked up, else by what it takes. `trees`: by archive; `steps`: those before it. */
export function foretell(
  task: Task,
  trees: ReadonlyMap<TaskId, number>,
  steps: ReadonlyMap<TaskId, Step>,
  known: Knowledge,
  measured: Measured | undefined,
): Foretold {
  if (measured) return measured
  const { bytes, download, files, isPacked = false } = task.outline.forecast
  // What a task fetches beside what it takes cannot be told from that.
  const whole = bytes ?? (download ? undefined : bytesTaken(task, steps, known))
  const isGuess = isPacked || task.outline.takes.some(input => steps.get(input)?.isGuess)
  return {
    ...(whole !== undefined && { bytes: Math.round(whole / sharersOf(task, trees)) }),
    ...(files !== undefined && { files }),
    ...(isGuess && { isGuess }),
  }
}

export function movesOf(
  task: Task,
  verdict: Verdict,
  known: Knowledge,
  foretold: Foretold,
  isFresh: IsFresh,
): Pick<Step, 'download' | 'write' | 'files' | 'isGuess' | 'saved' | 'mayFetchAll'> {
  if (verdict.state !== 'stale') return { download: 0, write: 0, files: 0 }
  const { forecast } = task.outline
  const memory = known.memoryOf(task.id)
  const last = memory?.state === 'done' ? memory.receipt : undefined
  const { reason } = verdict
  if (reason.code === 'output-damaged' && task.outline.takes.length > 0) {
    const { missingCount, editedCount, bytes } = reason
    const pieces = last && canRepair(task, verdict, known) ? piecesOf(task, last, bytes, known, isFresh) : 0
    const mayFetchAll = pieces !== 0 && last?.remarks[rangesMark] === undefined
    return {
      download: forecast.download ? bytes : pieces,
      write: bytes,
      files: missingCount + editedCount,
      ...(mayFetchAll && { mayFetchAll }),
    }
  }
  // New names or places for the files that lie there.
  if (reason.code === 'moved' || canRework(task, verdict, known)) return { download: 0, write: 0, files: 0 }
  const copied = forecast.copyOf === undefined ? undefined : known.bytesOutside(forecast.copyOf)
  // Gone from the disk, it will be what it was.
  const again = reason.code === 'needed' ? last : undefined
  const isLost = forecast.copyOf !== undefined && copied === undefined
  const left = (bytes: number | undefined) =>
    bytes === undefined ? undefined : Math.max(0, bytes - known.resumableBytes(task.id))
  return {
    download: forecast.download ? left(foretold.download ?? forecast.download.bytes ?? last?.bytes) : 0,
    ...(foretold.saved !== undefined && { saved: foretold.saved }),
    ...(task.gives === undefined
      ? { write: 0, files: 0 }
      : {
          write: copied ?? again?.bytes ?? foretold.bytes ?? last?.bytes,
          files: again?.files ?? foretold.files ?? last?.files,
          ...(((foretold.isGuess && !again) || isLost) && { isGuess: true }),
        }),
  }
}

/** Each file ends somewhere in its last block: where nobody knows the sizes, all of that is counted. */
export function onDiskOf(
  { write = 0, files = 0 }: Pick<Step, 'write' | 'files'>,
  { bytes, onDisk }: Foretold,
  { blockBytes = 0 }: { readonly blockBytes?: number },
): number {
  return onDisk !== undefined && bytes === write ? onDisk : write + files * blockBytes
}
