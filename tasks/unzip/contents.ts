/** What a zip says that it holds, for files that lie on disk already: reads its directory alone, from wherever that can be had. */

import { closeSync, fstatSync, openSync } from 'node:fs'
import { basename } from 'node:path'
import { overHandle } from '../../lib/io/zip/random-access.ts'
import { openZip, type ZipDirectory } from '../../lib/io/zip.ts'
import type { Contents, ContentsInquiry } from '../../lib/model/contents.ts'
import { readPartSizes } from '../../lib/model/part-sizes.ts'
import type { Remarks } from '../../lib/model/receipt.ts'
import { OfferFailed, overRanges } from '../download/ranges.ts'
import { byDirectory, byDirectoryOf, otherDirectory, remarkDirectory } from './directory.ts'
import type { UnzipParams } from './pieces.ts'
import { select } from './unpack.ts'

/** Undefined where no host gives ranges, and for an archive inside of another. */
export async function contents(params: UnzipParams, asking: ContentsInquiry): Promise<Contents | undefined> {
  const { download, inner } = params
  if (inner !== undefined) return undefined
  if (asking.input) return contentsHere(asking.input, params, asking)
  if (download === undefined) return undefined
  const { size } = download.download
  const bytes = size?.exact ? size.bytes : undefined
  return overRanges(download, { ...asking, received: () => {} }, bytes, async archive => {
    const directory = await openZip(archive)
    const other = otherDirectory(directory, download, archive.host)
    if (other) throw new OfferFailed(other)
    return contentsOf(directory, archive.bytes, params, asking, byDirectoryOf(download))
  })
}

async function contentsHere(
  { path, remarks }: NonNullable<ContentsInquiry['input']>,
  params: UnzipParams,
  asking: ContentsInquiry,
): Promise<Contents> {
  const handle = openSync(path, 'r')
  try {
    const directory = await openZip(overHandle(handle, basename(path), readPartSizes(remarks?.['parts'])))
    return contentsOf(directory, fstatSync(handle).size, params, asking, byDirectory)
  } finally {
    closeSync(handle)
  }
}

function contentsOf(
  directory: ZipDirectory,
  archiveBytes: number,
  params: UnzipParams,
  asking: ContentsInquiry,
  checked: string,
): Contents {
  const selection = select(directory, params, asking)
  const { crc32 } = directory.columns
  const remarks: Record<string, Remarks[string]> = { checked }
  remarkDirectory(directory, { remark: (name, value) => void (remarks[name] = value) })
  return {
    count: selection.count,
    path: k => selection.path(k),
    bytes: k => selection.bytes(k),
    crc32: k => crc32[selection.index(k)] as number,
    remarks,
    archiveBytes,
  }
}
