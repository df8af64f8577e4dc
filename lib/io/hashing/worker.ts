/** The thread that hashes files behind their writers. One job a file; each is read front to back, once. */

import { closeSync, openSync, readSync } from 'node:fs'
import { parentPort } from 'node:worker_threads'
import { Digester } from '../digester.ts'
import { failureOf } from '../failure.ts'
import type { HashingAnswer, HashingOrder } from './protocol.ts'

interface Job {
  readonly id: number
  readonly file: number
  /** Undefined until it can begin. */
  digester: Digester | undefined
  wanted: number
  isLast: boolean
  /** States that were asked for before it could begin. */
  saves: number
}

const jobs = new Map<number, Job>()
const piece = Buffer.allocUnsafe(1 << 20)
/** It is told after so many bytes how far a file is. */
const tellEveryBytes = 64 << 20
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
  if (order.do === 'open') return void open(order).catch((error: unknown) => fail(order.job, error))
  const job = jobs.get(order.job)
  if (!job) return
  switch (order.do) {
    case 'hash':
      job.wanted = order.to
      job.isLast = order.isLast
      return
    case 'save':
      if (job.digester) return save(job, job.digester)
      job.saves += 1
      return
    case 'close':
      return close(order.job)
  }
}

async function open({ job: id, path, md5, from }: HashingOrder & { readonly do: 'open' }): Promise<void> {
  const job: Job = { id, file: openSync(path, 'r'), digester: undefined, wanted: 0, isLast: false, saves: 0 }
  jobs.set(id, job)
  const digester = from ? await Digester.from(from.state, { md5 }) : await Digester.begin({ md5 })
  if (!digester || (from && digester.position !== from.position))
    throw new Error('nobody here can go on from that state of a digest')
  if (jobs.get(id) !== job) return
  job.digester = digester
  answer({ job: id, is: 'begun' })
  for (; job.saves > 0; job.saves -= 1) save(job, digester)
  if (!isTurning) turn()
}

function save({ id }: Job, digester: Digester): void {
  answer({ job: id, is: 'saved', saved: { position: digester.position, state: digester.state() } })
}

/** A piece of each file in turn, then a look at the letters: a file that grows must not wait for one that is there. */
function turn(): void {
  isTurning = false
  for (const job of jobs.values()) {
    const { id, digester, wanted, isLast } = job
    if (!digester) continue
    try {
      if (digester.position < wanted) read(job, digester)
      if (digester.position < wanted) isTurning = true
      else if (isLast) {
        answer({ job: id, is: 'done', digests: digester.digests() })
        close(id)
      }
    } catch (error) {
      fail(id, error)
    }
  }
  if (isTurning) setImmediate(turn)
}

function read({ id, file, wanted }: Job, digester: Digester): void {
  const { position } = digester
  const length = readSync(file, piece, 0, Math.min(piece.length, wanted - position), position)
  if (length === 0) throw new Error(`the file ends at ${position} bytes, before ${wanted}`)
  digester.update(piece.subarray(0, length))
  if (position % tellEveryBytes > digester.position % tellEveryBytes)
    answer({ job: id, is: 'under-way', position: digester.position })
}

function fail(id: number, error: unknown): void {
  answer({ job: id, is: 'failed', failed: failureOf(error) })
  close(id)
}

function close(id: number): void {
  const job = jobs.get(id)
  if (job) closeSync(job.file)
  jobs.delete(id)
}
