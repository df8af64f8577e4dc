/** The record that a task finished, and what is known when it did not. Plain data; lib/receipts remembers it. */

import type { Fingerprint } from './fingerprint.ts'
import type { TaskId } from './task.ts'

export interface Receipt {
  readonly task: TaskId
  readonly kind: string
  readonly kindVersion: number
  /** Without places. */
  readonly fingerprint: Fingerprint
  /** What was taken, in the order of `Outline.takes`, with the digest that it had (empty: not made); then what was looked at. */
  readonly inputs: readonly { readonly task: TaskId; readonly digest: string }[]
  /** SHA-256 of the file, or Merkle root of the tree; empty for a task that only checks. */
  readonly digest: string
  /** Name of the manifest file in the state folder, or a small manifest itself; empty for a task that only checks. */
  readonly manifest: string
  /** Where the artifact was placed, below the root; empty for a task that only checks. */
  readonly at: string
  readonly files: number
  readonly bytes: number
  readonly seconds: number
  /** What the kind remarked: `served by`, `etag`. */
  readonly remarks: Remarks
  /** Files outside the root that were read, in the order of `Outline.reads`: their paths are the spec's to know. */
  readonly reads?: readonly ReadFile[]
  readonly targets: readonly string[]
  /** ISO 8601. */
  readonly finished: string
}

/** What a kind said of its result beside its bytes. */
export type Remarks = Readonly<Record<string, string | number>>

/** Files of the result are links to those of a person (`adopt --link symlink`): they are looked at through them. */
export const isLinked = ({ remarks }: Pick<Receipt, 'remarks'>): boolean => remarks['link'] === 'symlink'

/** Files of the result that were not there when it was taken over: an archive tells them, and nothing their SHA-256. */
export const lackedBy = ({ remarks }: Pick<Receipt, 'remarks'>): number => Number(remarks['not there'] ?? 0)

/** The remark that a result was made by another definition and accepted for the present one: when, ISO 8601. */
export const acceptedMark = 'accepted'

/** Remarked by who wanted parts of an archive: whether its hosts gave ranges, `given` or `none`. */
export const rangesMark = 'ranges'

/** Remarked by who depends only on some of what it sees, those among its inputs: how many. */
export const sawMark = 'saw'

/** Remarked by who looked for images: how many, and how many of them are missing. */
export const imagesMark = 'images'
export const missingMark = 'missing'

/** What such a look found; undefined of any other task. */
export function lookedFor({ remarks }: Pick<Receipt, 'remarks'>): ImagesLookedFor | undefined {
  const [images, missing] = [remarks[imagesMark], remarks[missingMark]]
  return typeof images === 'number' && typeof missing === 'number' ? { images, missing } : undefined
}

export interface ImagesLookedFor {
  readonly images: number
  readonly missing: number
}

/** A file outside the root when a task read it. */
export interface ReadFile {
  readonly bytes: number
  readonly mtimeMs: number
}

/** An artifact that was being placed: where, and the name and digest of its manifest. */
export type Begun = Pick<Receipt, 'at' | 'manifest' | 'digest'>

/** All results of a task of which files may lie on disk, newest first. */
export function resultsOf(memory: Memory | undefined): readonly Begun[] {
  switch (memory?.state) {
    case 'done':
      return [memory.receipt]
    case 'started':
      return [...(memory.begun ?? []), ...(memory.previous ? [memory.previous] : [])]
    case 'forgotten':
    case undefined:
      return []
  }
}

/** Of the last result that was finished, also where a later attempt was ended. */
export function lastReceipt(memory: Memory | undefined): Receipt | undefined {
  switch (memory?.state) {
    case 'done':
      return memory.receipt
    case 'started':
      return memory.previous
    case 'forgotten':
    case undefined:
      return undefined
  }
}

/** What the log knows about a task: the last record wins. */
export type Memory =
  | { readonly state: 'done'; readonly receipt: Receipt }
  /** Began to touch its output and never said that it finished: unknown, not fresh. */
  | {
      readonly state: 'started'
      readonly task: TaskId
      /** What was there before. */
      readonly previous?: Receipt
      /** What has been on its way there since: any of its files may lie there, whole. */
      readonly begun?: readonly Begun[]
    }
  | { readonly state: 'forgotten'; readonly task: TaskId }
