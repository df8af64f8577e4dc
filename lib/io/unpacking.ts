/**
 * Unpacks the entries that were selected from a zip, over several threads, front to back: also from an archive that is
 * still growing, as its bytes arrive. Judges nothing and places nothing.
 */

import { dirname, join } from 'node:path'
import type { GrowingFile } from '../model/growing-file.ts'
import { makeFolder } from './disk.ts'
import type { Stretch } from './unpacking/protocol.ts'
import type { Selection } from './unpacking/selection.ts'
import { stretchesOf } from './unpacking/stretches.ts'
import { crewFor } from './unpacking/threads.ts'

export interface Unpacking {
  /** Those that are marked as done are left out. */
  readonly selection: Selection
  /** Absolute path of the archive. */
  readonly path: string
  /** Where it is still being written. */
  readonly growing?: GrowingFile | undefined
  /** Absolute: paths begin here. None of the files may be there yet. */
  readonly folder: string
  readonly threads: number
  readonly signal: AbortSignal
  /** As they are written. */
  readonly onBytes: (bytes: number) => void
  /** After entry `k` was written. */
  readonly onDone: (k: number) => void
}

/** Resolves, or throws the first failure, when nothing is being written any more. */
export async function unpackSelected(unpacking: Unpacking): Promise<void> {
  const { selection, path, folder, growing, threads } = unpacking
  makeFolders(selection, folder)
  const failure = new AbortController()
  const signal = AbortSignal.any([unpacking.signal, failure.signal])
  const job = { path, folder, selection: selection.columns }
  const crew = crewFor({ job, bytes: selection.totalBytes, threads, onBytes: unpacking.onBytes })
  const stop = (): void => crew.stop()
  signal.addEventListener('abort', stop)
  const front = new Front(selection, growing)
  const running = new Set<Promise<void>>()
  try {
    for (const stretch of stretchesOf(selection)) {
      front.reach(stretch)
      await unlessAborted(growing?.until(selection.to(stretch.to - 1)), signal)
      const place = await crew.place()
      if (signal.aborted) {
        place.leave()
        break
      }
      front.begin(stretch)
      const work = place
        .unpack(stretch)
        .then(() => {
          front.end(stretch)
          tellOf(stretch, unpacking)
        })
        .catch((error: unknown) => failure.abort(error))
        .finally(() => void running.delete(work))
      running.add(work)
    }
  } catch (error) {
    failure.abort(error)
  } finally {
    await Promise.all(running)
    signal.removeEventListener('abort', stop)
    crew.close()
  }
  signal.throwIfAborted()
  growing?.pass(Number.POSITIVE_INFINITY)
}

function tellOf({ from, to }: Stretch, { selection, onBytes, onDone }: Unpacking): void {
  for (let k = from; k < to; k += 1) {
    if (selection.isSmall(k)) onBytes(selection.bytes(k))
    onDone(k)
  }
}

function makeFolders(selection: Selection, folder: string): void {
  const made = new Set<string>()
  let last: string | undefined
  for (let k = 0; k < selection.count; k += 1) {
    const below = dirname(selection.path(k))
    if (below === last || made.has(below)) continue
    makeFolder(join(folder, below))
    made.add(below)
    last = below
  }
}

/** Up to where nothing of the archive is needed any more. */
class Front {
  readonly #selection: Selection
  readonly #growing: GrowingFile | undefined
  readonly #running = new Set<Stretch>()
  #next = 0

  constructor(selection: Selection, growing: GrowingFile | undefined) {
    this.#selection = selection
    this.#growing = growing
  }

  reach(stretch: Stretch): void {
    this.#next = this.#selection.from(stretch.from)
    this.#tell()
  }

  begin(stretch: Stretch): void {
    this.#running.add(stretch)
    this.#next = this.#selection.to(stretch.to - 1)
  }

  end(stretch: Stretch): void {
    this.#running.delete(stretch)
    this.#tell()
  }

  #tell(): void {
    let first = this.#next
    for (const { from } of this.#running) first = Math.min(first, this.#selection.from(from))
    this.#growing?.pass(first)
  }
}

/** What goes on meanwhile is not ended by that. */
async function unlessAborted<T>(work: Promise<T> | undefined, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  if (work === undefined) return
  let stop: () => void = () => {}
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
  })
  try {
    await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
