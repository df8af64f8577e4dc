/** Unpacks some files from ranges of an archive that is not here, where that is less work than the whole. */

import type { Selection } from '../../lib/io/unpacking/selection.ts'
import type { ZipDirectory } from '../../lib/io/zip.ts'
import { openZip } from '../../lib/io/zip.ts'
import { isDamage } from '../../lib/model/codes.ts'
import type { DownloadParams } from '../../lib/model/params.ts'
import { Problem } from '../../lib/model/problem.ts'
import type { Workbench } from '../../lib/model/task.ts'
import { OfferFailed, type RangedArchive } from '../download/ranges.ts'
import { otherDirectory, remarkDirectory } from './directory.ts'
import { extract } from './extract.ts'
import { isWorthwhile, rangesOf } from './wanted.ts'

/**
 * `choose`: what of it; undefined where it is not what was looked for. Undefined where the whole archive is less work, or
 * cannot be trusted before its digest is known.
 */
export async function unpackRanges(
  archive: RangedArchive,
  download: DownloadParams,
  bench: Workbench,
  choose: (directory: ZipDirectory) => Promise<Selection | undefined> | Selection | undefined,
): Promise<true | undefined> {
  try {
    const directory = await openZip(archive)
    const other = otherDirectory(directory, download, archive.host)
    if (other) throw new OfferFailed(other)
    const selection = await choose(directory)
    if (selection === undefined) return undefined
    const ranges = rangesOf(selection)
    if (!isWorthwhile(ranges, archive.bytes)) return undefined
    await archive.bringWhile(ranges, growing =>
      extract(selection, { handle: archive.handle, growing }, bench),
    )
    remarkDirectory(directory, bench)
    return true
  } catch (error) {
    if (error instanceof Problem && isDamage(error.code)) return undefined
    throw error
  }
}
