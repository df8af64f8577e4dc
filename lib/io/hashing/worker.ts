/** The thread that hashes files behind their writers. One job a file; each is read front to back, once. */

import { closeSync, openSync, readSync } from 'node:fs'
import { parentPort } from 'node:worker_threads'
import { Digester } from '../digest.ts'
import type { HashingAnswer, HashingOrder } from './protocol.ts'

interface Job {
  readonly file: number
  readonly digester: Digester
  done: number
  wanted: number
  isLast: boolean
}

const jobs = new Map<number, Job>()
const piece = Buffer.allocUnsafe(1 << 20)
let isTurning = false

const answer = (message: HashingAnswer): void => parentPort?.postMessage(message)

parentPort?.on('message', (order: HashingOrder) => {
  try {
    take(order)
  } catch (error) {
    fail(order.job, error)
  }
  if (!isTurning) turn()
})

function take(order: HashingOrder): void {
  switch (order.do) {
    case 'open':
      jobs.set(order.job, {
        file: openSync(order.path, 'r'),
        digester: new Digester({ md5: order.md5 }),
        done: 0,
        wanted: 0,
        isLast: false,
      })
      return
    case 'hash': {
      const job = jobs.get(order.job)
      if (job) Object.assign(job, { wanted: order.to, isLast: order.isLast })
      return
    }
    case 'close':
      return close(order.job)
  }
}

/** A piece of each file in turn, then a look at the letters: a file that grows must not wait for one that is there. */
function turn(): void {
  isTurning = false
  for (const [id, job] of jobs) {
    try {
      if (job.done < job.wanted) read(job)
      if (job.done >= job.wanted && job.isLast) {
        answer({ job: id, bytes: job.done, digests: job.digester.digests() })
        close(id)
      } else if (job.done < job.wanted) isTurning = true
    } catch (error) {
      fail(id, error)
    }
  }
  if (isTurning) setImmediate(turn)
}

function read(job: Job): void {
  const length = readSync(job.file, piece, 0, Math.min(piece.length, job.wanted - job.done), job.done)
  if (length === 0) throw new Error(`the file ends at ${job.done} bytes, before ${job.wanted}`)
  job.digester.update(piece.subarray(0, length))
  job.done += length
}

function fail(id: number, error: unknown): void {
  answer({ job: id, failed: error instanceof Error ? error.message : String(error) })
  close(id)
}

function close(id: number): void {
  const job = jobs.get(id)
  if (job) closeSync(job.file)
  jobs.delete(id)
}
