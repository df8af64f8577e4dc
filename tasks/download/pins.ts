/** What spec and lock file say of a file before it is there: its fixed result, and the commit to fetch. Pure. */

import { identityOf, parseAddress } from '../../lib/model/address.ts'
import { hasMovingRevision } from '../../lib/model/lock-file.ts'
import type { DownloadParams } from '../../lib/model/params.ts'
import type { Place } from '../../lib/model/problem.ts'
import type { Download } from '../../lib/model/spec.ts'
import type { Pins } from '../../lib/model/task.ts'

export function pinsOf(
  { sha256, md5, size }: Pick<Download, 'sha256' | 'md5' | 'size'>,
  places: Readonly<Record<string, Place>>,
): Pins {
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

/** As fetched: a moving revision may have moved on since it was locked. */
export function atLockedRevision(params: DownloadParams): DownloadParams {
  const revision = params.download.locked?.revision
  if (revision === undefined) return params
  const url = params.download.url.map(text => {
    const address = parseAddress(text)
    const isMoving = typeof address !== 'string' && address.scheme === 'hf' && hasMovingRevision(address)
    return isMoving ? identityOf({ ...address, revision }) : text
  })
  return { ...params, download: { ...params.download, url } }
}
