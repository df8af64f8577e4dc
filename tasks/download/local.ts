/** Files that are on this machine already: copied, hashed, compared. No host is asked. */

import { constants, createReadStream, type Stats } from 'node:fs'
import { copyFile, link, realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { hashFile } from '../../lib/io/digest.ts'
import { errorCode, remove, syncFile } from '../../lib/io/disk.ts'
import { Growing } from '../../lib/io/growing.ts'
import { HashBehind } from '../../lib/io/hashing.ts'
import { BegunAnew } from '../../lib/model/growing-file.ts'
import type { DownloadParams } from '../../lib/model/params.ts'
import type { Workbench } from '../../lib/model/task.ts'
import { checkWhole, type Taken } from './checks.ts'
import type { Fetch } from './fetch.ts'
import type { Arrived } from './position.ts'
import * as problems from './problems.ts'
import { sizeFits } from './rules.ts'
import type { LocalSource } from './sources.ts'
import type { Tuning } from './tuning.ts'

/** A copy, sharing blocks where it can; not the synchronous one of lib/io/disk, which would hold up all other downloads. */
const copy = (from: string, to: string): Promise<void> =>
  copyFile(from, to, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL)

/** A file that turned up somewhere and has the pinned digest spares the download. Undefined where there is none. */
export async function takeCandidate(params: DownloadParams, bench: Workbench): Promise<Taken | undefined> {
  const { sha256, md5, size } = params.download
  if (sha256 === undefined) return undefined
  for (const path of bench.candidates) {
    const before = await fileAt(path)
    if (before === undefined || (size && !sizeFits(size, before.size))) continue
    const { bytes, digests } = await hashFile(path, { md5: md5 !== undefined, signal: bench.signal })
    if (digests.sha256 !== sha256 || digests.md5 !== md5) continue
    const goal = join(bench.staging, params.fileName)
    await copy(path, goal)
    const after = await fileAt(path)
    if (after?.mtimeMs === before.mtimeMs && after.ctimeMs === before.ctimeMs && after.size === bytes) {
      syncFile(goal)
      return { host: 'this machine', bytes, digests }
    }
    remove(goal) // somebody wrote to it meanwhile
  }
  return undefined
}

/** Under a second name, or copied where that cannot be; whoever reads it may begin while it is hashed. `isThere`: it can be read. */
export async function copyFrom(
  source: LocalSource,
  params: DownloadParams,
  bench: Workbench,
  { tuning, isThere }: { readonly tuning: Tuning; readonly isThere: () => Promise<void> },
): Promise<Taken> {
  const { size: bytes } = await regularFile(source)
  const goal = join(bench.staging, params.fileName)
  await linkOrCopy(source.path, goal)
  const growing = new Growing(goal)
  const hash = new HashBehind(growing, { ...tuning, md5: params.download.md5 !== undefined })
  growing.measure(bytes)
  growing.reach(bytes)
  bench.offer(growing)
  const onHashed = (position: number): void => bench.progress(position, bytes, 'bytes')
  try {
    await isThere()
    const digests = await hash.digests(bench.signal, onHashed)
    if ((await stat(goal)).size !== bytes) throw problems.fileNotFound(source, changed)
    checkWhole(params, source, { bytes, digests })
    syncFile(goal)
    growing.end()
    return { host: source.host, bytes, digests }
  } catch (error) {
    growing.fail(new BegunAnew(`${params.fileName} is another file`))
    remove(goal)
    throw error
  } finally {
    hash.close()
  }
}

const changed = 'a file that changed while it was read'

async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    // What a link leads to, not the link.
    await link(await realpath(from), to)
  } catch (error) {
    if (!unlinkable.has(errorCode(error))) throw error
    await copy(from, to)
  }
}

/** Another filesystem, or one without links; a file of somebody else, which Linux may guard. */
const unlinkable: ReadonlySet<string | undefined> = new Set([
  'EXDEV',
  'EPERM',
  'EACCES',
  'EMLINK',
  'ENOTSUP',
  'ENOSYS',
])

/** A part of a file that is published in parts, into its place. */
export async function copyInto(
  source: LocalSource,
  { part, bench, params }: Fetch,
  at: number,
): Promise<Arrived> {
  const found = await regularFile(source)
  let position = at
  for await (const bytes of createReadStream(source.path, { highWaterMark: 1 << 20, signal: bench.signal })) {
    await part.write(position, [bytes as Buffer])
    position += (bytes as Buffer).length
    bench.progress(position, params.download.size?.bytes, 'bytes')
  }
  if (position - at !== found.size) throw problems.fileNotFound(source, changed)
  return { bytes: found.size, etag: undefined, linked: {}, pieces: 1 }
}

export const sizeOfLocal = async (source: LocalSource): Promise<number | undefined> =>
  (await fileAt(source.path))?.size

/** Throws `file-not-found`. */
export async function regularFile(source: LocalSource): Promise<Stats> {
  const found = await stat(source.path).catch(absent)
  if (found === undefined) throw problems.fileNotFound(source, 'nothing lies there')
  if (!found.isFile()) throw problems.fileNotFound(source, found.isDirectory() ? 'a folder' : 'not a file')
  return found
}

async function fileAt(path: string): Promise<Stats | undefined> {
  const found = await stat(path).catch(absent)
  return found?.isFile() ? found : undefined
}

function absent(error: unknown): undefined {
  if (!['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '')) throw error
}
