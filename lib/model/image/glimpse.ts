/** Bytes of a file that can be asked for anywhere, at once. Types only: where they come from is somebody else's business. */

export interface Glimpse {
  readonly bytes: number
  /** Up to `length` bytes from `from`, fewer where the file ends. Good until the next call. */
  at(from: number, length: number): Buffer
}
