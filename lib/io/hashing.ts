/**
 * Hashes a file while it is being written: a thread reads behind the watermark, from memory mostly, so that neither the
 * network waits for the digest nor the file is read a second time. Knows no pin.
 */

import type { Worker } from 'node:worker_threads'
import { Digester, type Digests, feed } from './digest.ts'
import type { Growing } from './growing.ts'
import type { HashingAnswer, HashingOrder } from './hashing/protocol.ts'
import { startWorker } from './worker.ts'

/** A file shorter than this is hashed at its end, sooner than a thread is told of it. */
const threadFromBytes = 8 << 20
/** Told to the thread at most so often. */
const tellEveryBytes = 1 << 20

interface Job {
  readonly done: (digests: Digests) => void
  readonly fail: (error: Error) => void
}

interface Thread {
  readonly worker: Worker
  readonly jobs: Map<number, Job>
}

/** One thread for all files: it hashes faster than a line of 10 Gbit/s brings. */
let shared: Thread | undefined
let lastJob = 0

export class HashBehind {
  readonly #file: Growing
  readonly #md5: boolean
  readonly #unwatch: () => void
  #job: number | undefined
  #digests: Promise<Digests> | undefined
  #told = 0

  constructor(file: Growing, options: { readonly md5: boolean }) {
    this.#file = file
    this.#md5 = options.md5
    this.#unwatch = file.watch(() => this.#follow())
  }

  /** Of all bytes up to the watermark; nothing may follow. */
  async digests(signal: AbortSignal): Promise<Digests> {
    this.#unwatch()
    const { path, watermark } = this.#file
    if (this.#job !== undefined && this.#digests) {
      order({ do: 'hash', job: this.#job, to: watermark, isLast: true })
      return unlessAborted(this.#digests, signal)
    }
    const digester = new Digester({ md5: this.#md5 })
    await feed(digester, path, { signal })
    return digester.digests()
  }

  close(): void {
    this.#unwatch()
    if (this.#job !== undefined) forget(this.#job)
    this.#job = undefined
  }

  #follow(): void {
    const { watermark, path } = this.#file
    if (watermark < this.#told) return this.#startAnew()
    if (watermark < threadFromBytes || watermark - this.#told < tellEveryBytes) return
    this.#told = watermark
    if (this.#job === undefined) {
      const job = (this.#job = ++lastJob)
      this.#digests = new Promise((done, fail) => void threadOf().jobs.set(job, { done, fail }))
      // Heard when it is asked for.
      this.#digests.catch(() => {})
      threadOf().worker.ref()
      order({ do: 'open', job, path, md5: this.#md5 })
    }
    order({ do: 'hash', job: this.#job, to: watermark, isLast: false })
  }

  #startAnew(): void {
    if (this.#job !== undefined) forget(this.#job)
    this.#job = undefined
    this.#told = 0
  }
}

/** The thread may have much to read yet, of a file that was resumed. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason)
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}

function forget(job: number): void {
  if (!shared) return
  order({ do: 'close', job })
  settle(shared, job)
}

/** The thread keeps the process alive only while somebody waits for it. */
function settle({ worker, jobs }: Thread, job: number): void {
  jobs.delete(job)
  if (jobs.size === 0) worker.unref()
}

function order(message: HashingOrder): void {
  threadOf().worker.postMessage(message)
}

function threadOf(): Thread {
  if (shared) return shared
  const worker = startWorker(new URL('./hashing/worker.ts', import.meta.url))
  const thread: Thread = { worker, jobs: new Map() }
  worker.on('message', (answer: HashingAnswer) => {
    const job = thread.jobs.get(answer.job)
    settle(thread, answer.job)
    if ('failed' in answer) job?.fail(new Error(answer.failed))
    else job?.done(answer.digests)
  })
  const end = (error: Error): void => {
    for (const job of thread.jobs.values()) job.fail(error)
    thread.jobs.clear()
    if (shared === thread) shared = undefined
  }
  worker.on('error', end)
  worker.on('exit', () => end(new Error('the thread that hashes ended')))
  shared = thread
  return thread
}
