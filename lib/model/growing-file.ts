/** A file that is being written and can already be read in part. Types only. */

export interface GrowingFile {
  /** Absolute. It may be renamed once it is whole: who reads it opens it once and keeps it open. */
  readonly path: string
  /** All bytes before it are there. */
  readonly watermark: number
  /** Of the whole file, once anybody knows. */
  readonly bytes: number | undefined
  /** Nothing follows. */
  readonly isWhole: boolean
  /** Resolves to the watermark once it is at `bytes`, or once the file is whole. Rejects where it never will be, and with BegunAnew where the file is fetched from its beginning again. */
  until(bytes: number): Promise<number>
  /** Asks for `[from, to)` ahead of other bytes; resolves when they can be read. Rejects as `until` does. */
  wish(from: number, to: number): Promise<void>
  /** This reader needs nothing before `position` any more. */
  pass(position: number): void
}
