/** One attempt of a task at its workbench: hands the kind what it may use and collects what it says. Places nothing. */

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { makeFolder } from '../io/disk.ts'
import { syncingAhead } from '../io/sync.ts'
import { placeOf, shelfOf } from '../knowledge.ts'
import { isPartial } from '../model/annotation.ts'
import { isOurFolder } from '../model/layout.ts'
import type { ColumnarManifest, Manifest } from '../model/manifest.ts'
import { ManifestBuilder } from '../model/manifest-builder.ts'
import { type Remarks, rangesMark, sawMark } from '../model/receipt.ts'
import type { Input, Last, Task, TaskId, Workbench } from '../model/task.ts'
import type { Reason } from '../model/verdict.ts'
import { isAtHand } from '../plan/means.ts'
import type { Wish } from '../plan.ts'
import type { Run } from './context.ts'

import type { Overlap } from './overlaps.ts'
import { standingOf } from './standing.ts'
import { only } from './subset.ts'

/** What a kind left behind: files in staging, and the list of all files of the artifact. */
export interface Made {
  /** Without times; undefined for a task that only checks. */
  readonly contents: ColumnarManifest | undefined
  /** Paths in the artifact that were written into staging, and their bytes. */
  readonly written: readonly string[]
  /** Of the contents, what is neither written nor at its place; whatever lies there is something else. */
  readonly lacking?: ReadonlySet<string>
  /** Used up while it was made: there is nothing to place. */
  readonly isSpent: boolean
  readonly bytesWritten: number
  readonly bytesDownloaded: number
  readonly filesDownloaded: number
  readonly remarks: Readonly<Record<string, string | number>>
  /** Of what it sees, what it depends on; undefined: all. */
  readonly saw?: ReadonlySet<TaskId> | undefined
}

/** The attempt cannot go on before `input` is made. */
export class Wanting extends Error {
  override readonly name = 'Wanting'
  readonly wish: Omit<Wish, 'reason'>

  constructor(input: TaskId, ranges: string | number | undefined) {
    super(`${input} is needed after all`)
    this.wish = { input, ...(ranges !== undefined && { ranges }) }
  }
}

/** What an attempt is given by the step that makes it. */
interface Asked {
  readonly task: Task
  readonly reason: Reason
  /** Absolute. */
  readonly staging: string
  /** What it takes and is still being made. */
  readonly overlap: Overlap
  readonly signal: AbortSignal
}

export async function attempt(run: Run, { task, reason, staging, overlap, signal }: Asked): Promise<Made> {
  const builder = new ManifestBuilder()
  const written: string[] = []
  const remarks: Record<string, string | number> = { ...rangesOf(run, task.id, reason) }
  let bytesWritten = 0
  let bytesDownloaded = 0
  let filesDownloaded = 0
  let isSpent = false
  let saw: ReadonlySet<TaskId> | undefined
  const isKept =
    reason.code === 'output-damaged' ||
    task.kind.staging === 'shelf-and-place' ||
    task.outline.mayTake !== undefined
  const intact = isKept ? intactOf(run, task) : undefined
  const shelf = join(run.state, shelfOf(task.id))
  if (task.outline.takes.length === 0 || task.kind.staging) makeFolder(shelf)

  const bench: Omit<Workbench, 'wrote'> = {
    staging,
    shelf,
    manual: join(run.state, 'manual'),
    final: join(run.root, task.gives?.at ?? ''),
    inputs: task.outline.takes.map(input => inputOf(run, input, overlap)),
    intact,
    isBegun: run.known.memoryOf(task.id)?.state === 'started',
    last: isKept ? lastOf(run, task.id) : undefined,
    previous: reason.code === 'definition-changed' ? previousOf(run, task.id) : undefined,
    candidates: candidatesFor(run, task),
    foldsCase: run.foldsCase,
    offline: run.offline,
    cores: run.lanes.core.size,
    signal,
    record(path, bytes, sha256) {
      builder.add(path, bytes, sha256)
      written.push(path)
      bytesWritten += bytes
    },
    keep(path, found) {
      if (found !== undefined) return builder.add(path, found.bytes, found.sha256)
      const from = intact ?? bench.previous?.manifest
      const i = from?.find(path) ?? -1
      if (from === undefined || i < 0)
        throw new Error(`${task.id} keeps ${path}, which does not lie there intact`)
      builder.add(path, from.size(i), from.sha256(i))
    },
    spend(path, bytes, sha256) {
      builder.add(path, bytes, sha256)
      isSpent = true
    },
    audience: () => run.overlaps.audienceOf(task.id),
    foretell: names => run.precedence.foretell(task.id, names),
    offer: file => run.overlaps.offer(task.id, file),
    remark: (name, value) => void (remarks[name] = value),
    received(bytes) {
      bytesDownloaded += bytes
      run.tally.bytesDownloaded += bytes
    },
    progress: (done, total, unit) =>
      run.report({ event: 'task-progress', ...naming(task), done, total, unit }),
    fetched: () => void (filesDownloaded += 1),
    requested: () => void (run.tally.requests += 1),
    saw(tasks) {
      saw = tasks
      remarks[sawMark] = tasks.size
    },
    standing: only => standingOf(run.whole, run.known, only),
    tell: diagnostic =>
      run.report({ event: 'diagnostic', diagnostic: { subject: subjectOf(task), ...diagnostic } }),
    host: run.host,
    headersOf: run.headersOf,
    began: run.began,
    forced: run.forced,
    async whole(input) {
      if (input.growing === undefined) return input
      await overlap.awaitMade()
      return inputOf(run, input.artifact.task)
    },
    atHand(input) {
      const giver = run.graph.tasks.get(input)
      return giver !== undefined && isAtHand(giver, run.known) ? inputOf(run, input) : undefined
    },
    want(input) {
      const found = bench.atHand(input)
      if (found === undefined) throw new Wanting(input, remarks[rangesMark])
      return found
    },
    pause: milliseconds => sleep(milliseconds, undefined, { signal }),
  }
  await syncingAhead(staging, wrote => task.kind.run(task.params, { ...bench, wrote }))
  const contents = task.gives && builder.finish(task.gives.form)
  return { contents, written, isSpent, bytesWritten, bytesDownloaded, filesDownloaded, remarks, saw }
}

/** How messages name a task. */
export const subjectOf = ({ target, kind }: Task): string => `${target}: ${kind.name}`

/** How events name a task. */
export const naming = ({ id, target, kind }: Task) => ({ task: id, target, kind: kind.name })

function inputOf(run: Run, id: TaskId, overlap?: Overlap): Input {
  const giver = run.graph.tasks.get(id)
  const growing = overlap?.readerOf(id)
  if (growing && giver?.gives)
    return { artifact: giver.gives, path: growing.path, growing, manifest: nothing, sole: false }
  const receipt = run.known.receiptOf(id)
  const manifest = run.known.manifestOf(id)
  if (giver?.gives === undefined || receipt === undefined || manifest === undefined)
    throw new Error(`${id} was to be read before it was made`)
  return {
    artifact: giver.gives,
    path: join(run.root, placeOf(giver.gives, receipt)),
    manifest,
    remarks: receipt.remarks,
    sole: isSole(run, giver),
    absent: !isAtHand(giver, run.known),
    isPart: isPartial(receipt.fingerprint),
  }
}

const nothing = new ManifestBuilder().finish('tree')

/** One task alone reads it, and it is not to be kept. Never what belongs to a person. */
export function isSole({ whole, known, keepArchives }: Run, { id, gives }: Task): boolean {
  const at = known.receiptOf(id)?.at ?? ''
  return (
    gives?.borrowed !== true &&
    whole.dependants.get(id)?.length === 1 &&
    isOurFolder(at) &&
    !(keepArchives && gives?.form === 'file')
  )
}

/** What lies at the final place and is still as recorded. A part that was consumed is not looked at file by file. */
function intactOf(run: Run, { id, gives }: Task): Manifest | undefined {
  const { survey, bad } = run.known.lookOf(id)
  const isSeen = survey.state === 'intact' || (survey.state === 'damaged' && gives?.lasting === true)
  const manifest = isSeen ? run.known.manifestOf(id) : undefined
  return manifest && only(manifest, i => !bad.has(i))
}

/** What was found out of the hosts: by this task before it wished for its input, or when its files were mended the last time. */
function rangesOf({ known, wishes }: Run, id: TaskId, reason: Reason): Remarks {
  const before = reason.code === 'output-damaged' ? known.receiptOf(id)?.remarks[rangesMark] : undefined
  const ranges = wishes.get(id)?.ranges ?? before
  return ranges === undefined ? {} : { [rangesMark]: ranges }
}

function lastOf({ known }: Run, id: TaskId): Last | undefined {
  const receipt = known.receiptOf(id)
  const manifest = known.manifestOf(id)
  if (receipt === undefined || manifest === undefined) return undefined
  return { manifest, fingerprint: receipt.fingerprint, remarks: receipt.remarks }
}

const previousOf = (run: Run, id: TaskId): Workbench['previous'] =>
  run.known.surveyOf(id).state === 'intact' ? lastOf(run, id) : undefined

/**
 * Places that hold the very bytes of a download: final ones whose record is gone, and those of the playground beside this
 * one, where its archive may be kept, too.
 */
function candidatesFor(run: Run, task: Task): readonly string[] {
  const readers = (run.whole.dependants.get(task.id) ?? []).map(id => run.whole.tasks.get(id)?.gives)
  const places = readers.flatMap(gives => (gives?.form === 'file' ? [gives.at] : []))
  const beside = task.gives?.form === 'file' ? [...places, task.gives.at] : places
  const placed = [
    ...places.map(at => join(run.root, at)),
    ...beside.flatMap(at => (run.beside === undefined ? [] : [join(run.beside, at)])),
  ].filter(path => existsSync(path))
  return [...(run.offered?.get(task.id) ?? []), ...placed]
}
