/** Parameters of the task kinds that the graph asks for by itself. Types only: the kinds stand in `tasks/`. */

import type { Allowance } from './annotation.ts'
import type { Place } from './problem.ts'
import type { Download, RenameRule } from './spec.ts'
import type { Pieces, TaskId } from './task.ts'

export interface DownloadParams {
  /** File name and a few letters of the address's digest: tells apart three archives called images.zip. */
  readonly name: string
  readonly download: Download
  /** Absolute folder that relative paths start from. */
  readonly folder: string
  /** Where the file will lie, below the root. */
  readonly at: string
  readonly fileName: string
  /** Places of `url`, `sha256`, `md5`, `size` in the spec, for messages. */
  readonly places: Readonly<Record<string, Place>>
}

export interface ManualParams {
  /** File name and a few letters of a digest of the target, as a download has them. */
  readonly name: string
  /** The target's directory below the root: the person's file lies in a folder of that name. */
  readonly target: string
  readonly instructions: string
  readonly wanted: Pick<Download, 'size' | 'sha256' | 'md5'>
  /** Where the file will lie, below the root. */
  readonly at: string
  readonly fileName: string
  /** Of the instructions. */
  readonly place: Place
  /** Places of `sha256`, `md5`, `size` in the spec, for messages. */
  readonly places: Readonly<Record<string, Place>>
}

export interface UrlsParams {
  /** The target's directory below the root. */
  readonly target: string
  /** Where the files will lie, below the root. */
  readonly at: string
  readonly lasting: boolean
  /** Gives the list. */
  readonly from: TaskId
  readonly listName: string
  /** Of the list; undefined: told by its name. */
  readonly format: 'json' | 'jsonl' | 'csv' | 'text' | undefined
  /** Fields of a record that name its file and hold its address. */
  readonly key: string | undefined
  readonly address: string | undefined
  /** Template of a file's name: `{key}.jpg`. */
  readonly name: string | undefined
  /** How many of the addresses may give nothing; none when undefined. */
  readonly allowMissing: Allowance | undefined
  /** How many files it gives, where the spec tells. */
  readonly files: number | undefined
  readonly fill: Filling | undefined
  /** Of `from`, `format`, `key`, `address`, `name`, `allow_missing`, `fill`, for messages. */
  readonly places: Readonly<Record<string, Place>>
}

/** An archive for what the addresses of a list do not give. */
export interface Filling {
  /** Gives the archive. */
  readonly from: TaskId
  /** Which archive: its digest where the spec pins it, else its address. */
  readonly identity: string
  /** Parameters of the task that would unpack all of it. */
  readonly unpack: unknown
}

/** A tree whose files get other names. */
export interface RenamedPart {
  readonly task: TaskId
  readonly prefix: string
  /** A few of its files can be had without the rest of its archive. */
  readonly again?: {
    readonly pieces: Pieces
    /** Parameters of the task that would unpack all of it. */
    readonly unpack: unknown
  }
}

export interface RenameParams {
  /** The target's directory below the root. */
  readonly target: string
  readonly rules: readonly (RenameRule & { readonly place: Place })[]
  /** Trees to take, and the folder below the target that each belongs into (`''`: the target itself). */
  readonly parts: readonly RenamedPart[]
  /** Images become JPEG under .jpg. */
  readonly transcode: { readonly place: Place } | undefined
  readonly bytes: number | undefined
  readonly files: number | undefined
}

export interface ExpectParams {
  readonly target: string
  /** How many files the target is to hold in all. */
  readonly files: { readonly wanted: number; readonly place: Place } | undefined
  /** Every file of a tree is to be an image that is whole, but for trees of these tasks. */
  readonly images: { readonly place: Place; readonly except: readonly TaskId[] } | undefined
  /** Every task that gives files of the target. */
  readonly parts: readonly TaskId[]
}
