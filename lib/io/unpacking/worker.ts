/** A thread that unpacks: one order after the other, each answered. */

import { parentPort } from 'node:worker_threads'
import { Extraction } from './extraction.ts'
import { failureOf } from './failure.ts'
import type { Stretch, UnpackingAnswer, UnpackingOrder } from './protocol.ts'

const open = new Map<number, Extraction | Error>()
let last: Promise<void> = Promise.resolve()

const answer = (message: UnpackingAnswer): void => parentPort?.postMessage(message)

parentPort?.on('message', (order: UnpackingOrder) => {
  if (order.do === 'stop') {
    const extraction = open.get(order.id)
    if (extraction instanceof Extraction) extraction.stop()
  } else last = last.then(() => take(order))
})

async function take(order: Exclude<UnpackingOrder, { do: 'stop' }>): Promise<void> {
  switch (order.do) {
    case 'open':
      try {
        open.set(order.id, new Extraction(order.job, wrote => answer({ id: order.id, wrote })))
      } catch (error) {
        open.set(order.id, error instanceof Error ? error : new Error(String(error)))
      }
      return
    case 'unpack':
      return unpack(order.id, order)
    case 'close': {
      const extraction = open.get(order.id)
      open.delete(order.id)
      if (extraction instanceof Extraction) extraction.close()
    }
  }
}

async function unpack(id: number, { from, to }: Stretch): Promise<void> {
  try {
    const extraction = open.get(id)
    if (!(extraction instanceof Extraction)) throw extraction ?? new Error('unpacked before it was opened')
    await extraction.unpack({ from, to })
    answer({ id, from, to })
  } catch (error) {
    answer({ id, from, to, failed: failureOf(error) })
  }
}
