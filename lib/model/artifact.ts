/** What a task gives. Knows no task but by its name. */

import type { Place } from './problem.ts'

/** Stable across runs and machines: `unzip:coco/train2017`. */
export type TaskId = string

/** A file or tree that exactly one task gives. */
export interface Artifact {
  /** The id of the task that gives it. */
  readonly task: TaskId
  readonly form: 'file' | 'tree'
  /** Path below the root, `/` between names; for a tree its top folder. */
  readonly at: string
  /**
   * Lasting artifacts are the playground. The others (archives, parts that a rename consumes) exist only while a task
   * needs them: their absence makes nothing stale.
   */
  readonly lasting: boolean
  /** Of a tree: all of its files, below the root, where the spec alone tells them. It may lie around other results then. */
  readonly holds?: readonly string[]
  /** Its bytes may be a person's own, under a second name: whoever places them makes a copy, which nobody else can edit. */
  readonly borrowed?: boolean
  /** What the spec says of the result before it is made. A result that matches is right, wherever it came from. */
  readonly pins?: Pins
}

/** A fixed result: digests in lower-case hex, exact size in bytes. */
export interface Pins {
  readonly sha256?: string
  readonly md5?: string
  readonly bytes?: number
  /** Where the spec pins it. */
  readonly place?: Place
}
