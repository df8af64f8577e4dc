/**
 * Unpacks the entries that were selected from a zip, over several threads, front to back: also from an archive that is
 * still growing, as its bytes arrive, and into a folder where an earlier attempt left some. Judges nothing, places nothing.
 */

import { dirname, join } from 'node:path'
import type { GrowingFile } from '../model/growing-file.ts'
import { unlessAborted } from './abort.ts'
import { filesBelow, makeFolder, remove } from './disk.ts'
import { Front } from './unpacking/front.ts'
import { Passing } from './unpacking/passing.ts'
import type { Stretch, Work } from './unpacking/protocol.ts'
import type { Selection } from './unpacking/selection.ts'
import { stretchesOf, stretchesToCheck } from './unpacking/stretches.ts'
import { type Crew, crewFor } from './unpacking/threads.ts'

export interface Unpacking {
  /** Those that are marked as done are left out. */
  readonly selection: Selection
  /** Entries that are only looked at, front to back: indexes in the directory. */
  readonly passedBy?: Uint32Array | undefined
  /** The archive, open for reading. */
  readonly handle: number
  /** Where it is still being written. */
  readonly growing?: GrowingFile | undefined
  /** Absolute: paths begin here. What lies there is kept where it is a whole entry, and removed where not. */
  readonly folder: string
  readonly threads: number
  readonly signal: AbortSignal
  /** As they are written. */
  readonly onBytes: (bytes: number) => void
  /** Entry `k` is there. */
  readonly onDone: (k: number) => void
}

/** Resolves, or throws the first failure, when nothing is being written any more. */
export async function unpackSelected(unpacking: Unpacking): Promise<void> {
  const { selection, handle, folder, growing, threads, onBytes } = unpacking
  const job = { handle, folder, selection: selection.columns }
  const crew = crewFor({ job, bytes: selection.totalBytes, threads, onBytes })
  try {
    const left = leftBefore(selection, folder)
    if (left) await new Round(crew, unpacking).finish('check', stretchesToCheck(left))
    makeFolders(selection, folder)
    const passing = new Passing(unpacking)
    const front = new Front(selection, growing, passing)
    await new Round(crew, unpacking, front).finish('unpack', stretchesOf(selection))
    growing?.pass(selection.directory.entriesEnd)
    growing?.pass(Number.POSITIVE_INFINITY)
  } finally {
    crew.close()
  }
}

/** Entries that lie there; what is none of them is removed. Undefined where nothing lies there. */
function leftBefore(selection: Selection, folder: string): Uint8Array | undefined {
  let entries: Map<string, number> | undefined
  const left = new Uint8Array(selection.count)
  for (const path of filesBelow(folder)) {
    entries ??= entriesByPath(selection)
    const k = entries.get(path)
    if (k === undefined) remove(join(folder, path))
    else left[k] = 1
  }
  return entries && left
}

function entriesByPath(selection: Selection): Map<string, number> {
  const entries = new Map<string, number>()
  for (let k = 0; k < selection.count; k += 1) if (!selection.isDone(k)) entries.set(selection.path(k), k)
  return entries
}

function makeFolders(selection: Selection, folder: string): void {
  const made = new Set<string>()
  let last: string | undefined
  for (let k = 0; k < selection.count; k += 1) {
    if (selection.isDone(k)) continue
    const below = dirname(selection.path(k))
    if (below === last || made.has(below)) continue
    makeFolder(join(folder, below))
    made.add(below)
    last = below
  }
}

/** One kind of work over many stretches. */
class Round {
  readonly #crew: Crew
  readonly #unpacking: Unpacking
  readonly #front: Front | undefined
  readonly #failure = new AbortController()
  readonly #signal: AbortSignal

  constructor(crew: Crew, unpacking: Unpacking, front?: Front) {
    this.#crew = crew
    this.#unpacking = unpacking
    this.#front = front
    this.#signal = AbortSignal.any([unpacking.signal, this.#failure.signal])
  }

  async finish(what: Work, stretches: Iterable<Stretch>): Promise<void> {
    const stop = (): void => this.#crew.stop()
    this.#signal.addEventListener('abort', stop)
    const running = new Set<Promise<void>>()
    try {
      for (const stretch of stretches) {
        this.#signal.throwIfAborted()
        if (this.#front) await unlessAborted(this.#front.reach(stretch), this.#signal)
        const place = await this.#crew.place()
        if (this.#signal.aborted) {
          place.leave()
          break
        }
        this.#front?.begin(stretch)
        const work = place
          .work(what, stretch)
          .then(() => this.#end(stretch))
          .catch((error: unknown) => this.#failure.abort(error))
          .finally(() => void running.delete(work))
        running.add(work)
      }
      if (this.#front) await unlessAborted(this.#front.end(), this.#signal)
    } catch (error) {
      this.#failure.abort(error)
    } finally {
      await Promise.all(running)
      this.#signal.removeEventListener('abort', stop)
    }
    this.#signal.throwIfAborted()
  }

  #end(stretch: Stretch): void {
    this.#front?.leave(stretch)
    const { selection, onBytes, onDone } = this.#unpacking
    for (let k = stretch.from; k < stretch.to; k += 1) {
      if (!selection.isDone(k)) continue
      // Of large ones it was told as they were written.
      if (selection.isSmall(k) || !this.#front) onBytes(selection.bytes(k))
      onDone(k)
    }
  }
}
