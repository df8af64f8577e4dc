/** Everything that can happen in a run, as data. Reporters draw it; with `--json` it is the output. */

import type { Diagnostic } from './problem.ts'
import type { ImagesLookedFor } from './receipt.ts'
import type { TaskId } from './task.ts'
import type { Reason } from './verdict.ts'

interface OfTask {
  readonly task: TaskId
  readonly target: string
  readonly kind: string
}

export type RunEvent =
  | ({ readonly event: 'task-started'; readonly reason: Reason } & OfTask)
  | ({
      readonly event: 'task-progress'
      readonly done: number
      readonly total: number | undefined
      readonly unit: 'bytes' | 'files'
    } & OfTask)
  | ({
      readonly event: 'task-finished'
      readonly seconds: number
      readonly files: number
      readonly bytes: number
      readonly bytesDownloaded: number
      /** Of the result, what this attempt made; the rest lay there. */
      readonly filesWritten: number
      readonly bytesWritten: number
      /** Of a task that fetches many. */
      readonly filesDownloaded?: number
      /** Of a task that looks for them. */
      readonly looked?: ImagesLookedFor
    } & OfTask)
  /** Begun, and neither finished nor failed: nobody reads any more what it was making, what it needs failed, or the build was ended. */
  | ({ readonly event: 'task-stopped'; readonly why: string } & OfTask)
  | ({ readonly event: 'task-failed'; readonly code: string; readonly message: string } & OfTask)
  /** Before any task: files are read to know whether they are as recorded. Bytes. */
  | { readonly event: 'reading'; readonly done: number; readonly total: number }
  | { readonly event: 'diagnostic'; readonly diagnostic: Diagnostic }
  | ({ readonly event: 'summary' } & Summary)

export interface Summary {
  /** Tasks that did work. */
  readonly ran: number
  readonly fresh: number
  /** Of those that ran: put back what was missing or edited on disk. */
  readonly repaired: number
  readonly failed: number
  /** Not tried or not finished, because something else failed. */
  readonly skipped: number
  /** Of those: begun, and stopped. */
  readonly stopped?: number
  readonly bytesDownloaded: number
  readonly bytesWritten: number
  readonly filesWritten: number
  readonly requests: number
  readonly seconds: number
  readonly exitCode: number
}

/** Takes events as they happen. Must not throw. */
export type Report = (event: RunEvent) => void
