/**
 * The sorted list of what an artifact contains: path, size, times, inode, SHA-256. Held in columns, not in an object per
 * file, so that a million entries stay small. Pure: reading and writing the file is lib/receipts' work.
 */

/** Entry `i` of `0 … count - 1`, sorted by the UTF-8 bytes of the path. */
export interface Manifest {
  readonly count: number
  /** Sum of sizes. */
  readonly bytes: number
  /** Merkle root of a tree; the SHA-256 of the one file of a file artifact. Hex. Times are not part of it. */
  readonly digest: string
  /** The filesystem's clock after the last entry was looked at, milliseconds: an entry not older than this is racy. */
  readonly takenAtMs: number
  /** `/` between names, relative to the artifact's place; the base name for a file artifact. */
  path(i: number): string
  size(i: number): number
  /** Milliseconds with fraction, as `fs.Stats` gives them. */
  mtimeMs(i: number): number
  ctimeMs(i: number): number
  inode(i: number): number
  /** Hex. */
  sha256(i: number): string
  /** Index of a path, or -1. */
  find(path: string): number
}
