/** What a task gets: for one attempt, to ask hosts with, and to look at what it placed. Types only. */

import type { Artifact, TaskId } from './artifact.ts'
import type { Fingerprint } from './fingerprint.ts'
import type { Audience, GrowingFile, GrowingSource } from './growing-file.ts'
import type { HeadersOf, Host } from './host.ts'
import type { Manifest } from './manifest.ts'
import type { Diagnostic } from './problem.ts'
import type { Remarks } from './receipt.ts'
import type { Standing } from './standing.ts'

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
  /** All that the spec names and that lasts, or `only` what these tasks give, as it lies there now. */
  standing(only?: readonly TaskId[]): Promise<readonly Standing[]>
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
  /** All that the spec names and that lasts, or `only` what these tasks give, as it lies there now. */
  standing(only?: readonly TaskId[]): Promise<readonly Standing[]>
  /** Tell the user without failing: a mirror that did not answer. */
  tell(diagnostic: Diagnostic): void
  /** The budget of a host, by its name without port. */
  host(name: string): Host
  readonly headersOf: HeadersOf
  /** Resolves after `milliseconds`, or rejects when the run is cancelled. */
  pause(milliseconds: number): Promise<void>
}
