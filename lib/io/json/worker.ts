/** A thread that looks for the records of one file, and is stopped while nobody takes them. */

import { parentPort } from 'node:worker_threads'
import { type Failure, failureOf } from '../failure.ts'
import { type JsonSummary, recordsHere } from './reading.ts'
import { type Filled, Filling, type SlotMemory } from './slots.ts'

export interface ReadingOrder {
  readonly path: string
  readonly name: string
  readonly memory: SlotMemory
}

/** `read`: bytes of the file so far. */
export type ReadingAnswer =
  | { readonly is: 'batch'; readonly filled: Filled }
  | { readonly is: 'under-way'; readonly read: number }
  | { readonly is: 'done'; readonly summary: JsonSummary }
  | { readonly is: 'failed'; readonly failed: Failure }

const answer = (message: ReadingAnswer): void => parentPort?.postMessage(message)

parentPort?.once('message', (order: ReadingOrder) => {
  read(order).catch((error: unknown) => answer({ is: 'failed', failed: failureOf(error) }))
})

async function read({ path, name, memory }: ReadingOrder): Promise<void> {
  const slots = new Filling(memory)
  const onBytes = (bytes: number): void => answer({ is: 'under-way', read: bytes })
  const batches = recordsHere(path, { name, onBytes })
  for (;;) {
    const { done, value } = await batches.next()
    if (done) return answer({ is: 'done', summary: value })
    answer({ is: 'batch', filled: slots.fill(value) })
  }
}
