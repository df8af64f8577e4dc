/** Asks the host of an archive for its directory alone, so that it can be locked. */

import { openZip } from '../../lib/io/zip.ts'
import type { Found } from '../../lib/model/lock-file.ts'
import type { Inquiry } from '../../lib/model/task.ts'
import { overRanges } from '../download/ranges.ts'
import { directoryDigest } from './directory.ts'
import type { UnzipParams } from './pieces.ts'

/** Undefined where no host gives ranges. `folder`: absolute, for what is read. */
export async function inquireDirectory(
  { download }: UnzipParams,
  inquiry: Inquiry,
  folder: string,
): Promise<Found | undefined> {
  if (download === undefined) return undefined
  const asking = { ...inquiry, shelf: folder, offline: false, received: () => {} }
  const bytes = download.download.size?.exact ? download.download.size.bytes : undefined
  return overRanges(download, asking, bytes, async archive => ({
    directory: directoryDigest(await openZip(archive)),
    from: archive.host,
  }))
}
