/** A process that takes the lock of the folder given to it when told so, says how it went, and stays until told to end. */

import { once } from 'node:events'
import { takeLock } from '../../lib/lock.ts'
import { Problem } from '../../lib/model/problem.ts'

const [, , folder = '', runId = ''] = process.argv
console.log('ready')
await once(process.stdin, 'data')
try {
  takeLock(folder, { runId, onLost: () => {} })
  console.log('won')
} catch (error) {
  if (!(error instanceof Problem)) throw error
  console.log(error.code)
}
await once(process.stdin, 'end')
