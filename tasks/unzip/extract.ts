/** Writes entries of a zip into the staging folder, several at once, and records each. Everything was judged before. */

import { type FileHandle, open } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { errorCode, makeFolder } from '../../lib/io/disk.ts'
import { readContent } from '../../lib/io/zip/content.ts'
import type { RandomAccess } from '../../lib/io/zip/random-access.ts'
import { Problem } from '../../lib/model/problem.ts'
import type { Workbench } from '../../lib/model/task.ts'
import { formatBytes } from '../../lib/model/units.ts'
import type { Wanted } from './judge.ts'

/** An entry holds at most 8 MB of memory: packed and unpacked, up to 4 MB each. */
const lanes = 8

/** Resolves, or throws the first failure, when nothing is being written any more. */
export async function extract(
  source: RandomAccess,
  wanted: readonly Wanted[],
  bench: Workbench,
): Promise<void> {
  const total = wanted.reduce((sum, { entry }) => sum + entry.bytes, 0)
  let done = 0
  const written = (bytes: number): void => {
    done += bytes
    bench.progress(done, total, 'bytes')
  }
  const failure = new AbortController()
  const signal = AbortSignal.any([bench.signal, failure.signal])
  // One iterator for all lanes, in the order of the archive: reading stays sequential.
  const queue = wanted.toSorted((a, b) => a.entry.headerOffset - b.entry.headerOffset).values()
  const lane = async (): Promise<void> => {
    for (const one of queue)
      bench.record(one.path, one.entry.bytes, await write(source, one, bench.staging, written, signal))
  }
  const stopAll = (error: unknown): void => failure.abort(error)
  try {
    makeFolders(wanted, bench.staging)
    await Promise.all(Array.from({ length: lanes }, () => lane().catch(stopAll)))
    signal.throwIfAborted()
  } catch (error) {
    throw problemOf(error, source.name, total - done)
  }
}

function makeFolders(wanted: readonly Wanted[], staging: string): void {
  for (const folder of new Set(wanted.map(({ path }) => dirname(path)))) makeFolder(join(staging, folder))
}

/** Returns the SHA-256. Not synced: the whole tree is, before it is placed. */
async function write(
  source: RandomAccess,
  { entry, path }: Wanted,
  staging: string,
  written: (bytes: number) => void,
  signal: AbortSignal,
): Promise<string> {
  signal.throwIfAborted()
  const file: FileHandle = await open(join(staging, path), 'wx')
  try {
    const sink = async (bytes: Buffer): Promise<void> => {
      await file.writeFile(bytes)
      written(bytes.length)
    }
    return await readContent(source, entry, sink, signal)
  } finally {
    await file.close()
  }
}

function problemOf(error: unknown, archive: string, bytesLeft: number): unknown {
  if (!['ENOSPC', 'EDQUOT'].includes(errorCode(error) ?? '')) return error
  return new Problem({
    code: 'disk-full',
    message: `The disk became full while ${archive} was unpacked.`,
    evidence: [{ label: 'wanted', text: `${formatBytes(bytesLeft)} more` }],
    next: `free at least ${formatBytes(bytesLeft)} and build again; the archive need not be fetched again.`,
  })
}
