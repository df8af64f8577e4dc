/**
 * The task kind `download`: one file, from the first of its addresses that gives what the spec describes. Knows the order
 * of things; requests, checks and the partial file are in tasks/download/.
 */

import { join, resolve } from 'node:path'
import { errorCode } from '../lib/io/disk.ts'
import { type Patience, patient } from '../lib/io/http.ts'
import { identityOf } from '../lib/model/address.ts'
import type { DownloadParams } from '../lib/model/params.ts'
import { Problem, withContext } from '../lib/model/problem.ts'
import type { Ingredient, Outline, Pins, TaskKind, Workbench } from '../lib/model/task.ts'
import type { Taken } from './download/checks.ts'
import { fetchFrom, openPart } from './download/fetch.ts'
import { copyFrom, takeCandidate } from './download/local.ts'
import type { PartialFile } from './download/partial.ts'
import * as problems from './download/problems.ts'
import { addressOf, type Source, sourcesOf } from './download/sources.ts'

export const download = downloadKind(patient)

/** With another patience than the usual, for tests. */
export function downloadKind(patience: Patience): TaskKind<DownloadParams> {
  return {
    name: 'download',
    version: 1,
    lane: 'network',
    outline,
    notYet,
    run: (params, bench) => run(params, bench, patience),
  }
}

function outline(params: DownloadParams): Outline {
  const { url, sha256, md5, size } = params.download
  const addresses = url.map(addressOf)
  const [first] = addresses
  const place = params.places['url']
  const local = addresses.filter(address => address.scheme === 'file')
  const bytes = size?.bytes
  return {
    name: params.name,
    fingerprint: addresses.map(
      (address, i): Ingredient => ({
        name: addresses.length === 1 ? 'url' : `url[${i}]`,
        value: identityOf(address),
        ...(place && { place }),
      }),
    ),
    takes: [],
    gives: { form: 'file', at: params.at, lasting: false, pins: pinsOf(params) },
    forecast: {
      bytes,
      files: 1,
      ...(first && first.scheme !== 'file' && { download: { host: first.host, bytes } }),
    },
    ...(local.length > 0 &&
      sha256 === undefined &&
      md5 === undefined && { reads: local.map(({ path }) => resolve(params.folder, path)) }),
  }
}

function pinsOf({ download: { sha256, md5, size }, places }: DownloadParams): Pins {
  const bytes = size?.exact ? size.bytes : undefined
  const key = sha256 !== undefined ? 'sha256' : md5 !== undefined ? 'md5' : 'size'
  const place = places[key]
  return {
    ...(sha256 !== undefined && { sha256 }),
    ...(md5 !== undefined && { md5 }),
    ...(bytes !== undefined && { bytes }),
    ...(place && (key !== 'size' || bytes !== undefined) && { place }),
  }
}

function notYet({ download: { url, mirrors } }: DownloadParams): string | undefined {
  if (url.length > 1) return 'Files that are published in parts'
  return [...url, ...mirrors].every(text => addressOf(text).scheme === 'gdrive')
    ? 'Google Drive addresses'
    : undefined
}

async function run(params: DownloadParams, bench: Workbench, patience: Patience): Promise<void> {
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
    case 'unbuilt':
      throw problems.notYet(source.what, source.place)
  }
}
