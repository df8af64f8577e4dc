/** Writes one file of the staging folder and hashes what it writes. Never over another file; not synced: the whole tree is, before it is placed. */

import { createHash, hash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'

export interface Written {
  readonly bytes: number
  /** In hex. */
  readonly sha256: string
}

/** Rejects with EEXIST where anything lies at the path. */
export async function writeWhole(path: string, content: Buffer): Promise<Written> {
  const file = await open(path, 'wx')
  try {
    if (content.length > 0) await file.writeFile(content)
  } finally {
    await file.close()
  }
  return { bytes: content.length, sha256: hash('sha256', content) }
}

/** `next`: the piece behind the last one, undefined at the end. One is written while the next one is fetched and hashed. */
export async function writePieces(
  path: string,
  next: () => Promise<Buffer | undefined>,
  signal: AbortSignal,
): Promise<Written> {
  const file = await open(path, 'wx')
  const sha256 = createHash('sha256')
  let bytes = 0
  let writing: Promise<void> = Promise.resolve()
  try {
    for (let piece = await next(); piece; piece = await next()) {
      signal.throwIfAborted()
      sha256.update(piece)
      bytes += piece.length
      await writing
      writing = write(file, piece)
      // Heard when it is waited for.
      writing.catch(() => {})
    }
    await writing
  } finally {
    await writing.catch(() => {})
    await file.close()
  }
  return { bytes, sha256: sha256.digest('hex') }
}

const write = (file: FileHandle, piece: Buffer): Promise<void> => file.writeFile(piece)
