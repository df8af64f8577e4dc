/** Where an export goes: to stdout, or to a file that is there whole or not at all. */

import { randomUUID } from 'node:crypto'
import { closeSync, openSync, renameSync } from 'node:fs'
import { stdout } from 'node:process'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { errorCode, remove, syncFile, writeAll } from '../io/disk.ts'
import type { IndexColumns } from '../io/parquet.ts'
import { inOrder, type PlacedFiles } from '../model/file-list.ts'
import { rowAt } from '../report/file-lines.ts'

/** As fast as it is read, where it goes to a reader. */
export async function writeText(chunks: Iterable<string>, path: string | undefined): Promise<void> {
  if (path !== undefined) return writeBeside(path, beside => writeChunks(chunks, beside))
  try {
    await pipeline(Readable.from(chunks), stdout, { end: false })
  } catch (error) {
    // As of `head`: nobody reads any more.
    if (errorCode(error) !== 'EPIPE') throw error
  }
}

export async function writeIndexFile(files: readonly PlacedFiles[], path: string): Promise<void> {
  const { writeIndex } = await import('../io/parquet.ts')
  return writeBeside(path, beside => writeIndex(beside, rowGroups(files)))
}

function writeChunks(chunks: Iterable<string>, path: string): void {
  const handle = openSync(path, 'wx')
  try {
    for (const chunk of chunks) writeAll(handle, Buffer.from(chunk))
  } finally {
    closeSync(handle)
  }
}

async function writeBeside(path: string, write: (beside: string) => void | Promise<void>): Promise<void> {
  const beside = `${path}.${randomUUID().slice(0, 8)}.tmp`
  try {
    await write(beside)
    syncFile(beside)
    renameSync(beside, path)
  } catch (error) {
    remove(beside)
    throw error
  }
}

const rowsPerGroup = 65_536

function* rowGroups(files: readonly PlacedFiles[]): Generator<IndexColumns> {
  let rows = emptyGroup()
  for (const stretch of inOrder(files))
    for (let i = stretch.from; i < stretch.to; i += 1) {
      const { path, target, bytes, sha256, mtime } = rowAt(stretch, i)
      rows.path.push(path)
      rows.target.push(target)
      rows.sha256.push(sha256)
      rows.bytes.push(BigInt(bytes))
      rows.mtime.push(BigInt(mtime))
      if (rows.path.length < rowsPerGroup) continue
      yield rows
      rows = emptyGroup()
    }
  if (rows.path.length > 0) yield rows
}

const emptyGroup = () => ({
  path: [] as string[],
  target: [] as string[],
  bytes: [] as bigint[],
  sha256: [] as string[],
  mtime: [] as bigint[],
})
