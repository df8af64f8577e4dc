/**
 * Fetches one file from the first of its sources that gives what the spec describes. Knows the order of things; requests,
 * checks and the partial file have files of their own.
 */

import { join } from 'node:path'
import { errorCode } from '../../lib/io/disk.ts'
import { type Patience, patient } from '../../lib/io/http.ts'
import type { DownloadParams } from '../../lib/model/params.ts'
import { Problem, withContext } from '../../lib/model/problem.ts'
import type { Workbench } from '../../lib/model/task.ts'
import type { Taken } from './checks.ts'
import { fetchFrom, openPart } from './fetch.ts'
import { copyFrom, takeCandidate } from './local.ts'
import type { PartialFile } from './partial.ts'
import * as problems from './problems.ts'
import { type Source, sourcesOf } from './sources.ts'
import { notYet } from './unbuilt.ts'

export async function run(params: DownloadParams, bench: Workbench, patience = patient): Promise<void> {
  const missing = notYet(params)
  if (missing !== undefined) throw problems.notYet(missing, params.places['url'])
  try {
    const taken = (await takeCandidate(params, bench)) ?? (await takeFromSources(params, bench, patience))
    bench.record(params.fileName, taken.bytes, taken.digests.sha256)
    bench.remark('host', taken.host)
    if (taken.etag !== undefined) bench.remark('etag', taken.etag)
    if (taken.digests.md5 !== undefined) bench.remark('md5', taken.digests.md5)
  } catch (error) {
    bench.signal.throwIfAborted()
    throw ['ENOSPC', 'EDQUOT'].includes(errorCode(error) ?? '') ? problems.diskFull(params) : error
  }
}

async function takeFromSources(params: DownloadParams, bench: Workbench, patience: Patience): Promise<Taken> {
  const all = sourcesOf(params, process.env)
  const sources = all.filter(source => !bench.offline || source.form === 'local')
  if (sources.length === 0) throw problems.offline(params, all[0] as Source)

  const part = await openPart(params.name, params, bench)
  try {
    return await takeFromFirstGood(sources, part, params, bench, patience)
  } finally {
    await part.close()
  }
}

async function takeFromFirstGood(
  sources: readonly Source[],
  part: PartialFile,
  params: DownloadParams,
  bench: Workbench,
  patience: Patience,
): Promise<Taken> {
  const failures: { source: Source; problem: Problem }[] = []
  for (const [i, source] of sources.entries()) {
    try {
      return await takeFrom(source, part, params, bench, patience)
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      const problem = withContext(error, { disk: problems.stateOfDisk(part.length, i + 1 < sources.length) })
      failures.push({ source, problem })
      if (sources.length === 1) throw problem
      for (const diagnostic of problem.diagnostics) bench.tell({ ...diagnostic, severity: 'warning' })
    }
  }
  throw problems.allSourcesFailed(params, failures)
}

async function takeFrom(
  source: Source,
  part: PartialFile,
  params: DownloadParams,
  bench: Workbench,
  patience: Patience,
): Promise<Taken> {
  switch (source.form) {
    case 'web': {
      const taken = await fetchFrom(source, { params, part, bench, patience })
      await part.moveTo(join(bench.staging, params.fileName))
      return taken
    }
    case 'local': {
      const taken = await copyFrom(source, params, bench)
      await part.empty()
      return taken
    }
  }
}
