/** A thread that reads files: one batch after the other, each answered. */

import { parentPort } from 'node:worker_threads'
import { type Failure, failureOf } from '../failure.ts'
import { type Batch, type Checked, checkFiles } from './files.ts'

export type CheckingAnswer = { readonly checked: Checked } | { readonly failed: Failure }

const answer = (message: CheckingAnswer): void => parentPort?.postMessage(message)

parentPort?.on('message', (batch: Batch) => {
  try {
    answer({ checked: checkFiles(batch) })
  } catch (error) {
    answer({ failed: failureOf(error) })
  }
})
