/**
 * An archive of which only some ranges are wanted: read from the first of its offers that gives ranges, or in place where
 * it is a file of this machine. Knows no format.
 */

import { closeSync, openSync } from 'node:fs'
import { basename, join } from 'node:path'
import { errorCode, isDiskFull, remove } from '../../lib/io/disk.ts'
import { patient } from '../../lib/io/http.ts'
import { overHandle, type RandomAccess } from '../../lib/io/zip/random-access.ts'
import type { ByteRange } from '../../lib/model/byte-ranges.ts'
import type { GrowingFile } from '../../lib/model/growing-file.ts'
import type { DownloadParams } from '../../lib/model/params.ts'
import { Problem, withContext } from '../../lib/model/problem.ts'
import { whyAnew } from './anew.ts'
import type { Asking, Fetch } from './fetch.ts'
import { PartialFile } from './partial.ts'
import { atLockedRevision } from './pins.ts'
import * as problems from './problems.ts'
import { RangedFile, Rangeless, Replaced } from './ranged-file.ts'
import { type LocalSource, offersOf, type Source, type WebSource } from './sources.ts'
import { usual } from './tuning.ts'

/** Open while somebody works with it. */
export interface RangedArchive extends RandomAccess {
  readonly host: string
  /** A file that holds the ranges that were brought, at their positions in the archive. */
  readonly handle: number
  bringWhile(
    ranges: readonly ByteRange[],
    use: (growing: GrowingFile | undefined) => Promise<void>,
  ): Promise<void>
}

/** `undefined`: the whole archive is needed after all. */
type Work<T> = (archive: RangedArchive) => Promise<T | undefined>

/** A publisher that replaces the file again and again is left to who fetches it whole. */
const mostVersions = 3

/**
 * What `work` gives over the first offer that can be read in ranges; undefined where none can, or where `work` gives
 * nothing. `bytes`: how large the archive is, where anybody knows. Throws the Problems of the hosts, and those of `work`.
 */
export async function overRanges<T>(
  download: DownloadParams,
  bench: Asking,
  bytes: number | undefined,
  work: Work<T>,
): Promise<T | undefined> {
  const params = atLockedRevision(download)
  const failures: { source: Source; problem: Problem }[] = []
  const offers = offersOf(params, process.env).flatMap(({ sources: [first, ...more] }) =>
    more.length === 0 ? [first] : [],
  )
  const sources = offers.filter(({ form }) => form === 'local' || !bench.offline)
  if (sources.length === 0 && offers[0]) throw problems.offlinePart(params, offers[0], bench.wanted)
  for (const [i, source] of sources.entries()) {
    const hasOthers = i + 1 < sources.length
    try {
      return source.form === 'local'
        ? await inPlace(source, work)
        : await overOne(source, { params, bench, hasOthers }, bytes, work)
    } catch (error) {
      if (error instanceof Rangeless) {
        bench.onRangeless?.()
        continue
      }
      if (!(error instanceof OfferFailed)) throw error
      const problem = withContext(error.problem, { disk: problems.stateOfDisk(0, hasOthers) })
      failures.push({ source, problem })
      if (sources.length === 1) throw problem
      for (const diagnostic of problem.diagnostics) bench.tell({ ...diagnostic, severity: 'warning' })
    }
  }
  if (failures.length > 0 && failures.length === sources.length)
    throw problems.allSourcesFailed(params, failures)
  return undefined
}

/** This offer is not what was wanted: the next one has its turn. Thrown by who reads it, too. */
export class OfferFailed extends Error {
  override readonly name = 'OfferFailed'
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.message)
    this.problem = problem
  }
}

async function inPlace<T>(source: LocalSource, work: Work<T>): Promise<T | undefined> {
  let handle: number
  try {
    handle = openSync(source.path, 'r')
  } catch (error) {
    throw new OfferFailed(problems.fileNotFound(source, errorCode(error) ?? 'nothing that can be read'))
  }
  try {
    const access = overHandle(handle, basename(source.path))
    return await work({
      ...access,
      host: source.host,
      handle,
      bringWhile: (_, use) => use(undefined),
    })
  } finally {
    closeSync(handle)
  }
}

/** Below the shelf of the task, so that what came is there after a kill. */
const folderOf = ({ shelf }: Asking): string => join(shelf, 'archive')

async function overOne<T>(
  source: WebSource,
  asked: Pick<Fetch<Asking>, 'params' | 'bench' | 'hasOthers'>,
  bytes: number | undefined,
  work: Work<T>,
): Promise<T | undefined> {
  const { bench, params } = asked
  for (let version = 1; ; version += 1) {
    const part = await PartialFile.open(folderOf(bench), {
      md5: false,
      audience: () => 'kept',
      signal: bench.signal,
      ...usual,
    })
    const fetch = { ...asked, part, patience: patient, tuning: usual, parts: 1 }
    let kept = false
    let file: RangedFile | undefined
    try {
      file = await RangedFile.open(source, fetch, bytes)
      return await work(file)
    } catch (error) {
      // What came is worth something to the next attempt, unless it is of a file that is no more.
      kept = !(error instanceof Rangeless || error instanceof Replaced)
      bench.signal.throwIfAborted()
      if (isDiskFull(error)) throw problems.diskFull(params)
      const isOffers = error instanceof Problem && error.code !== 'disk-full'
      if (isOffers && (file === undefined || error === file.failure)) throw new OfferFailed(error)
      if (!(error instanceof Replaced) || version === mostVersions)
        throw error instanceof Replaced ? new Rangeless(error.message) : error
      bench.tell(whyAnew(source, true, part.length))
    } finally {
      await file?.close()
      await part.close()
      if (!kept) remove(folderOf(bench))
    }
  }
}
