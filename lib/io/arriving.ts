/**
 * Reads a file front to back, also one that is still being written: then it waits for what comes next, and tells the
 * writer what it needs no more. Knows no format.
 */

import { read } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { promisify } from 'node:util'
import type { GrowingFile } from '../model/growing-file.ts'
import { unlessAborted } from './abort.ts'

const pieceBytes = 1 << 20
const readAt = promisify(read)

interface Arriving {
  /** Absolute. */
  readonly path: string
  /** It is still being written; without it the file at `path` is whole. */
  readonly growing?: GrowingFile | undefined
  readonly signal: AbortSignal
  /** Called with how many bytes were read, and taken by whoever reads. */
  readonly onPassed?: (position: number) => void
}

/** Rejects with whatever keeps a growing file from ever being whole. */
export async function* arriving({ path, growing, signal, onPassed }: Arriving): AsyncGenerator<Buffer> {
  const own = growing ? undefined : await open(path, 'r')
  const handle = growing ? growing.handle : (own as FileHandle).fd
  try {
    for (let at = 0; ; ) {
      signal.throwIfAborted()
      const end = growing ? await unlessAborted(growing.until(at + 1), signal) : Number.POSITIVE_INFINITY
      const piece = Buffer.allocUnsafe(Math.max(0, Math.min(pieceBytes, end - at)))
      const { bytesRead } = await readAt(handle, piece, 0, piece.length, at)
      if (bytesRead === 0) return
      yield piece.subarray(0, bytesRead)
      at += bytesRead
      growing?.pass(at)
      onPassed?.(at)
    }
  } finally {
    await own?.close()
  }
}
