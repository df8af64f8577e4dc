/**
 * One address, asked until the file is whole or the address brings nothing new. Knows neither what an answer means nor
 * the other addresses.
 */

import { join } from 'node:path'
import type { DownloadParams } from '../../lib/model/params.ts'
import type { Workbench } from '../../lib/model/task.ts'
import { attempt, type Fetch, resumeAt } from './attempt.ts'
import type { Taken } from './checks.ts'
import { PartialFile } from './partial.ts'
import { tried } from './problems.ts'
import { backoffMs, mostTries } from './rules.ts'
import type { WebSource } from './sources.ts'

export function openPart(name: string, params: DownloadParams, bench: Workbench): Promise<PartialFile> {
  const { sha256, md5, size } = params.download
  let hashed = 0
  return PartialFile.open(join(bench.shelf, `${name}.part`), {
    md5: md5 !== undefined,
    pinned: sha256 !== undefined || md5 !== undefined,
    signal: bench.signal,
    onBytes: bytes => bench.progress((hashed += bytes), size?.bytes, 'bytes'),
  })
}

/** A try that got further than any before it begins the count anew: a slow host that cuts each hour ends up done. */
export async function fetchFrom(source: WebSource, fetch: Fetch): Promise<Taken> {
  const { part, bench } = fetch
  let furthest = resumeAt(fetch, source)
  for (let failures = 0; ; ) {
    const outcome = await attempt(fetch, source)
    if (outcome.state === 'whole') {
      const { etag } = outcome
      return {
        host: source.host,
        bytes: part.length,
        digests: part.digests(),
        ...(etag !== undefined && { etag }),
      }
    }
    failures = part.length > furthest ? 1 : failures + 1
    furthest = Math.max(furthest, part.length)
    if (failures === mostTries) throw tried(outcome.problem, mostTries)
    await bench.pause(outcome.pauseMs ?? backoffMs(failures, Math.random()))
  }
}
