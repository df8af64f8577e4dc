/**
 * The threads that unpack, shared by all archives: started when there is much to do, told what to unpack, listened to.
 * A little is unpacked right here, sooner than a thread could start.
 */

import type { Worker } from 'node:worker_threads'
import { errorOf } from '../failure.ts'
import { startWorker } from '../worker.ts'
import { Extraction } from './extraction.ts'
import type { Stretch, UnpackingAnswer, UnpackingJob, UnpackingOrder, Work } from './protocol.ts'

/** Who unpacks one archive. */
export interface Crew {
  /** Resolves when somebody is free. */
  place(): Promise<Place>
  /** What is being unpacked ends soon, with an error. */
  stop(): void
  close(): void
}

interface Place {
  /** Gives the place back when it is done. */
  work(what: Work, stretch: Stretch): Promise<void>
  /** Gives it back unused. */
  leave(): void
}

/** Less than this is done sooner than threads are started. */
const threadsFromBytes = 16 << 20
/** While a thread unpacks one stretch, the next are with it: who gives them may get no core for a while. */
const ordersAtOnce = 4

export interface CrewRequest {
  readonly job: UnpackingJob
  /** To be written in all. */
  readonly bytes: number
  readonly threads: number
  /** Of large entries, as they are written. */
  readonly onBytes: (bytes: number) => void
}

export const crewFor = (request: CrewRequest): Crew =>
  request.bytes < threadsFromBytes ? new Here(request) : new Gang(request)

/** Starts those that an archive of `bytes` is going to want, while it is still looked at. */
export function startAhead(bytes: number, threads: number): void {
  if (bytes >= threadsFromBytes) startUpTo(threads)
}

class Here implements Crew {
  readonly #extraction: Extraction
  #last: Promise<void> = Promise.resolve()

  constructor({ job, onBytes }: CrewRequest) {
    this.#extraction = new Extraction(job, onBytes)
  }

  /** One stretch after the other; downloads go on between them. */
  async place(): Promise<Place> {
    await this.#last
    return {
      work: (what, stretch) => {
        const work = this.#extraction[what](stretch)
        this.#last = work.catch(() => {}).then(() => new Promise(resolve => setImmediate(resolve)))
        return work
      },
      leave: () => {},
    }
  }

  stop(): void {
    this.#extraction.stop()
  }

  close(): void {}
}

interface Thread {
  readonly worker: Worker
  /** What it was told and has not answered, by archive and first entry. */
  readonly waiting: Map<string, { readonly done: () => void; readonly fail: (error: Error) => void }>
  /** Who hears how many bytes of an archive it wrote, for those that it has opened. */
  readonly open: Map<number, (bytes: number) => void>
  /** Orders that it has, or is about to get. */
  load: number
}

interface Waiting {
  readonly take: (thread: Thread) => void
  readonly fail: (error: Error) => void
}

/** Of all archives together. */
const pool = { threads: [] as Thread[], queue: [] as Waiting[], lastJob: 0 }

class Gang implements Crew {
  readonly #id = ++pool.lastJob
  readonly #request: CrewRequest

  constructor(request: CrewRequest) {
    this.#request = request
    this.#man()
  }

  async place(): Promise<Place> {
    // Threads that ended meanwhile are replaced: what ended them ends the new ones too, and that is heard.
    this.#man()
    const thread = await free()
    return {
      work: (what, stretch) => this.#order(thread, what, stretch).finally(() => leave(thread)),
      leave: () => leave(thread),
    }
  }

  stop(): void {
    for (const thread of pool.threads)
      if (thread.open.has(this.#id)) tell(thread, { do: 'stop', id: this.#id })
  }

  close(): void {
    for (const thread of pool.threads)
      if (thread.open.delete(this.#id)) tell(thread, { do: 'close', id: this.#id })
    if (pool.threads.every(({ open, load }) => open.size === 0 && load === 0))
      pool.threads.forEach(({ worker }) => worker.unref())
  }

  #man(): void {
    startUpTo(this.#request.threads)
    pool.threads.forEach(({ worker }) => worker.ref())
  }

  #order(thread: Thread, what: Work, stretch: Stretch): Promise<void> {
    const id = this.#id
    if (!thread.open.has(id)) {
      thread.open.set(id, this.#request.onBytes)
      tell(thread, { do: 'open', id, job: this.#request.job })
    }
    return new Promise((done, fail) => {
      thread.waiting.set(`${id}:${stretch.from}`, { done, fail })
      tell(thread, { do: what, id, ...stretch })
    })
  }
}

const tell = ({ worker }: Thread, order: UnpackingOrder): void => worker.postMessage(order)

/** The one with the least to do, once one has room. */
function free(): Promise<Thread> {
  return new Promise((take, fail) => {
    pool.queue.push({ take, fail })
    serve()
  })
}

function leave(thread: Thread): void {
  thread.load -= 1
  serve()
}

/** Those that ended are not among the threads. */
function serve(): void {
  while (pool.queue.length > 0) {
    const [least] = pool.threads.toSorted((a, b) => a.load - b.load)
    if (!least || least.load >= ordersAtOnce) return
    least.load += 1
    pool.queue.shift()?.take(least)
  }
}

function startUpTo(threads: number): void {
  while (pool.threads.length < threads) pool.threads.push(start())
}

function start(): Thread {
  const worker = startWorker<UnpackingAnswer>(new URL('./worker.ts', import.meta.url), {
    hear(answer) {
      if ('wrote' in answer) return thread.open.get(answer.id)?.(answer.wrote)
      const { id, from, failed } = answer
      const waiting = thread.waiting.get(`${id}:${from}`)
      thread.waiting.delete(`${id}:${from}`)
      if (failed) waiting?.fail(errorOf(failed))
      else waiting?.done()
    },
    end(error) {
      pool.threads = pool.threads.filter(other => other !== thread)
      for (const waiting of thread.waiting.values()) waiting.fail(error)
      thread.waiting.clear()
      if (pool.threads.length === 0) for (const { fail } of pool.queue.splice(0)) fail(error)
    },
  })
  const thread: Thread = { worker, waiting: new Map(), open: new Map(), load: 0 }
  return thread
}
