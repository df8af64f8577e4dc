/** Opens a run: takes the lock, opens the records for writing, sets up the pools; and closes all of it again. */

import { randomUUID } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { errorCode, foldsCase, makeFolder, remove } from '../io/disk.ts'
import { Known } from '../knowledge.ts'
import { takeLock } from '../lock.ts'
import type { Report } from '../model/event.ts'
import type { Graph } from '../model/plan.ts'
import { Problem } from '../model/problem.ts'
import type { HostBudget } from '../model/spec.ts'
import { openReceipts } from '../receipts/receipts.ts'
import type { Tier } from '../survey.ts'
import type { Run } from './context.ts'
import { Pool, Rate } from './pools.ts'

export interface RunRequest {
  readonly root: string
  readonly state: string
  readonly whole: Graph
  readonly graph: Graph
  readonly tier: Tier
  readonly report: Report
  readonly signal: AbortSignal
  readonly offline: boolean
  readonly keepArchives: boolean
  /** Tasks of the core lane at once. */
  readonly jobs: number
  readonly hosts: Readonly<Record<string, HostBudget>>
  /** For all hosts together. */
  readonly rateBytesPerSecond: number | undefined
}

/** Downloads at once over all hosts; each host has its own budget of connections besides. */
const downloadsAtOnce = 16
/** Hosts known to answer more connections with trouble. */
const connectionsByDefault: Readonly<Record<string, number>> = { 'drive.google.com': 1, 'huggingface.co': 8 }
const connectionsElsewhere = 4

/** Runs `work` while holding the playground. Throws `lock-held` and `read-only-root`. */
export async function withRun<T>(request: RunRequest, work: (run: Run) => Promise<T>): Promise<T> {
  const id = `${new Date().toISOString().replaceAll(/[-:]|\..*/g, '')}-${randomUUID().slice(0, 8)}`
  const lost = new AbortController()
  const lock = writable(request.root, () =>
    takeLock(request.state, {
      runId: id,
      onLost: problem => {
        for (const diagnostic of problem.diagnostics) request.report({ event: 'diagnostic', diagnostic })
        lost.abort(problem)
      },
    }),
  )
  try {
    const receipts = openReceipts(request.state, { readOnly: false, runId: id })
    try {
      sweepStaging(request.state)
      const known = await new Known(request.root, receipts, { tier: request.tier }).lookAtAll(request.graph)
      const signal = AbortSignal.any([request.signal, lost.signal])
      return await work({
        ...request,
        id,
        known,
        signal,
        foldsCase: foldsCase(request.state),
        ...budgets(request),
      })
    } finally {
      receipts.close()
    }
  } finally {
    lock.release()
  }
}

function budgets({
  jobs,
  hosts,
  rateBytesPerSecond,
}: RunRequest): Pick<Run, 'lanes' | 'connections' | 'rates' | 'tally'> {
  const connections = new Map<string, Pool>()
  const rates = new Map<string, Rate>()
  const total = rateBytesPerSecond === undefined ? undefined : new Rate(rateBytesPerSecond)
  return {
    lanes: { core: new Pool(jobs), network: new Pool(downloadsAtOnce) },
    connections: host =>
      held(
        connections,
        host,
        () => new Pool(hosts[host]?.connections ?? connectionsByDefault[host] ?? connectionsElsewhere),
      ),
    rates(host) {
      const own = hosts[host]?.rateBytesPerSecond
      const rate = own === undefined ? undefined : held(rates, host, () => new Rate(own))
      return [rate, total].filter(one => one !== undefined)
    },
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

function held<T>(map: Map<string, T>, key: string, make: () => T): T {
  const found = map.get(key) ?? make()
  map.set(key, found)
  return found
}

/** What killed runs left half made. Whoever holds the lock is the only one who stages. */
function sweepStaging(state: string): void {
  const staging = join(state, 'staging')
  makeFolder(staging)
  for (const name of readdirSync(staging)) remove(join(staging, name))
}

function writable<T>(root: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    const code = errorCode(error)
    if (code !== 'EACCES' && code !== 'EROFS' && code !== 'EPERM') throw error
    throw new Problem({
      code: 'read-only-root',
      message: `${root} cannot be written to.`,
      evidence: [{ label: 'found', text: (error as Error).message }],
      disk: 'Nothing was changed.',
      next: 'build with an account that may write there, or somewhere else with --root DIR.',
    })
  }
}
