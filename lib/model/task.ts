/**
 * One node of work, and what all tasks of a kind share.
 * Knows neither the spec nor the scheduler: a kind is handed to `lib` by the front door.
 */

import type { Annotation, Reference } from './annotation.ts'
import type { Artifact, TaskId } from './artifact.ts'
import type { Contents, ContentsInquiry } from './contents.ts'
import type { Change, Fingerprint } from './fingerprint.ts'
import type { Found } from './lock-file.ts'
import type { Diagnostic, DiagnosticDraft, Place } from './problem.ts'
import type { SourceForm } from './source-form.ts'
import type { Inquiry, Placed, Workbench } from './workbench.ts'

export type { Artifact, Pins, TaskId } from './artifact.ts'
export type { Input, Inquiry, Last, Placed, Workbench } from './workbench.ts'

/** What a task takes and gives: pure, from its parameters alone. */
export interface Outline {
  /** Beginning of the id behind the kind: `coco/train2017`. */
  readonly name: string
  readonly fingerprint: Fingerprint
  /** Tasks whose artifacts are read. */
  readonly takes: readonly TaskId[]
  /** Tasks whose artifacts are read only if the work turns out to need them (`Workbench.want`): not waited for, not made unasked. */
  readonly mayTake?: readonly TaskId[]
  /** Tasks whose results are looked at where they are there: waited for where they are planned, too, never made for it. */
  readonly sees?: readonly TaskId[]
  /**
   * Parts of what it takes can be had without the rest: from that host, or without one from a file of this machine. A few
   * damaged files of its result are made again from those alone.
   */
  readonly pieces?: Pieces
  /** An annotation: the folder below the root (`''`: the root) that the image paths in it are relative to. */
  readonly refersBelow?: string
  /** Undefined for a task that only checks. */
  readonly gives?: Omit<Artifact, 'task'>
  /** Its result is a part of its input, written anew beside it, whatever its kind else makes of one. */
  readonly isExcerpt?: boolean
  /** How much it is expected to move; undefined where nothing in the spec tells. */
  readonly forecast: Forecast
  /** Files outside of the root that are read (absolute), so that a change of theirs is seen. */
  readonly reads?: readonly string[]
}

export interface Pieces {
  readonly host?: string
  /** Fetched in any case, with the directory in it where that is not longer. */
  readonly endBytes: number
  /** The lock file says by what it can be told that they are the right ones. */
  readonly isPinned: boolean
  /** Only files whose SHA-256 is recorded, and none that was not there when the others were taken over. */
  readonly needsDigests?: boolean
}

/** What it reads, and what it may read. */
export const inputsOf = ({ takes, mayTake = [] }: Outline): readonly TaskId[] =>
  mayTake.length === 0 ? takes : [...takes, ...mayTake]

interface Forecast {
  /** Bytes from hosts, by host name. A size that nothing tells is undefined. */
  readonly download?: { readonly host: string; readonly bytes: number | undefined }
  /** Bytes that lie at the artifact's place afterwards. */
  readonly bytes?: number | undefined
  /** The bytes are those of the archive, which holds as much or more. */
  readonly isPacked?: boolean
  readonly files?: number | undefined
  /** A file of this machine (absolute) that is copied: it tells the size where the spec does not. */
  readonly copyOf?: string
  /** It is given a second name instead, where the disk can. */
  readonly mayLink?: boolean
}

/** A task of the graph. */
export interface Task {
  readonly id: TaskId
  readonly kind: TaskKind
  readonly params: unknown
  /** The target it works for; a download that targets share names the first. */
  readonly target: string
  /** Every target that needs it. */
  readonly targets: readonly string[]
  readonly outline: Outline
  readonly gives: Artifact | undefined
  /** Where the spec asks for it. */
  readonly place: Place
}

export interface TaskKind<P = unknown> {
  /** `download`, `unzip`, `rename`, `json`, … */
  readonly name: string
  /** Raise it when the same parameters give another result: older results are stale then, and `why` says so. */
  readonly version: number
  /** What is spent while it runs: a core, or only the network (connections are taken with `Host.connect`). */
  readonly lane: 'core' | 'network'
  /** How a source of the spec asks for it; absent for kinds that the graph adds by itself. */
  readonly source?: SourceForm<P>
  outline(params: P): Outline
  /** What this machine lacks for these parameters (a program), so that a build is refused before it starts. */
  lacks?(params: P): DiagnosticDraft | undefined
  /** The first of the files of this machine that it would read and that is not there, so that a dry run tells it. */
  missing?(params: P): Promise<DiagnosticDraft | undefined>
  /**
   * The parameters of a task that makes only the files that these annotations refer to, and takes those of them that can
   * refer to its own; undefined where it can only make all. Of one that checks: what holds for a part of the files. Pure.
   */
  onlyNeeded?(params: P, annotations: readonly Annotation[]): P | undefined
  /**
   * The parameters of a task that gives so many records of its annotation instead of all; undefined where it gives none. Pure.
   */
  sampled?(params: P, records: number): P | undefined
  /**
   * Of a task that makes only what annotations refer to: how many files those are, of how many where the spec tells.
   * `annotations`: absolute paths, in the order of what it takes. Throws what is wrong with one.
   */
  needed?(params: P, annotations: readonly string[]): Promise<Needed>
  /** Writes into `bench.staging` only, and records each file there. May throw a Problem. */
  run(params: P, bench: Workbench): Promise<void>
  /** Asks hosts what they tell of the result, without fetching it; what the lock file says plays no part. May throw a Problem. */
  inquire?(params: P, inquiry: Inquiry): Promise<Found>
  /**
   * The directory of the archive that it takes, by its SHA-256, read from its host alone; undefined where no host gives a part
   * of it. `folder`: absolute, for what is read. May throw a Problem.
   */
  inquireDirectory?(params: P, inquiry: Inquiry, folder: string): Promise<Found | undefined>
  /**
   * What its result is to hold, as far as that can be told without making it; undefined where it cannot. `inputs`: what was
   * told of what it takes. May throw a Problem.
   */
  contents?(params: P, inquiry: ContentsInquiry, inputs: readonly Contents[]): Promise<Contents | undefined>
  /**
   * `shelf`: its staging folder outlives attempts that fail and are killed, for many files. What lies in it at the end of an
   * attempt is placed, so what is not part of the result has to be taken out. `shelf-and-place`: and what still lies at the
   * final place is `intact` whatever changed.
   */
  readonly staging?: 'shelf' | 'shelf-and-place'
  /**
   * It may begin while what it takes is still being made: `Input.growing` is there then. Its result is placed after that.
   * `once`: what it has used it never reads again, also after a kill, so that it may be given back to the disk; `again`: an
   * attempt that was ended begins at the first byte.
   */
  readonly takesGrowing?: 'once' | 'again'
  /** Its result is its input under another name: an input that nobody else reads is given back as soon as that is placed. */
  readonly consumes?: boolean
  /** What can be wrong with a result, or with what is only checked, although all bytes are as recorded: `verify` asks. */
  audit?(params: P, placed: Placed): Promise<readonly Diagnostic[]>
  /** The annotation that it gives, where its images are to be looked for once they are there. Pure. */
  refers?(params: P): Reference | undefined
  /**
   * What could not be had, by its cause in words, the most frequent first: of the last attempts, as the shelf (an absolute folder,
   * which may not be there) tells it. Reads only.
   */
  failures?(shelf: string): Promise<readonly Failures[]>
  /**
   * Whether it can make its result from its own previous one, without its inputs, when only this changed of its fingerprint
   * (a rename finds its files under the old names). It may find out that it cannot, and `want` its inputs.
   */
  reworks?(changes: readonly Change[]): boolean
  /** Ingredients that say what must hold of the result, not how it is made: what they ask for is looked for, never accepted. */
  readonly demands?: readonly string[]
}

/** Files that annotations refer to. */
interface Needed {
  readonly files: number
  readonly of: number | undefined
}

/** `status 404`, and how often. */
export interface Failures {
  readonly cause: string
  readonly count: number
}
