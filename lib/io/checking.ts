/**
 * Reads many files over several threads, batch by batch, to tell whether they are what they are to be. Knows neither where
 * they come from nor what becomes of them.
 */

import { setImmediate } from 'node:timers/promises'
import type { Worker } from 'node:worker_threads'
import { type Batch, type Checked, checkFiles } from './checking/files.ts'
import type { CheckingAnswer } from './checking/worker.ts'
import { errorOf } from './failure.ts'
import { startWorker } from './worker.ts'

export type { Batch, Checked } from './checking/files.ts'

export interface Checking<B extends Batch> {
  readonly batches: Iterable<B>
  /** To be read in all: a little is read right here, sooner than a thread could start. */
  readonly bytes: number
  readonly threads: number
  readonly signal: AbortSignal
  readonly onChecked: (batch: B, checked: Checked) => void
}

/** Less than this is read sooner than threads are started. */
const threadsFromBytes = 16 << 20

/** Resolves, or throws the first failure, when nothing is being read any more. */
export async function checkAll<B extends Batch>(checking: Checking<B>): Promise<void> {
  const { batches, bytes, threads } = checking
  const waiting = batches[Symbol.iterator]()
  if (bytes < threadsFromBytes) return readHere(waiting, checking)
  const failure = new AbortController()
  const signal = AbortSignal.any([checking.signal, failure.signal])
  const readers = Array.from({ length: threads }, () =>
    readThere(waiting, { ...checking, signal }).catch((error: unknown) => failure.abort(error)),
  )
  await Promise.all(readers)
  signal.throwIfAborted()
}

async function readHere<B extends Batch>(
  waiting: Iterator<B>,
  { signal, onChecked }: Checking<B>,
): Promise<void> {
  for (let next = waiting.next(); !next.done; next = waiting.next()) {
    signal.throwIfAborted()
    onChecked(next.value, checkFiles(next.value))
    await setImmediate()
  }
}

/** A thread of its own, which ends with it. */
async function readThere<B extends Batch>(
  waiting: Iterator<B>,
  { signal, onChecked }: Checking<B>,
): Promise<void> {
  const reader = new Reader()
  // In the midst of a file: it may be of any length.
  const end = (): void => void reader.end()
  signal.addEventListener('abort', end, { once: true })
  try {
    for (let next = waiting.next(); !next.done; next = waiting.next()) {
      signal.throwIfAborted()
      onChecked(next.value, await reader.check(next.value))
    }
  } finally {
    signal.removeEventListener('abort', end)
    await reader.end()
  }
}

class Reader {
  readonly #worker: Worker
  #hear: ((answer: CheckingAnswer) => void) | undefined
  #fail: (error: Error) => void = () => {}
  #ended: Error | undefined

  constructor() {
    this.#worker = startWorker<CheckingAnswer>(new URL('./checking/worker.ts', import.meta.url), {
      hear: answer => this.#hear?.(answer),
      end: error => {
        this.#ended = error
        this.#fail(error)
      },
    })
    this.#worker.ref()
  }

  check({ folder, paths, bytes, crc32 }: Batch): Promise<Checked> {
    return new Promise((resolve, reject) => {
      if (this.#ended) return reject(this.#ended)
      this.#fail = reject
      this.#hear = answer => ('failed' in answer ? reject(errorOf(answer.failed)) : resolve(answer.checked))
      this.#worker.postMessage({ folder, paths, bytes, crc32 } satisfies Batch)
    })
  }

  async end(): Promise<void> {
    await this.#worker.terminate()
  }
}
