/**
 * One node of work, and what all tasks of a kind share.
 * Knows neither the spec nor the scheduler: a kind is handed to `lib` by the front door.
 */

import type { Annotation, Reference } from './annotation.ts'
import type { Artifact, TaskId } from './artifact.ts'
import type { Contents, ContentsInquiry } from './contents.ts'
import type { Change, Fingerprint } from './fingerprint.ts'
import type { Audience, GrowingFile, GrowingSource } from './growing-file.ts'
import type { HeadersOf, Host } from './host.ts'
import type { Found } from './lock-file.ts'
import type { Manifest } from './manifest.ts'
import type { Diagnostic, DiagnosticDraft, Place } from './problem.ts'
import type { Remarks } from './receipt.ts'
import type { SourceForm } from './source-form.ts'
import type { Standing } from './standing.ts'

export type { Artifact, Pins, TaskId } from './artifact.ts'

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

/** What a task gets to ask hosts with. */
export type Inquiry = Pick<Workbench, 'host' | 'headersOf' | 'signal' | 'requested' | 'tell' | 'pause'>

/** Where a finished artifact lies. */
export interface Placed {
  /** Absolute root of the playground. */
  readonly root: string
  /** Absolute path of the artifact; of a task that gives none, the root. */
  readonly path: string
  /** For a task that only checks: what it reads, all of it as recorded. */
  readonly inputs: readonly Pick<Input, 'artifact' | 'path' | 'manifest'>[]
  readonly signal: AbortSignal
  /** All that the spec names and that lasts, as it lies there now. */
  standing(): Promise<readonly Standing[]>
}

/** An artifact that a running task reads. */
export interface Input {
  readonly artifact: Artifact
  /** Absolute path. */
  readonly path: string
  /** For a file: one entry, named as the file. Of one that is still growing nothing is known: no entry. */
  readonly manifest: Manifest
  /** What its maker remarked, where it is made. */
  readonly remarks?: Remarks
  /** It is still being written; without it the file at `path` is whole. */
  readonly growing?: GrowingFile
  /** Not on disk as recorded, whatever lies at `path`: a kind that reworks may be given no more than the manifest. */
  readonly absent?: boolean
  /** It may not hold all of its files, only those that annotations refer to. */
  readonly isPart?: boolean
  /** Nobody else reads it and it is not kept: its files may be linked or moved away instead of copied. */
  readonly sole: boolean
}

/** A result as it was recorded. */
export interface Last {
  readonly manifest: Manifest
  readonly fingerprint: Fingerprint
  readonly remarks: Readonly<Record<string, string | number>>
}

/** What a task gets for one attempt. */
export interface Workbench {
  /** Absolute path of an empty folder of this attempt. A file artifact is written as its base name, a tree's files by their paths in it. */
  readonly staging: string
  /** Absolute path of a folder that outlives attempts and kills, for what can be resumed. */
  readonly shelf: string
  /** Absolute path of the folder in which people lay down what they fetched: a folder for each target. */
  readonly manual: string
  /** Absolute path where the artifact will lie. */
  readonly final: string
  /** In the order of `Outline.takes`. */
  readonly inputs: readonly Input[]
  /**
   * What lies at the final place from last time and is still as recorded: need not be made again, only recorded with
   * `keep`. Given where fingerprint and inputs are the same, and always to a kind that asked for it or that may do
   * without its archive.
   */
  readonly intact: Manifest | undefined
  /** The last attempt was ended while it placed: any of its files may lie at `final`. */
  readonly isBegun: boolean
  /** The last result, where some of it may be kept: with the files that are damaged now, and what made it. */
  readonly last?: Last | undefined
  /** For a kind that reworks: the last result, still as recorded at `final`, and the fingerprint that made it. */
  readonly previous: { readonly manifest: Manifest; readonly fingerprint: Fingerprint } | undefined
  /** Files that may already hold a wanted content (absolute), worth a look before asking a host. */
  readonly candidates: readonly string[]
  /** The playground folds the case of names (as on macOS): `A` and `a` are one file. */
  readonly foldsCase: boolean
  readonly offline: boolean
  /** How many the build may use, for a kind that spreads its work over threads. */
  readonly cores: number
  readonly signal: AbortSignal
  /** So much more lies below `staging`: it is sent to the disk while the rest is made. */
  wrote(bytes: number): void
  /** A file was written into staging: path in the artifact (for a file artifact its base name), bytes, SHA-256 in hex. */
  record(path: string, bytes: number, sha256: string): void
  /** A file of `intact` needs no new copy; nor does another one at the final place, which was just read and is `found`. */
  keep(path: string, found?: { readonly bytes: number; readonly sha256: string }): void
  /**
   * What was read while it grew, at its place, once its maker is done; of any other input itself. Rejects as `GrowingFile.until`
   * does: what it resolves to has the bytes that were read.
   */
  whole(input: Input): Promise<Input>
  /** The artifact of a task of `Outline.mayTake`, where it is on disk already. */
  atHand(task: TaskId): Input | undefined
  /**
   * A task of `Outline.mayTake`, or one of `Outline.takes` that is absent, whose artifact is needed after all. Where it is not on disk this throws: the attempt ends, and
   * there is another one once it was made. Let the error pass.
   */
  want(task: TaskId): Input
  /** When this build began (milliseconds since 1970): what was done since then was done by it. */
  readonly began: number
  /** Asked for with `--force`. */
  readonly forced: boolean
  /** Which files the result will have, as soon as that is known. */
  foretell(names: Pick<Manifest, 'count' | 'path'>): void
  /** A file was made, and used up by who read it while it grew: recorded, not placed. */
  spend(path: string, bytes: number, sha256: string): void
  /** Who reads the artifact while it grows, at this moment. */
  audience(): Audience
  /** The file artifact that is being made may be read while it grows. */
  offer(file: GrowingSource): void
  /** Of `Outline.sees`: those that its finding depends on. Whatever becomes of the others is no reason to look again. */
  saw(tasks: ReadonlySet<TaskId>): void
  /** Remembered in the receipt: which mirror served, its ETag. Short, without credentials. */
  remark(name: string, value: string | number): void
  /** Bytes came from a host (for rates and the summary). `total` is undefined while unknown. */
  received(bytes: number): void
  /** A whole file came from a host, of a task that fetches many. */
  fetched(): void
  /** How far the task is. */
  progress(done: number, total: number | undefined, unit: 'bytes' | 'files'): void
  /** A request was sent. */
  requested(): void
  /** All that the spec names and that lasts, as it lies there now. */
  standing(): Promise<readonly Standing[]>
  /** Tell the user without failing: a mirror that did not answer. */
  tell(diagnostic: Diagnostic): void
  /** The budget of a host, by its name without port. */
  host(name: string): Host
  readonly headersOf: HeadersOf
  /** Resolves after `milliseconds`, or rejects when the run is cancelled. */
  pause(milliseconds: number): Promise<void>
}
