/** Whether what a host announces, begins to send, and has sent is the file that was wanted. Decides nothing but that. */

import type { Digests } from '../../lib/io/digest.ts'
import { roomAt } from '../../lib/io/disk.ts'
import type { Answer } from '../../lib/io/http.ts'
import { takesHoles } from '../../lib/io/native.ts'
import type { DownloadParams } from '../../lib/model/params.ts'
import type { PartSizes } from '../../lib/model/part-sizes.ts'
import { heldBytes } from '../../lib/model/spending.ts'
import type { Workbench } from '../../lib/model/task.ts'
import { formatBytes } from '../../lib/model/units.ts'
import * as problems from './problems.ts'
import { beginsLikeHtml, isHtmlName, isHtmlType, sizeFits, sniffedBytes, titleOf } from './rules.ts'
import type { Source, WebSource } from './sources.ts'

/** Before the body is read: size and digest as the headers tell them. */
export function checkAnnouncement(
  params: DownloadParams,
  source: WebSource,
  total: number | undefined,
  linked: Answer['linked'],
): void {
  const { size, sha256 } = params.download
  const announced = `announced by ${source.host}, nothing was read`
  for (const bytes of [linked.size, total]) {
    if (size && bytes !== undefined && !sizeFits(size, bytes)) {
      throw problems.sizeMismatch(params, source, size, { bytes, from: announced })
    }
  }
  if (linked.size !== undefined && total !== undefined && linked.size !== total) {
    throw problems.sizeUnlikeAnnounced(params, source, linked.size, total)
  }
  if (sha256 !== undefined && linked.sha256 !== undefined && linked.sha256 !== sha256) {
    const wanted = { digest: sha256, from: params.places['sha256'] ?? 'the spec' }
    throw problems.digestMismatch(params, source, 'sha256', wanted, {
      digest: linked.sha256,
      from: announced,
    })
  }
}

/** A whole file as it was taken, from a host or from this machine. */
export interface Taken {
  readonly host: string
  readonly bytes: number
  readonly digests: Digests
  readonly etag?: string
  /** Its beginning was used and is gone: there is no file. */
  readonly isSpent?: boolean
  /** Of each of its parts, where it was joined from several. */
  readonly parts?: PartSizes
}

/** Whether the spec pins it, and every digest and size is the one of the spec. */
export function isAsPinned({ download }: DownloadParams, { bytes, digests }: Taken): boolean {
  const { sha256, md5, size } = download
  if (sha256 === undefined && md5 === undefined) return false
  return (
    [undefined, digests.sha256].includes(sha256) &&
    [undefined, digests.md5].includes(md5) &&
    (!size || sizeFits(size, bytes))
  )
}

/** After the last byte. */
export function checkWhole(
  params: DownloadParams,
  source: Source,
  /** `pieces`: how many answers it was put together from. */
  whole: Pick<Taken, 'bytes' | 'digests'> & { readonly pieces?: number },
  linked: Answer['linked'] = {},
): void {
  const { download, places } = params
  if (download.size && !sizeFits(download.size, whole.bytes)) {
    throw problems.sizeMismatch(params, source, download.size, {
      bytes: whole.bytes,
      from: `whole, from ${source.host}`,
    })
  }
  const { pieces = 1 } = whole
  const from = `${formatBytes(whole.bytes)}, ${pieces > 1 ? `in ${pieces} pieces` : 'whole'}, from ${source.host}`
  for (const algorithm of ['sha256', 'md5'] as const) {
    const pinned = download[algorithm]
    const digest = pinned ?? (algorithm === 'sha256' ? linked.sha256 : undefined)
    if (digest === undefined || digest === whole.digests[algorithm]) continue
    const wanted = {
      digest,
      from: pinned === undefined ? `announced by ${source.host}` : (places[algorithm] ?? 'the spec'),
    }
    throw problems.digestMismatch(params, source, algorithm, wanted, {
      digest: whole.digests[algorithm] ?? '',
      from,
      isInPieces: pieces > 1,
    })
  }
}

/** We ask for the bytes as they are. What is packed on the way anyhow is another file, unless its name says the same. */
export function checkEncoding(params: DownloadParams, source: WebSource, { headers }: Answer): void {
  const encoding = headers['content-encoding']
  if (encoding === undefined || /^\s*(identity)?\s*$/i.test(encoding)) return
  if (/\.(t?gz|br|zst|bz2|xz)$/i.test(params.fileName)) return
  throw problems.encodedContent(params, source, encoding)
}

/** Before the disk is filled with a file that does not fit: its size was not known when the build began. */
export function checkRoom(params: DownloadParams, folder: string, bytes: number): void {
  const free = roomAt(folder).bytes
  if (bytes > free) throw problems.tooLargeForDisk(params, bytes, free)
}

/** The same of a whole file, of which so many bytes are to come: of one that is given back while it is read, less lies there. */
export function checkRoomForWhole(
  params: DownloadParams,
  { shelf, audience }: Pick<Workbench, 'shelf' | 'audience'>,
  { total, left }: { readonly total: number; readonly left: number },
  freeIn = (folder: string): number => roomAt(folder).bytes,
): void {
  const free = freeIn(shelf)
  if (left <= free) return
  const isGivenBack = audience() !== 'kept' && takesHoles(shelf)
  const wanted = isGivenBack ? Math.min(left, heldBytes(total)) : left
  if (wanted > free)
    throw problems.tooLargeForDisk(params, wanted, free, wanted < left ? ' of it at once' : '')
}

/** Refuses a page for people, of which the headers already tell; a digest tells better than they do. */
export async function checkPage(params: DownloadParams, source: WebSource, answer: Answer): Promise<void> {
  if (isHtmlName(params.fileName) || !isHtmlType(answer.headers['content-type'])) return
  const { sha256, md5 } = params.download
  if (!source.explain && (sha256 !== undefined || md5 !== undefined)) return
  let page = ''
  for await (const bytes of answer.body) {
    page += bytes.toString('utf8')
    if ((titleOf(page) !== undefined && !source.explain) || page.length > 65_536) break
  }
  throw source.explain?.(page, answer) ?? problems.htmlInstead(params, source, titleOf(page))
}

/** Looks at the first bytes of a file as they pass, and refuses a page for people that no header told of. */
export function watchForPage(
  params: DownloadParams,
  source: WebSource,
  from: number,
): (bytes: Buffer) => void {
  let head = Buffer.alloc(0)
  return bytes => {
    if (from > 0 || head.length >= sniffedBytes || isHtmlName(params.fileName)) return
    head = Buffer.concat([head, bytes])
    if (beginsLikeHtml(head)) throw problems.htmlInstead(params, source, titleOf(head.toString('utf8')))
  }
}
