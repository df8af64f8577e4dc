/** The door to worker threads: starts one on a TypeScript module of ours. Knows no work. */

import { MessageChannel, Worker } from 'node:worker_threads'
import { bundled } from './bundle.ts'

/** What a thread of ours makes is short-lived and small; by default each may hold 48 MB of it. */
const resourceLimits = { maxYoungGenerationSizeMb: 2 }

/**
 * A thread has none of the loaders of its parent. It starts while its module is made, is handed that, and runs it: as the
 * body of a function, because in a script of `vm` no `import()` works. Stacks name the sources.
 */
const begin = `
const { createRequire } = require('node:module')
const { workerData: { url, port } } = require('node:worker_threads')
process.setSourceMapsEnabled(true)
port.once('message', text => {
  port.close()
  new Function('require', 'moduleUrl', text + '\\n//# sourceURL=' + url + '.js')(createRequire(url), url)
})`

/** One more than there are cores: while one waits for the disk, another computes. */
export const threadsOn = (cores: number): number => cores + 1

export interface Listener<Answer> {
  hear(answer: Answer): void
  /** It is over; said once. */
  end(error: Error): void
}

/**
 * `module`: URL of the module, which may not await at its top. The thread keeps the process alive only where somebody calls
 * `ref`; what it is told before it runs waits for it. Where the module cannot be made, it ends.
 */
export function startWorker<Answer>(module: URL, listener: Listener<Answer>): Worker {
  const { port1, port2 } = new MessageChannel()
  const workerData = { url: module.href, port: port2 }
  const worker = new Worker(begin, {
    eval: true,
    execArgv: [],
    resourceLimits,
    workerData,
    transferList: [port2],
  })
  worker.on('message', answer => listener.hear(answer as Answer))
  let isOver = false
  const end = (error: Error): void => {
    if (!isOver) listener.end(error)
    isOver = true
  }
  worker.on('error', end)
  worker.on('exit', () => end(new Error('a thread ended')))
  // Only now: whoever listens takes hold of the thread again.
  worker.unref()
  port1.unref()
  bundled(module).then(
    text => port1.postMessage(text),
    (error: unknown) => {
      end(error instanceof Error ? error : new Error(String(error)))
      void worker.terminate()
    },
  )
  return worker
}
