/** The door to digests: reads files front to back and hashes what passes. Knows no manifest and no pin. */

import { createHash, type Hash } from 'node:crypto'
import { closeSync, createReadStream, openSync, readSync } from 'node:fs'

/** In lower-case hex. MD5 is half as fast, and only there where it was asked for. */
export interface Digests {
  readonly sha256: string
  readonly md5?: string
}

/** Hashes bytes as they pass; can be asked at any time for the digests so far. */
export class Digester {
  readonly #sha256 = createHash('sha256')
  readonly #md5: Hash | undefined

  constructor(options: { readonly md5?: boolean } = {}) {
    this.#md5 = options.md5 ? createHash('md5') : undefined
  }

  update(bytes: Uint8Array): void {
    this.#sha256.update(bytes)
    this.#md5?.update(bytes)
  }

  digests(): Digests {
    const sha256 = this.#sha256.copy().digest('hex')
    return this.#md5 ? { sha256, md5: this.#md5.copy().digest('hex') } : { sha256 }
  }
}

export interface HashOptions {
  readonly md5?: boolean
  /** Called with the length of each piece. */
  readonly onBytes?: (bytes: number) => void
  readonly signal?: AbortSignal
}

const pieceBytes = 1 << 20

/** Feeds a file to a digester; gives the bytes read. */
export async function feed(digester: Digester, path: string, options: HashOptions = {}): Promise<number> {
  let bytes = 0
  const { signal } = options
  const pieces = createReadStream(path, { highWaterMark: pieceBytes, ...(signal && { signal }) })
  for await (const piece of pieces as AsyncIterable<Buffer>) {
    digester.update(piece)
    bytes += piece.length
    options.onBytes?.(piece.length)
  }
  return bytes
}

/** Size and digests of a file, in one read. */
export async function hashFile(
  path: string,
  options: HashOptions = {},
): Promise<{ readonly bytes: number; readonly digests: Digests }> {
  const digester = new Digester(options)
  const bytes = await feed(digester, path, options)
  return { bytes, digests: digester.digests() }
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
