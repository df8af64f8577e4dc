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
  /** Whether what was read may be given back to the disk: nobody will have to read it again. */
  readonly mayPass: () => boolean
  /** Called with how many bytes were read, and taken by whoever reads. */
  readonly onPassed: (position: number) => void
}

/** Rejects with whatever keeps a growing file from ever being whole. */
export async function* arriving({
  path,
  growing,
  signal,
  mayPass,
  onPassed,
}: Arriving): AsyncGenerator<Buffer> {
  const own = growing ? undefined : await open(path, 'r')
  const handle = growing ? growing.handle : (own as FileHandle).fd
  try {
    for (let at = 0; ; ) {
      signal.throwIfAborted()
      // What follows the last byte is only that somebody proves it, who may wait for this reader to be done.
      if (growing && at === growing.bytes) return
      if (growing) await unlessAborted(growing.need(at, at + 1), signal)
      const end = growing?.watermark ?? Number.POSITIVE_INFINITY
      const piece = Buffer.allocUnsafe(Math.max(0, Math.min(pieceBytes, end - at)))
      const { bytesRead } = await readAt(handle, piece, 0, piece.length, at)
      if (bytesRead === 0) return
      yield piece.subarray(0, bytesRead)
      at += bytesRead
      if (mayPass()) growing?.pass(at)
      onPassed(at)
    }
  } finally {
    await own?.close()
  }
}
