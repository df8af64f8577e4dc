/** The graph with verdicts, bytes, room and order. Plain data. */

import type { Task, TaskId } from './task.ts'
import type { Verdict } from './verdict.ts'

/** Tasks in an order in which every task comes after what it takes. */
export interface Graph {
  readonly tasks: ReadonlyMap<TaskId, Task>
  /** Who reads a task's artifact. */
  readonly dependants: ReadonlyMap<TaskId, readonly TaskId[]>
  /** The targets asked for, in the order of the spec. */
  readonly targets: readonly string[]
}

/** A task with its verdict. */
export interface Step {
  readonly task: Task
  readonly verdict: Verdict
  /** Bytes that it would take from a host, and write: undefined where nobody can tell beforehand. */
  readonly download: number | undefined
  readonly write: number | undefined
  readonly files: number | undefined
  /** What that takes of the disk at most, which gives whole blocks. */
  readonly onDisk: number
  /** Of an archive: bytes that nobody needs and that stay at the host. */
  readonly saved?: number
  /** What is written is a guess: it may be more. */
  readonly isGuess?: boolean
  /** Of an archive that is fetched in parts: nobody knows yet whether its host gives any, else all of it is fetched. */
  readonly mayFetchAll?: boolean
  /** Of an archive that it fetches: bytes that lie beside the trees at once. */
  readonly held?: number
  /** Seconds on the longest way from here to the end of the build: what runs first. */
  readonly weight: number
}

export interface Plan {
  readonly graph: Graph
  readonly steps: ReadonlyMap<TaskId, Step>
  readonly totals: Totals
}

/** What a task will give, where that was looked up. */
export interface Measured {
  readonly bytes: number
  readonly files: number
  /** Of the bytes, in whole blocks. */
  readonly onDisk: number
  /** What it fetches, where that is not told by what it takes. */
  readonly download?: number
  /** Bytes of the archive that it leaves at the host. */
  readonly saved?: number
  /** The bytes follow from the number of files. */
  readonly isGuess?: boolean
}

export interface Totals {
  /** Known bytes; `unknown` counts the downloads whose size nothing tells, `guessed` the steps that may write more. */
  readonly download: number
  readonly write: number
  readonly files: number
  readonly unknown: number
  readonly guessed: number
  /** Steps that may fetch all of an archive instead of parts. */
  readonly wholes: number
  /** The most that the build holds at once on top of what is there. */
  readonly peakDisk: number
  /** The least it can do with, one archive after the other. */
  readonly leastDisk: number
  /** Of those bytes, what archives may hold at once. */
  readonly archives: number
  readonly byHost: Readonly<Record<string, number>>
  /** Bytes of archives that are not fetched because nobody needs them, about. */
  readonly saved?: number
}
