/**
 * What it takes to unpack some of an archive without the rest of it: how it is downloaded, and which annotations say what
 * is needed. Knows no file and no host.
 */

import { type Address, parseAddress } from '../../lib/model/address.ts'
import { type Annotation, canMeet, partialMark } from '../../lib/model/annotation.ts'
import type { Ingredient } from '../../lib/model/fingerprint.ts'
import { identityOfFile } from '../../lib/model/lock-file.ts'
import type { DownloadParams } from '../../lib/model/params.ts'
import type { SourceRequest } from '../../lib/model/source-form.ts'
import type { RenameRule } from '../../lib/model/spec.ts'
import type { Outline } from '../../lib/model/task.ts'
import { tailBytes } from '../download/tuning.ts'
import { type UnpackParams, unpackOutline, unpackParams } from './params.ts'

export interface UnzipParams extends UnpackParams {
  /** How the archive is downloaded; undefined where a person fetches it. */
  readonly download?: DownloadParams
  /** What later becomes of the names. */
  readonly rename?: readonly RenameRule[]
  /** Images become JPEG, under `.jpg`. */
  readonly transcode?: boolean
  /** Only what these refer to is wanted; undefined: all of it. */
  readonly neededBy?: readonly Annotation[]
}

/** The same, where only some of the archive is wanted. */
export interface NeededParams extends UnzipParams {
  readonly download: DownloadParams
  readonly neededBy: readonly Annotation[]
}

export const unzipParams = (request: SourceRequest): UnzipParams => ({
  ...unpackParams(request),
  ...(request.download && { download: request.download }),
  ...(request.rename && { rename: request.rename }),
  ...(request.transcode && { transcode: true }),
})

export function unzipOutline(params: UnzipParams): Outline {
  const address = addressOf(params)
  const outline = unpackOutline(params)
  if (isNeeded(params)) return neededOutline(params, outline, address)
  if (!address) return outline
  const isPinned = params.download?.download.locked?.directory !== undefined
  return {
    ...outline,
    pieces: { ...(address.scheme !== 'file' && { host: address.host }), endBytes: tailBytes, isPinned },
  }
}

export const isNeeded = (params: UnzipParams): params is NeededParams => params.neededBy !== undefined

/** What a person fetches is unpacked whole: it is here. So is an archive inside of another. */
export const onlyNeeded = (
  params: UnzipParams,
  annotations: readonly Annotation[],
): UnzipParams | undefined =>
  params.download && params.inner === undefined
    ? { ...params, neededBy: annotations.filter(({ images }) => canMeet(images, params.target)) }
    : undefined

function neededOutline(params: NeededParams, outline: Outline, address: Address | undefined): Outline {
  const { neededBy, rename = [], transcode, download, from } = params
  const folders = neededBy.map(({ images }) => `/${images}`).join(', ')
  const names = rename.map(({ match, to }) => `${match} → ${to}`).join(', ')
  return {
    ...outline,
    fingerprint: [
      ...outline.fingerprint,
      { name: partialMark, value: folders || 'nothing' },
      ...(names === '' ? [] : [{ name: 'rename', value: names } satisfies Ingredient]),
      ...(transcode ? [{ name: 'transcode', value: true }] : []),
      { name: 'archive', value: identityOfFile(download.download) },
    ],
    takes: neededBy.map(({ task }) => task),
    mayTake: [from],
    forecast:
      address && address.scheme !== 'file' ? { download: { host: address.host, bytes: undefined } } : {},
  }
}

/** Of an archive in one piece: ranges of one in parts would lie in several files. Nor inside of another one. */
function addressOf({ download, inner }: UnzipParams): Address | undefined {
  if (inner !== undefined) return undefined
  const [first, ...more] = download?.download.url ?? []
  const address = first === undefined || more.length > 0 ? undefined : parseAddress(first)
  return typeof address === 'string' ? undefined : address
}
