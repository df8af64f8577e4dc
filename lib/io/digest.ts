/** The door to digests: reads files front to back and hashes what passes. Knows no manifest and no pin. */

import { createHash } from 'node:crypto'
import { closeSync, createReadStream, openSync, readSync } from 'node:fs'

/** In lower-case hex. MD5 is half as fast, and only there where it was asked for. */
export interface Digests {
  readonly sha256: string
  readonly md5?: string
}

export interface HashOptions {
  readonly md5?: boolean
  /** Called with the length of each piece. */
  readonly onBytes?: (bytes: number) => void
  readonly signal?: AbortSignal
}

const pieceBytes = 1 << 20

/** Size and digests of a file, in one read. */
export async function hashFile(
  path: string,
  { md5: isMd5Wanted = false, onBytes, signal }: HashOptions = {},
): Promise<{ readonly bytes: number; readonly digests: Digests }> {
  const sha256 = createHash('sha256')
  const md5 = isMd5Wanted ? createHash('md5') : undefined
  let bytes = 0
  const pieces = createReadStream(path, { highWaterMark: pieceBytes, ...(signal && { signal }) })
  for await (const piece of pieces as AsyncIterable<Buffer>) {
    sha256.update(piece)
    md5?.update(piece)
    bytes += piece.length
    onBytes?.(piece.length)
  }
  const digests = { sha256: sha256.digest('hex'), ...(md5 && { md5: md5.digest('hex') }) }
  return { bytes, digests }
}

export async function sha256OfFile(
  path: string,
): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const { bytes, digests } = await hashFile(path)
  return { bytes, sha256: digests.sha256 }
}

/** For worker threads and small files: nothing else happens on this thread meanwhile. */
export function sha256OfFileSync(path: string): { readonly bytes: number; readonly sha256: string } {
  const hash = createHash('sha256')
  const piece = Buffer.allocUnsafe(pieceBytes)
  const handle = openSync(path, 'r')
  let bytes = 0
  try {
    for (let length = readSync(handle, piece); length > 0; length = readSync(handle, piece)) {
      hash.update(piece.subarray(0, length))
      bytes += length
    }
  } finally {
    closeSync(handle)
  }
  return { bytes, sha256: hash.digest('hex') }
}
