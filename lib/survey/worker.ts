/** A thread of the survey: takes parts of a sweep until none is left. */

import { parentPort } from 'node:worker_threads'
import { failureOf } from '../io/failure.ts'
import { type Lstat, lstatFor } from '../io/lstat.ts'
import { begin, claim, work } from './part.ts'
import type { SweepAnswer, SweepOrder } from './protocol.ts'

const answer = (message: SweepAnswer): void => parentPort?.postMessage(message)

const lstat: Lstat = lstatFor(Number.POSITIVE_INFINITY)

parentPort?.on('message', (order: SweepOrder) => {
  try {
    begin(order)
    for (let part = claim(order); part !== undefined; part = claim(order)) {
      const found = work(order, part, lstat)
      if (found) answer(found)
    }
    answer({ sweep: order.sweep, is: 'done' })
  } catch (error) {
    answer({ sweep: order.sweep, is: 'failed', failed: failureOf(error) })
  }
})
