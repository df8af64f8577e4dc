/**
 * What the results of a target are to hold, and who says so: records of another playground, the directory of an archive, a
 * pinned digest, or nobody but the number of files. Asks hosts for directories; looks at no file of the target.
 */

import { basename, dirname, join } from 'node:path'
import { filesBelow, lookThrough, realPlace } from '../../io/disk.ts'
import type { Known } from '../../knowledge.ts'
import type { Contents } from '../../model/contents.ts'
import type { Graph } from '../../model/plan.ts'
import type { Diagnostic } from '../../model/problem.ts'
import type { Task, TaskId } from '../../model/task.ts'
import { isAtHand } from '../../plan/means.ts'
import { type InquiryOptions, inquireContents } from '../inquire.ts'
import { type Lasting, lastingByTarget } from '../owners.ts'
import { likeIn, type Records, type Sample, sameIn } from './other.ts'
import type { Files, Spot, Vouching } from './seen.ts'

/** How it is proven that a file is the one that is wanted. */
export type Proof =
  /** Another playground recorded the very same result. */
  | { readonly form: 'record'; readonly sample: Sample }
  /** Of the result, and of what it is made of. */
  | { readonly form: 'directory'; readonly contents: Contents; readonly of: ReadonlyMap<TaskId, Contents> }
  /** Of a file that the spec pins: the task that would fetch it. */
  | { readonly form: 'pin'; readonly download: TaskId }
  | { readonly form: 'count' }

export interface Wanted {
  readonly task: Lasting
  readonly files: Files
  readonly spots: readonly Spot[]
  readonly proof: Proof
}

export interface Question extends InquiryOptions {
  readonly root: string
  /** What is asked for, and everything that the spec names. */
  readonly graph: Graph
  readonly whole: Graph
  readonly known: Known
  /** Absolute; what of `tasks` gives lies below it as below the target. Undefined: in the target itself. */
  readonly from: string | undefined
  readonly target: string
  /** Absolute, for what is read of archives. */
  readonly folder: string
  readonly offline: boolean
  readonly foldsCase: boolean
  /** Of this playground, and of the one that `from` lies in. */
  readonly records: readonly Records[]
}

export interface Answer {
  readonly wanted: readonly Wanted[]
  /** Results of which nothing proves what they should be. */
  readonly unproven: readonly Task[]
  /** Whether a number of files would prove the first of them. */
  readonly isCounted: boolean
  /** Why directories could not be read. */
  readonly failures: readonly Diagnostic[]
  readonly requests: number
}

export async function wantedOf(question: Question): Promise<Answer> {
  const { graph, target } = question
  const lasting = lastingByTarget(graph).get(target) ?? []
  const samples = new Map<TaskId, Sample>()
  for (const task of lasting) {
    const sample = sampleFor(task, question)
    if (sample) samples.set(task.id, sample)
  }
  const open = lasting.filter(({ id }) => !samples.has(id))
  const told = await inquireContents(tellingOf(open, graph), {
    ...question,
    inputOf: id => inputOf(id, question),
  })
  const wanted: Wanted[] = []
  const unproven: Lasting[] = []
  for (const task of lasting) {
    const one =
      byRecord(task, samples.get(task.id), question) ??
      byDirectory(task, told.found, question) ??
      byPin(task, question) ??
      byCount(task, lasting, question)
    if (one) wanted.push(one)
    else unproven.push(task)
  }
  const [first] = unproven
  const isCounted = first !== undefined && isOnlyTree(first, lasting, graph)
  return { wanted, unproven, isCounted, failures: told.failures, requests: told.requests }
}

/** The tasks to be asked: those that can tell, and what they are made of. */
const tellingOf = (open: readonly Task[], { tasks }: Graph): readonly Task[] => {
  const asked = new Set(open.flatMap(({ id, outline }) => [...outline.takes, id]))
  const found = [...asked].flatMap(id => tasks.get(id) ?? [])
  return found.filter(({ kind }) => kind.contents !== undefined)
}

function inputOf(id: TaskId, { graph, known, root }: Question) {
  const giver = graph.tasks.get(id)
  const receipt = known.receiptOf(id)
  if (giver === undefined || receipt === undefined || !isAtHand(giver, known)) return undefined
  return { path: join(root, receipt.at), remarks: receipt.remarks }
}

/** Where files of a task may lie, the target itself first; for a file the folder that it lies in. */
function spotsOf({ gives, target }: Lasting, { root, from }: Question): readonly Spot[] {
  const below = gives.at.slice(target.length + 1)
  const folderOf = (place: string): string => realPlace(gives.form === 'file' ? dirname(place) : place)
  const home = folderOf(join(root, gives.at))
  const other = from === undefined ? home : folderOf(join(from, below))
  const spots = [{ folder: home, isHome: true }]
  return other === home ? spots : [...spots, { folder: other, isHome: false }]
}

/** Where they come from. */
const sourceOf = (task: Lasting, question: Question): Spot => spotsOf(task, question).at(-1) as Spot

const nameOf = ({ gives }: Lasting): string => basename(gives.at)

function sampleFor(task: Lasting, question: Question): Sample | undefined {
  const { folder } = sourceOf(task, question)
  const place = task.gives.form === 'file' ? join(folder, nameOf(task)) : folder
  for (const records of question.records) {
    const sample = sameIn(records, task, question.graph, place)
    if (sample) return sample
  }
  return undefined
}

function byRecord(task: Lasting, sample: Sample | undefined, question: Question): Wanted | undefined {
  if (sample === undefined) return undefined
  const { manifest, place } = sample
  const isFile = task.gives.form === 'file'
  const files: Files = {
    count: manifest.count,
    path: k => (isFile ? nameOf(task) : manifest.path(k)),
    bytes: k => manifest.size(k),
    sha256: k => manifest.sha256(k),
  }
  const recorded = isFile ? dirname(place) : place
  const vouching: Vouching = { record: sample, entry: k => k }
  const spots = spotsOf(task, question).map(spot => (spot.folder === recorded ? { ...spot, vouching } : spot))
  return { task, files, spots, proof: { form: 'record', sample } }
}

function byDirectory(
  task: Lasting,
  of: ReadonlyMap<TaskId, Contents>,
  question: Question,
): Wanted | undefined {
  const contents = of.get(task.id)
  if (contents === undefined || isOfAnother(task, contents, question)) return undefined
  const spots = spotsOf(task, question).map((spot): Spot => {
    const record = question.records
      .map(records => likeIn(records, task, contents.remarks['directory'], spot.folder))
      .find(like => like !== undefined)
    const vouching = record && { record, entry: (k: number) => record.manifest.find(contents.path(k)) }
    return { ...spot, vouching }
  })
  return { task, files: contents, spots, proof: { form: 'directory', contents, of } }
}

/** It was told by an archive of another size than the spec pins. */
function isOfAnother({ outline }: Task, { archiveBytes }: Contents, { graph }: Question): boolean {
  const bytes = graph.tasks.get(outline.takes[0] ?? '')?.gives?.pins?.bytes
  return bytes !== undefined && archiveBytes > 0 && bytes !== archiveBytes
}

/** A file as it is fetched, whose digest is pinned. */
function byPin(task: Lasting, question: Question): Wanted | undefined {
  const [download = '', ...others] = task.outline.takes
  const { sha256, bytes } = question.graph.tasks.get(download)?.gives?.pins ?? {}
  if (task.gives.form !== 'file' || others.length > 0 || sha256 === undefined) return undefined
  if (task.kind.consumes !== true) return undefined
  const spots = spotsOf(task, question)
  const sizes = spots.map(({ folder }) => lookThrough(join(folder, nameOf(task)))?.size)
  const files: Files = {
    count: 1,
    path: () => nameOf(task),
    bytes: () => bytes ?? sizes.findLast(size => size !== undefined) ?? 0,
    sha256: () => sha256,
  }
  return { task, files, spots, proof: { form: 'pin', download } }
}

/** Of a target, and unpacked as it is: then `expect` tells the number of its files. */
function isOnlyTree(
  { gives, kind, outline }: Lasting,
  lasting: readonly Lasting[],
  { tasks }: Graph,
): boolean {
  const trees = lasting.filter(other => other.gives.form === 'tree')
  return (
    gives.form === 'tree' &&
    trees.length === 1 &&
    kind.staging !== 'shelf-and-place' &&
    outline.takes.every(id => tasks.get(id)?.outline.takes.length === 0)
  )
}

/** A tree of which only the number of files is known, where exactly so many lie there. */
function byCount(task: Lasting, lasting: readonly Lasting[], question: Question): Wanted | undefined {
  const { gives, outline } = task
  const wanted = outline.forecast.files
  if (wanted === undefined || !isOnlyTree(task, lasting, question.graph)) return undefined
  const others = new Set(lasting.filter(other => other !== task).map(other => other.gives.at))
  const spot = sourceOf(task, question)
  const { folder } = spot
  const paths = [...filesBelow(folder)].filter(path => !others.has(`${gives.at}/${path}`))
  if (paths.length !== wanted) return undefined
  const sizes = paths.map(path => lookThrough(join(folder, path)))
  if (!sizes.every(stats => stats?.isFile() === true)) return undefined
  const files: Files = {
    count: paths.length,
    path: k => paths[k] as string,
    bytes: k => sizes[k]?.size ?? 0,
  }
  return { task, files, spots: [spot], proof: { form: 'count' } }
}
