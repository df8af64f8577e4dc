/** What lies in the playground by the records of the tasks, for who is asked for files by their paths. Types only. */

import type { TaskId } from './artifact.ts'
import type { ColumnarManifest } from './manifest.ts'

/** What a task has made of the playground. */
export interface Standing {
  readonly task: TaskId
  readonly target: string
  /** Folder below the root that the paths of its manifest begin in. */
  readonly folder: string
  /** Undefined where it was not built. */
  readonly manifest: ColumnarManifest | undefined
  /** All of its files lie there as recorded. */
  readonly isIntact: boolean
  /** Absolute path of the folder in which its task keeps what outlives attempts. */
  readonly shelf: string
}
