/** How a source of the spec asks for a kind of task, and what the graph tells the kind of it. Types only. */

import type { Grammar } from './grammar.ts'
import type { DownloadParams } from './params.ts'
import type { Place } from './problem.ts'
import type { RenameRule } from './spec.ts'
import type { TaskId } from './task.ts'

/** The key under which a source asks for a kind, and the shape of what stands there. */
export interface SourceForm<P> {
  readonly key: string
  readonly grammar: Grammar
  /** Endings of file names that ask for this kind when the source says nothing: `.zip`. */
  readonly endings?: readonly string[]
  /** The name of the file that is asked for, where the source itself says it. */
  readonly fileName?: (written: unknown) => string
  /** May also be asked for below `fill:`, to give the files that are missing elsewhere. */
  readonly fills?: boolean
  /** Parameters of the task. Pure. */
  params(request: SourceRequest): P
  /** What may be made of its files, beside them. */
  readonly derives?: Derivation
}

/** How a source asks that something is made of its file, or of several files of one kind: the originals stay as they are. */
export interface Derivation {
  /** The kind of task that makes it. */
  readonly kind: string
  /** Path of the result below the root; undefined where the source asks for none. Pure. */
  at(request: Pick<SourceRequest, 'target' | 'written' | 'fileName'>): string | undefined
  /** Parameters of that task. Pure. May throw a Problem. */
  params(request: DerivedRequest): unknown
}

/** What the graph tells of a result that is made of others. */
export interface DerivedRequest extends Pick<SourceRequest, 'target' | 'written' | 'fileName' | 'placeOf'> {
  readonly originals: readonly Original[]
  /** They are named by the source itself, one by one. */
  readonly isMerge: boolean
  /** Bytes of the one original, where the spec tells. */
  readonly size: number | undefined
  /** The tasks whose results can lie at or below a folder (below the root), but for those that could be originals. */
  givenAt(folder: string): readonly TaskId[]
}

/** A file that something is made of. */
export interface Original {
  readonly task: TaskId
  /** Below the root. */
  readonly at: string
  /** Where the spec names it. */
  readonly place: Place
}

/** What the graph tells a kind about the source that asked for it. */
export interface SourceRequest {
  /** The target's directory below the root. */
  readonly target: string
  /** What stands under the kind's key, checked by its grammar; undefined where the kind was told by the file's name. */
  readonly written: unknown
  /** The task that gives the file, and the file's name. */
  readonly from: TaskId
  readonly fileName: string
  /** How that file is downloaded; undefined where a person fetches it. */
  readonly download?: DownloadParams
  /** What later becomes of the names of the target's files. */
  readonly rename?: readonly RenameRule[]
  /** Images become JPEG after that, under names of theirs. */
  readonly transcode?: boolean
  /** Size and SHA-256 of that file where the spec tells them. */
  readonly size: number | undefined
  readonly sha256: string | undefined
  /** How many files the target is expected to hold, where the spec tells. */
  readonly expectedFiles: number | undefined
  /** Whether a later task of the target consumes the result, so that it is no lasting artifact; where it lies then. */
  readonly part: string | undefined
  /** Where the value at a key below the kind's key stands: `placeOf('root')`. */
  placeOf(...keys: readonly (string | number)[]): Place
}
