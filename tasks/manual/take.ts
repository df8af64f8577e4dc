/**
 * Finds the file that a person was asked to fetch among what lies in the target's folder below `.groundwork/manual`,
 * and gives it a second name in staging: the person's own stays. Waits for nobody.
 */

import { readdirSync, realpathSync, type Stats, statSync } from 'node:fs'
import { join } from 'node:path'
import { type Digests, hashFile } from '../../lib/io/digest.ts'
import { copy, errorCode, linkOrCopy, makeFolder, remove, syncFile } from '../../lib/io/disk.ts'
import type { ManualParams } from '../../lib/model/params.ts'
import type { Workbench } from '../../lib/model/task.ts'
import { sizeFits } from '../download/rules.ts'
import { ambiguous, type Looked, missing, otherFile, stillWritten } from './problems.ts'

interface Found {
  readonly name: string
  readonly path: string
  readonly stats: Stats
}

export async function take(params: ManualParams, bench: Workbench): Promise<void> {
  const folder = join(bench.manual, params.target)
  const { name, digests } = (await takeCandidate(params, bench)) ?? (await takeFrom(folder, params, bench))
  bench.record(params.fileName, statSync(join(bench.staging, params.fileName)).size, digests.sha256)
  bench.remark('file', name)
  if (digests.md5 !== undefined) bench.remark('md5', digests.md5)
}

interface Taken {
  readonly name: string
  readonly digests: Digests
}

async function takeFrom(folder: string, params: ManualParams, bench: Workbench): Promise<Taken> {
  const meant = meantAmong(filesIn(folder), params)
  if (meant.length === 0) {
    makeFolder(folder)
    throw missing(params, folder)
  }
  if (!isPinned(params) && meant.length > 1) throw ambiguous(params, folder, meant.map(seen))
  const others: Looked[] = []
  for (const file of meant) {
    const looked = await lookAt(file, params, bench)
    if (looked.digests && isWanted(params, looked.digests)) {
      stage(file, folder, params, bench)
      return { name: file.name, digests: looked.digests }
    }
    others.push(looked)
  }
  throw otherFile(params, folder, others)
}

/** What lies at the final place of its reader from before, where the record is gone: as good, where a digest proves it. */
async function takeCandidate(params: ManualParams, bench: Workbench): Promise<Taken | undefined> {
  if (!isPinned(params)) return undefined
  for (const path of bench.candidates) {
    for (const file of fileAt(path, path)) {
      const { digests } = await lookAt(file, params, bench)
      if (!digests || !isWanted(params, digests)) continue
      // A name of its own: a file that is renamed onto another name of itself stays under both.
      const goal = join(bench.staging, params.fileName)
      copy(path, goal)
      if (isWrittenTo(file)) {
        remove(goal)
        continue
      }
      syncFile(goal)
      return { name: params.fileName, digests }
    }
  }
  return undefined
}

const isPinned = ({ wanted: { sha256, md5 } }: ManualParams): boolean =>
  sha256 !== undefined || md5 !== undefined

/** With a digest any of them may be it; without, the one that bears the name that it will have, or all. */
function meantAmong(found: readonly Found[], params: ManualParams): readonly Found[] {
  const named = found.filter(({ name }) => name === params.fileName)
  return isPinned(params) || named.length === 0 ? found : named
}

const isWanted = ({ wanted }: ManualParams, { sha256, md5 }: Digests): boolean =>
  (wanted.sha256 ?? sha256) === sha256 && (wanted.md5 ?? md5) === md5

const seen = ({ name, stats }: Found): Looked => ({ name, bytes: stats.size })

/** Without reading a file whose size tells already. */
async function lookAt(file: Found, { wanted }: ManualParams, bench: Workbench): Promise<Looked> {
  const { path, stats } = file
  if (wanted.size && !sizeFits(wanted.size, stats.size)) return seen(file)
  let read = 0
  const onBytes = (bytes: number): void => bench.progress((read += bytes), stats.size, 'bytes')
  const { digests } = await hashFile(path, {
    md5: wanted.md5 !== undefined,
    onBytes,
    signal: bench.signal,
  })
  return { ...seen(file), digests }
}

/** Somebody wrote to it since it was read. */
function isWrittenTo({ path, stats }: Pick<Found, 'path' | 'stats'>): boolean {
  const now = statSync(path)
  return now.size !== stats.size || now.mtimeMs !== stats.mtimeMs
}

function stage({ name, path, stats }: Found, folder: string, params: ManualParams, bench: Workbench): void {
  const goal = join(bench.staging, params.fileName)
  // A link that a person laid there means the file behind it.
  linkOrCopy(realpathSync(path), goal)
  if (isWrittenTo({ path, stats })) throw stillWritten(params, folder, name)
  syncFile(goal)
}

/** Files that browsers are still writing, and what a system hides, are none. */
function filesIn(folder: string): readonly Found[] {
  return namesIn(folder)
    .filter(name => !/^\.|\.(part|partial|crdownload|download|tmp)$/i.test(name))
    .toSorted()
    .flatMap(name => fileAt(join(folder, name), name))
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '')) return []
    throw error
  }
}

function fileAt(path: string, name: string): readonly Found[] {
  const stats = statSync(path, { throwIfNoEntry: false })
  return stats?.isFile() ? [{ name, path, stats }] : []
}
