/** What the user wrote, checked. Plain data: it can be stored and compared. Knows neither YAML nor tasks. */

import type { Allowance } from './annotation.ts'
import type { Place } from './problem.ts'

export interface Spec {
  /** The spec file as named on the command line, for messages. */
  readonly file: string
  /** Absolute folder of the spec file: relative addresses and the root start here. */
  readonly folder: string
  /** The playground's root as written. */
  readonly root: string
  readonly archives: 'discard' | 'keep'
  readonly hosts: Readonly<Record<string, HostBudget>>
  readonly groups: Readonly<Record<string, readonly string[]>>
  /** Named downloads, for an archive that several targets share. */
  readonly downloads: Readonly<Record<string, Download>>
  /** By directory below the root, with `/`, without leading or trailing one. */
  readonly targets: Readonly<Record<string, Target>>
  /** Where each value stands: pointer (`targets/coco~1train2017/sources/0/sha256`, RFC 6901 escapes) → line, column, length. */
  readonly places: Readonly<Record<string, readonly [line: number, column: number, length: number]>>
}

export interface HostBudget {
  /** Simultaneous connections. */
  readonly connections?: number
  readonly rateBytesPerSecond?: number
  readonly floorBytesPerSecond?: number
  /** Sent to this host alone, as written: `${NAME}` stands for an environment variable. */
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as `Authorization: Bearer …`; `${NAME}` likewise. */
  readonly token?: string
}

/** A size as written: `exact` where every byte was given, else only a plausibility check. */
export interface Size {
  readonly bytes: number
  readonly exact: boolean
}

/** Where bytes come from. */
export interface Download {
  /** One address; several are the parts of one file, in order. Ranges (`{000..050}`, `{aa..ad}`) are written out. */
  readonly url: readonly string[]
  readonly mirrors: readonly string[]
  readonly size?: Size
  /** Lower-case hex. */
  readonly sha256?: string
  readonly md5?: string
  /** Pointer of the object that it was written in. */
  readonly pointer: string
  /** What the lock file added, where it has something to add. */
  readonly locked?: Locked
}

/** Which parts of a download stand in the lock file, not in the spec. */
interface Locked {
  /** The commit to fetch from, in the place of a moving revision. */
  readonly revision?: string
  /** SHA-256 of the directory, where it is an archive. */
  readonly directory?: string
  /** Of all that is the lock file's: `sha256`, `md5`, `size`, `directory`, `revision`. */
  readonly places: Readonly<Record<string, Place>>
  /** What the spec says in the place of the exact size. */
  readonly roundedSize?: Size
}

/** A size that was written with a unit was rounded by its writer, perhaps from binary units: 10 % either way. */
export const sizeFits = ({ bytes, exact }: Size, found: number): boolean =>
  exact ? bytes === found : Math.abs(found - bytes) <= bytes / 10

export type Origin =
  | { readonly form: 'address'; readonly download: Download }
  /** A download of `Spec.downloads`. */
  | { readonly form: 'named'; readonly name: string }
  /** One address per file, listed in a file. */
  | {
      readonly form: 'urls'
      readonly list: Download
      /** Of the list; undefined: told by its name. */
      readonly format?: 'json' | 'jsonl' | 'csv' | 'text'
      /** Fields of a record that name its file and hold its address. */
      readonly key?: string
      readonly address?: string
      /** Template of the file's name: `{key}.jpg`. */
      readonly name?: string
      readonly allowMissing?: Allowance
      /** Where to take files from that their own address does not give. */
      readonly fill?: Source
      readonly pointer: string
    }
  /** Files of this playground by their paths below the root, in this order. */
  | { readonly form: 'merge'; readonly paths: readonly string[] }
  /** Instructions for a person. */
  | {
      readonly form: 'manual'
      readonly instructions: string
      readonly sha256?: string
      readonly md5?: string
      readonly size?: Size
      readonly pointer: string
    }

export interface Source {
  readonly origin: Origin
  /** What becomes of it: the name of a task kind and its checked parameters. Undefined: to be told by the file's name. */
  readonly becomes?: { readonly kind: string; readonly params: unknown }
  readonly pointer: string
}

export interface RenameRule {
  /** fast-glob pattern, against paths relative to the target. */
  readonly match: string
  /** Template with `{dir}`, `{stem}`, `{ext}`, `{name}`. */
  readonly to: string
}

export interface Target {
  readonly title?: string
  readonly license?: string
  readonly homepage?: string
  readonly sources: readonly Source[]
  readonly rename: readonly RenameRule[]
  /** Images that archives and lists give become real JPEG. */
  readonly transcode?: 'jpg'
  readonly expect: { readonly files?: number; readonly images?: boolean }
  readonly pointer: string
}

/** The pointer of a value below another: `below('targets', 'coco/train2017')` → `targets/coco~1train2017`. */
export function below(pointer: string, ...keys: readonly (string | number)[]): string {
  let path = pointer
  for (const key of keys) {
    const name = typeof key === 'number' || !/[~/]/.test(key) ? key : escaped(key)
    path = path === '' ? `${name}` : `${path}/${name}`
  }
  return path
}

const escaped = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1')

/** Where the value at `pointer` stands in the spec file, or where the nearest value around it does. */
export function placeOf(spec: Pick<Spec, 'file' | 'places'>, pointer: string): Place {
  for (let at = pointer; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/')))) {
    const found = spec.places[at]
    if (found) return { file: spec.file, line: found[0], column: found[1], length: found[2] }
    if (at === '') return { file: spec.file, line: 1, column: 1, length: 1 }
  }
}
