/**
 * One thread that hashes all files of this process: starts it, tells it what to do, and brings what it answers to who
 * asked. Knows no watermark.
 */

import type { Worker } from 'node:worker_threads'
import type { Digests } from '../digest.ts'
import { errorOf } from '../failure.ts'
import { startWorker } from '../worker.ts'
import type { HashingAnswer, HashingOrder, SavedHash } from './protocol.ts'

interface Thread {
  readonly worker: Worker
  readonly jobs: Map<number, HashJob>
}

/** It hashes faster than a line of 10 Gbit/s brings. */
let shared: Thread | undefined
let lastJob = 0

export interface JobOptions {
  readonly md5: boolean
  readonly from?: SavedHash | undefined
}

/** A file that the thread hashes. */
export class HashJob {
  /** Rejects where the file cannot be opened, or nobody can go on from the state. */
  readonly begun: Promise<void>
  readonly #digests: Promise<Digests>
  #onUnderWay: ((position: number) => void) | undefined
  readonly #id = ++lastJob
  readonly #thread = threadOf()
  #begin!: () => void
  #done!: (digests: Digests) => void
  readonly #failed: ((error: Error) => void)[] = []
  readonly #saves: ((saved: SavedHash | undefined) => void)[] = []

  constructor(path: string, { md5, from }: JobOptions) {
    this.begun = new Promise((resolve, reject) => {
      this.#begin = resolve
      this.#failed.push(reject)
    })
    this.#digests = new Promise((resolve, reject) => {
      this.#done = resolve
      this.#failed.push(reject)
    })
    // Heard when they are asked for.
    for (const promise of [this.begun, this.#digests]) promise.catch(() => {})
    const { worker, jobs } = this.#thread
    jobs.set(this.#id, this)
    worker.ref()
    this.#order({ do: 'open', job: this.#id, path, md5, from })
  }

  /** All bytes before `to` are there. */
  hash(to: number): void {
    this.#order({ do: 'hash', job: this.#id, to, isLast: false })
  }

  /** The file has `bytes` bytes. `onUnderWay` hears now and then how far it is. */
  finish(bytes: number, onUnderWay?: (position: number) => void): Promise<Digests> {
    this.#onUnderWay = onUnderWay
    this.#order({ do: 'hash', job: this.#id, to: bytes, isLast: true })
    return this.#digests
  }

  /**
   * How far it is, while it goes on: no further than the last `hash` before. Undefined where there is nothing to be
   * saved any more.
   */
  async save(): Promise<SavedHash | undefined> {
    if (!this.#thread.jobs.has(this.#id)) return undefined
    return new Promise(resolve => {
      this.#saves.push(resolve)
      this.#order({ do: 'save', job: this.#id })
    })
  }

  close(): void {
    this.#order({ do: 'close', job: this.#id })
    this.#settle()
  }

  hear(answer: HashingAnswer): void {
    switch (answer.is) {
      case 'begun':
        return this.#begin()
      case 'saved':
        return this.#saves.shift()?.(answer.saved)
      case 'under-way':
        return this.#onUnderWay?.(answer.position)
      case 'done':
        this.#done(answer.digests)
        return this.#settle()
      case 'failed':
        return this.fail(errorOf(answer.failed))
    }
  }

  fail(error: Error): void {
    for (const failed of this.#failed) failed(error)
    this.#settle()
  }

  #order(message: HashingOrder): void {
    this.#thread.worker.postMessage(message)
  }

  /** The thread keeps the process alive only while somebody waits for it. */
  #settle(): void {
    const { worker, jobs } = this.#thread
    for (const resolve of this.#saves.splice(0)) resolve(undefined)
    jobs.delete(this.#id)
    if (jobs.size === 0) worker.unref()
  }
}

function threadOf(): Thread {
  if (shared) return shared
  const worker = startWorker<HashingAnswer>(new URL('./worker.ts', import.meta.url), {
    hear: answer => thread.jobs.get(answer.job)?.hear(answer),
    end(error) {
      for (const job of [...thread.jobs.values()]) job.fail(error)
      if (shared === thread) shared = undefined
    },
  })
  const thread: Thread = { worker, jobs: new Map() }
  shared = thread
  return thread
}
