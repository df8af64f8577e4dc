/** What all steps of one run share. Types only. */

import type { Known } from '../knowledge.ts'
import type { Report } from '../model/event.ts'
import type { HeadersOf, Host } from '../model/host.ts'
import type { Graph } from '../model/plan.ts'
import type { TaskId } from '../model/task.ts'
import type { Wish } from '../plan.ts'
import type { Overlaps } from './overlaps.ts'
import type { Pool } from './pools.ts'
import type { Precedence } from './precedence.ts'
import type { Started } from './started.ts'

export interface Run {
  /** Names this run's staging folder, log segment and what it moves aside. */
  readonly id: string
  readonly root: string
  /** Where the other playground of the same spec would lie, absolute: the whole one, or its sample. */
  readonly beside?: string | undefined
  /** Absolute state folder. */
  readonly state: string
  /** Absolute folder for what is not finished, and for probes; gone when the run ends. */
  readonly staging: string
  /** What is to be built. */
  readonly graph: Graph
  /** Everything that the spec names: others may still need an archive. */
  readonly whole: Graph
  readonly known: Known
  readonly report: Report
  readonly signal: AbortSignal
  readonly foldsCase: boolean
  readonly offline: boolean
  readonly keepArchives: boolean
  readonly lanes: Readonly<Record<'core' | 'network', Pool>>
  readonly host: (name: string) => Host
  readonly headersOf: HeadersOf
  readonly tally: Tally
  /** When it began, in milliseconds since 1970. */
  readonly began: number
  /** Everything was asked for with `--force`. */
  readonly forced: boolean
  /** What tasks found out that they need, by task; until they are done. */
  readonly wishes: Map<TaskId, Wish>
  readonly started: Started
  readonly overlaps: Overlaps
  readonly precedence: Precedence
  /** Files of a person (absolute) that are what a task would fetch. */
  readonly offered?: ReadonlyMap<TaskId, readonly string[]>
}

/** Counts of a run; the summary is made from it. */
interface Tally {
  /** Steps that were begun: numbers their staging folders. */
  begun: number
  ran: number
  repaired: number
  bytesDownloaded: number
  bytesWritten: number
  filesWritten: number
  requests: number
}
