/** Writes into one file, one after the other: the kernel lets no more in, and those that wait for it burn a core each. */

import type { FileHandle } from 'node:fs/promises'

export class Writes {
  #last: Promise<void> = Promise.resolve()

  /** Pieces one behind the other from `at` on, `bytes` in all. Resolves when they can be read back. */
  add(file: FileHandle, at: number, pieces: readonly Buffer[], bytes: number): Promise<void> {
    const turn = this.#last.then(() => writeAll(file, at, pieces, bytes))
    this.#last = turn.catch(() => {})
    return turn
  }
}

/** One call may take less than it is given. */
async function writeAll(
  file: FileHandle,
  at: number,
  pieces: readonly Buffer[],
  bytes: number,
): Promise<void> {
  const { bytesWritten } = await file.writev([...pieces], at)
  if (bytesWritten === bytes) return
  const rest = Buffer.concat(pieces).subarray(bytesWritten)
  await writeAll(file, at + bytesWritten, [rest], rest.length)
}
