/**
 * Remembers what was done: which task finished, began, or was forgotten, and what its result contained. Survives kill -9,
 * cut tails and alien files. Does not know what makes a task stale.
 */

import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { makeFolder, syncFolder } from '../io/disk.ts'
import type { ColumnarManifest } from '../model/manifest.ts'
import type { Diagnostic } from '../model/problem.ts'
import { type Begun, lastReceipt, type Memory, type Receipt, resultsOf } from '../model/receipt.ts'
import type { TaskId } from '../model/task.ts'
import { ensureFormat, refuseNewerFormat } from './format.ts'
import { isRunId, type LogContents, LogWriter, readLog } from './log.ts'
import { dropManifests, loadManifest, saveManifest } from './manifests.ts'

export interface ReceiptsOptions {
  /** Nothing is written, not even a folder; what would write throws. */
  readonly readOnly: boolean
  /** Names the segment that this process writes. Letters, digits and `-`. */
  readonly runId?: string
}

/**
 * Reads the whole log. Writes nothing before the first record, so a build that has nothing to do leaves no trace.
 * Throws `state-too-new`. Writing is for the holder of the lock.
 */
export function openReceipts(stateFolder: string, options: ReceiptsOptions): Receipts {
  refuseNewerFormat(stateFolder)
  const runId = options.runId ?? randomUUID().slice(0, 8)
  if (!isRunId(runId)) throw new TypeError(`not a run id: ${runId}`)
  const contents = readLog(join(stateFolder, 'log'))
  const writer = options.readOnly ? undefined : new LogWriter(join(stateFolder, 'log'), runId, contents)
  return new Receipts(stateFolder, contents, writer)
}

/** Above these a log is rewritten before the first record of a process. */
const mostDead = 1000
const mostSegments = 64
/** Above this, records that come at once are not appended one by one. */
const mostOneByOne = 256

export class Receipts {
  /** What was found wrong while opening: warnings. */
  readonly problems: readonly Diagnostic[]
  readonly #folder: string
  readonly #memories = new Map<TaskId, Memory>()
  readonly #writer: LogWriter | undefined
  /** Manifests of this process, whose receipt may still be to come. */
  readonly #saved = new Set<string>()
  #records: number
  #begun = false

  constructor(stateFolder: string, contents: LogContents, writer: LogWriter | undefined) {
    this.problems = contents.problems
    this.#folder = stateFolder
    this.#writer = writer
    this.#records = contents.records.length
    for (const memory of contents.records) this.#take(memory)
  }

  memoryOf(task: TaskId): Memory | undefined {
    return this.#memories.get(task)
  }

  /** Without the forgotten ones. */
  all(): ReadonlyMap<TaskId, Memory> {
    return this.#memories
  }

  /** Before a task touches its output: from here on it is unknown until it is done. `placing` is what it will put there. */
  started(task: TaskId, placing?: Begun): void {
    const before = this.#memories.get(task)
    const previous = lastReceipt(before)
    const begun = [...(placing ? [placing] : []), ...((before?.state === 'started' && before.begun) || [])]
    this.#remember({
      state: 'started',
      task,
      ...(previous && { previous }),
      ...(begun.length > 0 && { begun }),
    })
  }

  /** After everything that the receipt tells is on disk. */
  done(receipt: Receipt): void {
    for (const { manifest } of resultsOf(this.#memories.get(receipt.task))) this.#saved.delete(manifest)
    this.#remember({ state: 'done', receipt })
  }

  /** As `done` for each; many are written at once. */
  doneAll(receipts: readonly Receipt[]): void {
    this.#rememberAll(receipts.map(receipt => ({ state: 'done', receipt })))
  }

  forget(task: TaskId): void {
    if (this.#memories.has(task)) this.#remember({ state: 'forgotten', task })
  }

  /** As `forget` for each; many are written at once. */
  forgetAll(tasks: readonly TaskId[]): void {
    const known = tasks.filter(task => this.#memories.has(task))
    this.#rememberAll(known.map(task => ({ state: 'forgotten', task })))
  }

  /** Undefined where it cannot be read, or tells of another result than the receipt. */
  loadManifest(receipt: Pick<Receipt, 'manifest' | 'digest'>): ColumnarManifest | undefined {
    const manifest = loadManifest(this.#manifestFolder, receipt.manifest)
    return manifest?.digest === receipt.digest ? manifest : undefined
  }

  /** Returns the name for the receipt. */
  saveManifest(task: TaskId, manifest: ColumnarManifest): string {
    this.#begin()
    const name = saveManifest(this.#manifestFolder, task, manifest)
    this.#saved.add(name)
    return name
  }

  /** Removes manifests that no memory refers to. Those saved by this process stay until the next. */
  dropUnused(): void {
    this.#writing()
    const used = [...this.#memories.values()].flatMap(resultsOf).map(({ manifest }) => manifest)
    dropManifests(this.#manifestFolder, new Set([...used, ...this.#saved]))
  }

  /** Writes the log anew without the records that later ones replaced. */
  compact(): void {
    const writer = this.#begin()
    writer.rewrite(this.#memories.values())
    this.#records = this.#memories.size
  }

  close(): void {
    this.#writer?.close()
  }

  get #manifestFolder(): string {
    return join(this.#folder, 'manifests')
  }

  #remember(memory: Memory): void {
    this.#begin().append(memory)
    this.#records += 1
    this.#take(memory)
  }

  /** Each record waits for the disk: of more than a few the log is written anew, once and whole. */
  #rememberAll(memories: readonly Memory[]): void {
    if (memories.length <= mostOneByOne) {
      for (const memory of memories) this.#remember(memory)
      return
    }
    for (const memory of memories) this.#take(memory)
    this.compact()
  }

  #take(memory: Memory): void {
    switch (memory.state) {
      case 'done':
        this.#memories.set(memory.receipt.task, memory)
        return
      case 'started':
        this.#memories.set(memory.task, memory)
        return
      case 'forgotten':
        this.#memories.delete(memory.task)
        return
    }
  }

  #writing(): LogWriter {
    if (this.#writer === undefined) throw new Error('the receipts were opened for reading only')
    return this.#writer
  }

  /** Before each write; makes what the first one of this process needs. */
  #begin(): LogWriter {
    const writer = this.#writing()
    if (this.#begun) return writer
    for (const name of ['log', 'manifests']) makeFolder(join(this.#folder, name))
    syncFolder(this.#folder)
    ensureFormat(this.#folder)
    this.#begun = true
    if (this.#isWorn(writer)) this.compact()
    return writer
  }

  /** Mostly dead, in too many pieces, or damaged, which would be told at every build. */
  #isWorn(writer: LogWriter): boolean {
    const live = this.#memories.size
    const dead = this.#records - live
    const damaged = this.problems.some(({ code }) => code === 'state-damaged')
    return damaged || (dead > mostDead && dead > 2 * live) || writer.segmentCount > mostSegments
  }
}
