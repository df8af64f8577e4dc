/**
 * Carries a sweep out: this thread takes its share of the parts, a few at a time so that signals and the terminal are
 * heard, and where there is much to do threads take the others. Knows no manifest.
 */

import { availableParallelism } from 'node:os'
import type { Worker } from 'node:worker_threads'
import { errorOf } from '../io/failure.ts'
import { type Lstat, lstatFor } from '../io/lstat.ts'
import { startWorker } from '../io/worker.ts'
import type { Subject } from './compare.ts'
import { claim, hasBegun, work } from './part.ts'
import type { Part, SweepAnswer, SweepOrder } from './protocol.ts'

export interface Sweep {
  readonly subjects: readonly Subject[]
  readonly parts: readonly Part[]
  /** Whether threads are worth their start. */
  readonly isLong: boolean
  /** They wait for a network, not for a core. */
  readonly isRemote: boolean
  /** What cannot be read is told; else it is thrown. */
  readonly tellsUnreadable: boolean
  readonly hear: (answer: SweepAnswer) => void
  readonly signal?: AbortSignal | undefined
}

const threadsFor = ({ isRemote }: Pick<Sweep, 'isRemote'>): number =>
  isRemote ? threadsOfNetwork : availableParallelism()

/** A long sweep follows soon: its threads start while whoever wants it is busy otherwise. */
export async function prepare(sweep: Pick<Sweep, 'isRemote'>): Promise<void> {
  startUpTo(threadsFor(sweep))
  // They are told what to run before this thread is busy.
  await new Promise(resolve => setImmediate(resolve))
}

/** Throws what the disk says, and the reason of the signal. */
export async function carryOut({ isLong, signal, ...sweep }: Sweep): Promise<void> {
  signal?.throwIfAborted()
  const count = isLong ? Math.min(threadsFor(sweep), sweep.parts.length) : 0
  const claims = new Int32Array(new SharedArrayBuffer(4 * (2 + count)))
  const { subjects, parts, tellsUnreadable } = sweep
  const order = { sweep: ++lastSweep, subjects, parts, tellsUnreadable, claims }
  const end = (): void => void Atomics.store(claims, 1, 1)
  signal?.addEventListener('abort', end, { once: true })
  try {
    const helpers = tell(order, count, sweep.hear)
    // A file can be of any length: who reads one hears nothing else meanwhile.
    const isShared = count === 0 || sweep.parts.every(part => part.do === 'look')
    const own = isShared ? [share(order, sweep.hear).then(() => dismiss(order))] : []
    const ends = await Promise.allSettled([...own, ...helpers].map(one => one.catch(fail(end))))
    signal?.throwIfAborted()
    const failed = ends.find(one => one.status === 'rejected')
    if (failed) throw failed.reason
  } finally {
    signal?.removeEventListener('abort', end)
  }
}

/** Nobody goes on with what has failed. */
const fail =
  (end: () => void) =>
  (error: unknown): never => {
    end()
    throw error
  }

type Order = Omit<SweepOrder, 'thread'>

let lastSweep = 0
/** Stat calls of a network filesystem take a hundred times as long, and many can be under way. */
const threadsOfNetwork = 16
/** After so long whoever waits for this thread has its turn. */
const turnMs = 8

async function share(order: Order, hear: Sweep['hear']): Promise<void> {
  const lstat = ownLstat(order)
  for (;;) {
    const until = performance.now() + turnMs
    while (performance.now() < until) {
      const part = claim(order)
      if (part === undefined) return
      const found = work(order, part, lstat)
      if (found) hear(found)
    }
    await new Promise(resolve => setImmediate(resolve))
  }
}

const ownLstat = ({ parts }: Order): Lstat =>
  lstatFor(parts.reduce((sum, part) => sum + (part.do === 'look' ? part.to - part.from : 0), 0))

interface Thread {
  readonly worker: Worker
  /** By sweep. */
  readonly waiting: Map<number, { readonly hear: Sweep['hear']; readonly end: (error?: Error) => void }>
}

/** They stay for the next sweep, and keep nobody alive meanwhile. */
let threads: readonly Thread[] = []

function startUpTo(count: number): void {
  while (threads.length < count) threads = [...threads, start()]
}

function tell(order: Order, count: number, hear: Sweep['hear']): readonly Promise<void>[] {
  startUpTo(count)
  return threads.slice(0, count).map(
    ({ worker, waiting }, thread) =>
      new Promise((resolve, reject) => {
        waiting.set(order.sweep, { hear, end: error => (error ? reject(error) : resolve()) })
        worker.ref()
        worker.postMessage({ ...order, thread } satisfies SweepOrder)
      }),
  )
}

/** All parts are taken: who has not begun by now finds none, and is not waited for. */
function dismiss({ sweep, claims }: Order): void {
  for (const [number, thread] of threads.entries())
    if (number < claims.length - 2 && !hasBegun(claims, number)) settle(thread, sweep)
}

function settle({ worker, waiting }: Thread, sweep: number, error?: Error): void {
  waiting.get(sweep)?.end(error)
  waiting.delete(sweep)
  if (waiting.size === 0) worker.unref()
}

function start(): Thread {
  const worker = startWorker<SweepAnswer>(new URL('./worker.ts', import.meta.url), {
    hear(answer) {
      if (answer.is === 'done') settle(thread, answer.sweep)
      else if (answer.is === 'failed') settle(thread, answer.sweep, errorOf(answer.failed))
      else thread.waiting.get(answer.sweep)?.hear(answer)
    },
    end(error) {
      threads = threads.filter(other => other !== thread)
      for (const sweep of [...thread.waiting.keys()]) settle(thread, sweep, error)
    },
  })
  const thread: Thread = { worker, waiting: new Map() }
  return thread
}
