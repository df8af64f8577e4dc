/** Whether a file on disk is what an entry of an archive becomes. Reads it, and changes nothing. */

import { createHash } from 'node:crypto'
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { crc32 } from '../crc32.ts'
import type { ZipEntry } from '../zip/columns.ts'

const pieceBytes = 1 << 20

/** Its digest, where size and CRC-32 are right. */
export function sha256IfWhole(
  path: string,
  { bytes, crc32: wanted }: Pick<ZipEntry, 'bytes' | 'crc32'>,
): Buffer | undefined {
  const handle = openSync(path, 'r')
  try {
    if (fstatSync(handle).size !== bytes) return undefined
    const piece = Buffer.allocUnsafe(Math.min(bytes, pieceBytes))
    const hash = createHash('sha256')
    let crc = 0
    for (let length = readSync(handle, piece); length > 0; length = readSync(handle, piece)) {
      hash.update(piece.subarray(0, length))
      crc = crc32(piece.subarray(0, length), crc)
    }
    return crc === wanted ? hash.digest() : undefined
  } finally {
    closeSync(handle)
  }
}
