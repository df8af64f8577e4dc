/** The door to worker threads: starts one on a TypeScript module of ours. Knows no work. */

import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'

/** What a thread of ours makes is short-lived and small; by default each may hold 48 MB of it. */
const resourceLimits = { maxYoungGenerationSizeMb: 2 }

const loader = createRequire(import.meta.url).resolve('tsx/cjs/api')

/** `module`: URL of the module. The thread does not keep the process alive by itself. */
export function startWorker(module: URL): Worker {
  // Node 20 gives a thread none of the loaders of its parent: it loads its own. This one needs no second thread for that,
  // and half the time; what it cannot load is a module that awaits at its top.
  const path = JSON.stringify(fileURLToPath(module))
  const begin = `require(${JSON.stringify(loader)}).require(${path}, ${path})`
  const worker = new Worker(begin, { eval: true, execArgv: [], resourceLimits })
  worker.unref()
  return worker
}
