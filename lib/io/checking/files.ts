/** Reads files once, for their SHA-256 and, where one is wanted, their CRC-32. Synchronous: nothing else happens on its thread. */

import { createHash } from 'node:crypto'
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { crc32 } from '../crc32.ts'
import { errorCode } from '../disk.ts'

/** Files of a folder. One value a file in each list. */
export interface Batch {
  /** Absolute. */
  readonly folder: string
  readonly paths: readonly string[]
  /** The sizes that they are to have. */
  readonly bytes: readonly number[]
  /** Undefined where nobody knows them. */
  readonly crc32: readonly number[] | undefined
}

/** What was read of the files of a batch. */
export interface Checked {
  /** 1: a file of that size, and of that CRC-32 where one was wanted. Only then the other lists tell of it. */
  readonly isRight: Uint8Array
  /** 32 bytes a file. */
  readonly sha256: Uint8Array
  /** When it was changed the last time. */
  readonly mtimeMs: Float64Array
}

const piece = Buffer.allocUnsafe(1 << 20)

export function checkFiles({ folder, paths, bytes, crc32: crcs }: Batch): Checked {
  const checked = {
    isRight: new Uint8Array(paths.length),
    sha256: new Uint8Array(32 * paths.length),
    mtimeMs: new Float64Array(paths.length),
  }
  for (const [k, path] of paths.entries()) {
    const found = checkFile(`${folder}/${path}`, bytes[k] as number, crcs?.[k])
    if (found === undefined) continue
    checked.isRight[k] = 1
    checked.sha256.set(found.sha256, 32 * k)
    checked.mtimeMs[k] = found.mtimeMs
  }
  return checked
}

/** Gone meanwhile, no file, or not to be read by us: then it is not what was wanted. */
const unread: ReadonlySet<string | undefined> = new Set(['ENOENT', 'ENOTDIR', 'EISDIR', 'EACCES', 'ELOOP'])

function checkFile(
  path: string,
  bytes: number,
  wanted: number | undefined,
): { readonly sha256: Buffer; readonly mtimeMs: number } | undefined {
  let handle: number
  try {
    handle = openSync(path, 'r')
  } catch (error) {
    if (unread.has(errorCode(error))) return undefined
    throw error
  }
  try {
    const before = fstatSync(handle)
    if (!before.isFile() || before.size !== bytes) return undefined
    const hash = createHash('sha256')
    let crc = 0
    let read = 0
    for (let length = readSync(handle, piece); length > 0; length = readSync(handle, piece)) {
      hash.update(piece.subarray(0, length))
      if (wanted !== undefined) crc = crc32(piece.subarray(0, length), crc)
      read += length
    }
    const isRight = read === bytes && (wanted === undefined || crc === wanted)
    return isRight ? { sha256: hash.digest(), mtimeMs: before.mtimeMs } : undefined
  } finally {
    closeSync(handle)
  }
}
