/** Opens a run: takes the lock, opens the records for writing, sets up the pools; and closes all of it again. */

import { randomUUID } from 'node:crypto'
import { setMaxListeners } from 'node:events'
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { errorCode, foldsCase, look, makeFolder, remove, removeEmptyFolders } from '../io/disk.ts'
import { Known } from '../knowledge.ts'
import { takeLock } from '../lock.ts'
import type { Report } from '../model/event.ts'
import type { Graph } from '../model/plan.ts'
import type { Spec } from '../model/spec.ts'
import { heirsOf } from '../plan/heirs.ts'
import { openReceipts } from '../receipts/receipts.ts'
import { readOnlyRoot } from '../room.ts'
import type { LookOptions, Seen, Tier } from '../survey.ts'
import type { Run } from './context.ts'
import { headersOfHosts } from './headers.ts'
import { hostsOf } from './hosts.ts'
import { Overlaps } from './overlaps.ts'
import { Pool } from './pools.ts'
import { Precedence } from './precedence.ts'
import { Started } from './started.ts'
import { nextTick } from './times.ts'

export interface RunRequest {
  readonly root: string
  readonly state: string
  readonly whole: Graph
  readonly graph: Graph
  readonly tier: Tier
  /** What was looked at before the lock was taken. */
  readonly seen?: Seen
  /** Of the first look, while nothing is done yet. */
  readonly telling?: LookOptions
  readonly report: Report
  readonly signal: AbortSignal
  readonly offline: boolean
  /** Run everything that is asked for. */
  readonly force: boolean
  readonly keepArchives: boolean
  /** Tasks of the core lane at once. */
  readonly jobs: number
  /** Its budgets and headers of hosts, with their places. */
  readonly spec: Pick<Spec, 'hosts' | 'file' | 'places'>
  /** For all hosts together. */
  readonly rateBytesPerSecond: number | undefined
}

/** Downloads at once over all hosts; each host has its own budget of connections besides. */
const downloadsAtOnce = 16

/** Runs `work` while holding the playground. Throws `lock-held` and `read-only-root`. */
export async function withRun<T>(request: RunRequest, work: (run: Run) => Promise<T>): Promise<T> {
  const id = `${new Date().toISOString().replaceAll(/[-:]|\..*/g, '')}-${randomUUID().slice(0, 8)}`
  const lost = new AbortController()
  const lock = writable(request.root, () => {
    makeFolders(request.state)
    return takeLock(request.state, {
      runId: id,
      onLost: problem => {
        for (const diagnostic of problem.diagnostics) request.report({ event: 'diagnostic', diagnostic })
        lost.abort(problem)
      },
    })
  })
  const staging = join(request.state, 'staging', id)
  try {
    const receipts = openReceipts(request.state, { readOnly: false, runId: id })
    try {
      sweepHalfMade(request.state)
      makeFolder(staging)
      const { root, tier, seen = new Map() } = request
      const heirs = heirsOf(request.whole, receipts.all())
      const options = { tier, seen, heirs, clock: () => nextTick(staging) }
      const known = new Known(root, receipts, options)
      await known.lookAtAll(request.graph.tasks.values(), { ...options, ...request.telling })
      const signal = AbortSignal.any([request.signal, lost.signal])
      // Every request and pause of every step listens to it.
      setMaxListeners(0, signal)
      return await work({
        ...request,
        id,
        staging,
        known,
        signal,
        foldsCase: foldsCase(staging),
        began: Date.now(),
        forced: request.force,
        wishes: new Map(),
        started: new Started(request.report),
        overlaps: new Overlaps(),
        precedence: new Precedence(),
        ...budgets(request, signal),
      })
    } finally {
      receipts.close()
      remove(staging)
      removeEmptyFolders(dirname(staging), request.state)
    }
  } finally {
    lock.release()
  }
}

function budgets(
  { jobs, spec, rateBytesPerSecond }: RunRequest,
  signal: AbortSignal,
): Pick<Run, 'lanes' | 'host' | 'headersOf' | 'tally'> {
  return {
    lanes: { core: new Pool(jobs), network: new Pool(downloadsAtOnce) },
    host: hostsOf({
      budgets: spec.hosts,
      rateBytesPerSecond,
      pause: milliseconds => sleep(milliseconds, undefined, { signal }),
    }),
    headersOf: headersOfHosts(spec, process.env),
    tally: {
      begun: 0,
      ran: 0,
      repaired: 0,
      bytesDownloaded: 0,
      bytesWritten: 0,
      filesWritten: 0,
      requests: 0,
    },
  }
}

/** What killed runs left. Whoever holds the lock is the only one who stages and writes. */
function sweepHalfMade(state: string): void {
  remove(join(state, 'staging'))
  for (const folder of [state, join(state, 'cache')].filter(existsSync))
    for (const name of readdirSync(folder)) if (/\.[0-9a-f]{8}\.tmp$/.test(name)) remove(join(folder, name))
}

/** One by one: where a name cannot be made (below /proc), Node's own way of making all of them never returns. */
function makeFolders(path: string): void {
  if (look(path)) return
  makeFolders(dirname(path))
  try {
    mkdirSync(path)
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error
  }
}

/** What the system says where a folder cannot be made or written to: no rights, no folder, no such name there. */
const unwritable: ReadonlySet<string | undefined> = new Set([
  'EACCES',
  'EROFS',
  'EPERM',
  'ENOTDIR',
  'ENOENT',
  'ELOOP',
])

function writable<T>(root: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!unwritable.has(errorCode(error))) throw error
    throw readOnlyRoot(root, error)
  }
}
