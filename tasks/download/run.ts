/**
 * Fetches one file from the first of its offers that gives what the spec describes. Knows the order of things; requests,
 * checks and the partial file have files of their own.
 */

import { join } from 'node:path'
import { isDiskFull, lacksInodes } from '../../lib/io/disk.ts'
import { type Patience, patient } from '../../lib/io/http.ts'
import { Forsaken } from '../../lib/model/growing-file.ts'
import type { DownloadParams } from '../../lib/model/params.ts'
import { writePartSizes } from '../../lib/model/part-sizes.ts'
import { Problem, withContext } from '../../lib/model/problem.ts'
import type { Workbench } from '../../lib/model/task.ts'
import { checkWhole, isAsPinned, type Taken } from './checks.ts'
import type { Fetch } from './fetch.ts'
import { copyFrom, takeCandidate } from './local.ts'
import { PartialFile } from './partial.ts'
import { fetchParts } from './parts.ts'
import * as problems from './problems.ts'
import { hostsOf, type Offer, offersOf, type Source } from './sources.ts'
import { Regretted } from './spending.ts'
import { type Tuning, usual } from './tuning.ts'

export interface Manner {
  readonly patience?: Patience
  readonly tuning?: Tuning
}

export async function run(
  params: DownloadParams,
  bench: Workbench,
  { patience = patient, tuning = usual }: Manner = {},
): Promise<void> {
  try {
    const taken =
      (await takeCandidate(params, bench)) ?? (await takeFromOffers(params, bench, patience, tuning))
    if (taken.isSpent) bench.spend(params.fileName, taken.bytes, taken.digests.sha256)
    else bench.record(params.fileName, taken.bytes, taken.digests.sha256)
    bench.remark('host', taken.host)
    if (taken.etag !== undefined) bench.remark('etag', taken.etag)
    if (taken.parts !== undefined) bench.remark('parts', writePartSizes(taken.parts))
    if (taken.digests.md5 !== undefined) bench.remark('md5', taken.digests.md5)
  } catch (error) {
    bench.signal.throwIfAborted()
    throw isDiskFull(error) && !lacksInodes(bench.shelf) ? problems.diskFull(params) : error
  }
}

type Request = Omit<Fetch, 'parts' | 'hasOthers'>

async function takeFromOffers(
  params: DownloadParams,
  bench: Workbench,
  patience: Patience,
  tuning: Tuning,
): Promise<Taken> {
  const all = offersOf(params, process.env)
  const isLocal = ({ sources }: Offer): boolean => sources.every(({ form }) => form === 'local')
  const offers = all.filter(offer => !bench.offline || isLocal(offer))
  const part = await PartialFile.open(bench.shelf, {
    md5: params.download.md5 !== undefined,
    ...tuning,
    audience: () => bench.audience(),
    signal: bench.signal,
  })
  try {
    // Somebody changed their mind since: what is gone of it comes again.
    if (part.isSpent && bench.audience() === 'kept') await part.empty()
    if (part.whole && !isAsPinned(params, part.whole)) await part.empty()
    const whole = await takeWhole(part, params, bench)
    if (whole) return whole
    if (offers.length === 0) throw problems.offline(params, (all[0] as Offer).sources[0])
    return await takeFromFirstGood(offers, { params, part, bench, patience, tuning })
  } finally {
    part.growing.fail(new Forsaken(`${params.fileName} did not come`))
    await part.close()
  }
}

async function takeFromFirstGood(offers: readonly Offer[], request: Request): Promise<Taken> {
  const { params, bench, part } = request
  const failures: { source: Source; offer: Offer; problem: Problem }[] = []
  for (const [i, offer] of offers.entries()) {
    const hasOthers = i + 1 < offers.length
    try {
      return await takeFrom(offer, { ...request, parts: offer.sources.length, hasOthers })
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      const problem = withContext(error, { disk: problems.stateOfDisk(part.length, hasOthers) })
      failures.push({ source: offer.sources[0], offer, problem })
      if (offers.length === 1) throw problem
      for (const diagnostic of problem.diagnostics) bench.tell({ ...diagnostic, severity: 'warning' })
    }
  }
  // Slow is better than nothing.
  const [slow] = failures.filter(({ problem }) => problem.code === 'too-slow').map(({ offer }) => offer)
  if (slow) return takeFrom(slow, { ...request, parts: slow.sources.length, hasOthers: false })
  throw problems.allSourcesFailed(params, failures)
}

async function takeFrom(offer: Offer, fetch: Fetch): Promise<Taken> {
  const { params, part, bench } = fetch
  const [only] = offer.sources
  if (only.form === 'local' && offer.sources.length === 1) {
    // Who reads what an address before this one gave starts again, with this file.
    return copyFrom(only, params, bench, { tuning: fetch.tuning, isThere: () => part.empty() })
  }
  for (;;) {
    const taken = await fetchAll(offer, fetch).catch((error: unknown) => emptyWhereRegretted(part, error))
    const given = taken && (await handOver(taken, part, params, bench))
    if (given) return given
  }
}

/** What an earlier run had whole. Undefined where there is none, or not any more: then it is asked for. */
async function takeWhole(
  part: PartialFile,
  params: DownloadParams,
  bench: Workbench,
): Promise<Taken | undefined> {
  if (!part.whole) return undefined
  bench.offer(part.growing)
  return handOver(part.whole, part, params, bench)
}

/** To who reads it, and then to its place. Undefined where somebody needs what is gone: all of it has to come again. */
async function handOver(
  taken: Taken,
  part: PartialFile,
  params: DownloadParams,
  bench: Workbench,
): Promise<Taken | undefined> {
  if (isAsPinned(params, taken)) part.growing.prove()
  const isUsed = await part.useUp(taken).then(
    () => true,
    (error: unknown) => emptyWhereRegretted(part, error),
  )
  if (!isUsed) return undefined
  part.growing.end()
  // With a hole in it it is left where it is, for this task to continue, until what was made of it is placed.
  if (part.isSpent) return { ...taken, isSpent: true }
  await part.moveTo(join(bench.staging, params.fileName))
  return taken
}

async function emptyWhereRegretted(part: PartialFile, error: unknown): Promise<undefined> {
  if (!(error instanceof Regretted)) throw error
  await part.empty()
}

/** All addresses of an offer, one behind the other into one file. Undefined where it has to be fetched once more. */
async function fetchAll(offer: Offer, fetch: Fetch): Promise<Taken | undefined> {
  const { params, part, bench } = fetch
  bench.offer(part.growing)
  const whole = await fetchParts(offer.sources, fetch)
  const bytes = whole.reduce((sum, arrived) => sum + arrived.bytes, 0)
  const onHashed = (position: number): void => bench.progress(position, bytes, 'bytes')
  const digests = await part.digests(bench.signal, onHashed)
  const [first, ...others] = whole
  const alone = others.length === 0 ? first : undefined
  try {
    const pieces = whole.reduce((sum, arrived) => sum + arrived.pieces, 0)
    checkWhole(params, offer.sources[0], { bytes, digests, pieces }, alone?.linked)
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return beginOnceMore(fetch, error)
  }
  return {
    host: hostsOf(offer),
    bytes,
    digests,
    ...(alone ? alone.etag !== undefined && { etag: alone.etag } : { parts: whole.map(part => part.bytes) }),
  }
}

/** A wrong file that was put together from several answers proves nothing against the last one: asked again, whole. */
async function beginOnceMore({ params, part, bench }: Fetch, error: Problem): Promise<undefined> {
  const { length, mixed } = part
  await part.empty()
  if (!mixed) throw error
  const message = `${params.fileName}, continued from an earlier part, is not the file that was wanted.`
  bench.tell(problems.startsAnew('digest-mismatch', message, length))
}
