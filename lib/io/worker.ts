/** The door to worker threads: starts one on a TypeScript module of ours. Knows no work. */

import { Worker } from 'node:worker_threads'

const loader = import.meta.resolve('tsx/esm/api')

/** `module`: URL of the module. The thread does not keep the process alive by itself. */
export function startWorker(module: URL): Worker {
  // Node 20 gives a thread none of the loaders of its parent: it loads its own.
  const begin = `import(${JSON.stringify(loader)}).then(({ tsImport }) => tsImport(${JSON.stringify(module.href)}, ${JSON.stringify(module.href)}))`
  const worker = new Worker(begin, { eval: true, execArgv: [] })
  worker.unref()
  return worker
}
