/** What it takes to unpack some of an archive without the rest of it: how it is downloaded. Knows no file and no host. */

import { type Address, parseAddress } from '../../lib/model/address.ts'
import type { DownloadParams } from '../../lib/model/params.ts'
import type { Outline, SourceRequest } from '../../lib/model/task.ts'
import { type UnpackParams, unpackOutline, unpackParams } from './params.ts'

export interface UnzipParams extends UnpackParams {
  /** How the archive is downloaded; undefined where a person fetches it. */
  readonly download?: DownloadParams
}

export const unzipParams = (request: SourceRequest): UnzipParams => ({
  ...unpackParams(request),
  ...(request.download && { download: request.download }),
})

export function unzipOutline(params: UnzipParams): Outline {
  const address = addressOf(params)
  return {
    ...unpackOutline(params),
    ...(address && { pieces: address.scheme === 'file' ? {} : { host: address.host } }),
  }
}

/** Of an archive in one piece: ranges of one in parts would lie in several files. */
function addressOf({ download }: UnzipParams): Address | undefined {
  const [first, ...more] = download?.download.url ?? []
  const address = first === undefined || more.length > 0 ? undefined : parseAddress(first)
  return typeof address === 'string' ? undefined : address
}
