/** A thread that unpacks: one order after the other, each answered. */

import { parentPort } from 'node:worker_threads'
import { failureOf } from '../failure.ts'
import { Extraction } from './extraction.ts'
import type { Stretch, UnpackingAnswer, UnpackingOrder, Work } from './protocol.ts'

const open = new Map<number, Extraction>()
let last: Promise<void> = Promise.resolve()

const answer = (message: UnpackingAnswer): void => parentPort?.postMessage(message)

parentPort?.on('message', (order: UnpackingOrder) => {
  switch (order.do) {
    case 'open': {
      const { id, job } = order
      return void open.set(id, new Extraction(job, wrote => answer({ id, wrote })))
    }
    case 'unpack':
    case 'check':
      last = last.then(() => work(order.do, order.id, order))
      return
    case 'stop':
      return open.get(order.id)?.stop()
    case 'close':
      return void open.delete(order.id)
  }
})

async function work(what: Work, id: number, { from, to }: Stretch): Promise<void> {
  try {
    await open.get(id)?.[what]({ from, to })
    answer({ id, from, to })
  } catch (error) {
    answer({ id, from, to, failed: failureOf(error) })
  }
}
