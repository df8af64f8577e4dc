/**
 * Looks at bytes here and there of one file after another, without a promise for each: for many files of which a few
 * bytes are enough. Knows no format.
 */

import { closeSync, openSync, readSync } from 'node:fs'
import type { Glimpse } from '../model/image/glimpse.ts'

const blockBytes = 4096
/** Of the file that is open: its beginning, the last short stretch that was asked for, the last long one. */
const head = Buffer.allocUnsafe(blockBytes)
const block = Buffer.allocUnsafe(blockBytes)
let long = Buffer.alloc(0)

/** Opens a file of known size for the time of one look. Throws what node:fs throws. */
export function glimpseOf<T>(path: string, bytes: number, look: (file: Glimpse) => T): T {
  const handle = openSync(path, 'r')
  try {
    const headBytes = fill(handle, head, 0, blockBytes)
    let [start, end] = [0, 0]
    return look({
      bytes,
      at(from, length) {
        // Headers point anywhere, and not every number is a position.
        if (from >= bytes) return head.subarray(0, 0)
        if (from + length <= headBytes || headBytes < blockBytes)
          return head.subarray(Math.min(from, headBytes), Math.min(from + length, headBytes))
        if (length > blockBytes) {
          if (long.length < length) long = Buffer.allocUnsafe(length)
          return long.subarray(0, fill(handle, long, from, length))
        }
        if (from < start || from + length > end)
          [start, end] = [from, from + fill(handle, block, from, blockBytes)]
        return block.subarray(from - start, Math.min(from - start + length, end - start))
      },
    })
  } finally {
    closeSync(handle)
  }
}

/** One call may give less than there is. */
function fill(handle: number, into: Buffer, from: number, length: number): number {
  let got = 0
  while (got < length) {
    const read = readSync(handle, into, got, length - got, from + got)
    if (read === 0) break
    got += read
  }
  return got
}
