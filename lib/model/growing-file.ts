/** A file that is being written and can already be read in part. Types only. */

import type { PartSizes } from './part-sizes.ts'

export interface GrowingFile {
  /** Absolute; another one soon after it is whole. */
  readonly path: string
  /** Open for reading, whatever becomes of `path`. Not to be closed by who reads. */
  readonly handle: number
  /** All bytes before it are there. */
  readonly watermark: number
  /** Of the whole file, once anybody knows. */
  readonly bytes: number | undefined
  /** Of each part, where it is published in several; known with `bytes`. */
  readonly parts: PartSizes | undefined
  /** Resolves to the size of the whole. Rejects as `until` does. */
  size(): Promise<number>
  /** Nothing follows. */
  readonly isWhole: boolean
  /** Resolves to the watermark once it is at `bytes`, or once the file is whole. Rejects where it never will be, and with BegunAnew where the file is fetched from its beginning again. */
  until(bytes: number): Promise<number>
  /** As `until(to)`, for a stretch of which something may have been given back to the disk before: then it rejects with BegunAnew. */
  need(from: number, to: number): Promise<void>
  /** Asks for `[from, to)` ahead of other bytes; resolves when they can be read. Rejects as `until` does. */
  wish(from: number, to: number): Promise<void>
  /** This reader needs nothing before `position` any more; at infinity nothing at all, unless a later run reads again from there. */
  pass(position: number): void
}

/** What was read so far belongs to another version of the file: whoever reads it starts again. */
export class BegunAnew extends Error {
  override readonly name = 'BegunAnew'
}

/** It will not become whole: who makes it failed, or was stopped, and says so itself. */
export class Forsaken extends Error {
  override readonly name = 'Forsaken'
}

/**
 * Who will read a file that grows. `reading`: everybody who ever will is reading it now; `coming`: somebody of them opens
 * it in a moment; `later`: somebody will want it at its place; `kept`: it is wanted for itself.
 */
export type Audience = 'reading' | 'coming' | 'later' | 'kept'

/** The same file, for who hands it to readers. */
export interface GrowingSource {
  readonly isWhole: boolean
  /** All bytes are there, and nothing says yet that they are the right ones. */
  readonly isUnproven: boolean
  /** Calls `tell` once they are known to be what a pin describes: a later run can go on with them, if this one is stopped. */
  onProven(tell: () => void): void
  /** It will not become whole; there may be another one. */
  readonly isVoid: boolean
  /** It will never be whole, where it is not: who waits hears why. */
  fail(error: Error): void
  read(): GrowingFile & { close(): void }
}
