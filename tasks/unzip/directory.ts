/**
 * The digest of the directory of a zip: remembered where one was unpacked, and wanted by who reads only parts of an archive
 * without the digest of the whole.
 */

import { createHash } from 'node:crypto'
import type { ZipDirectory } from '../../lib/io/zip.ts'
import type { DownloadParams } from '../../lib/model/params.ts'
import { Problem } from '../../lib/model/problem.ts'
import type { Workbench } from '../../lib/model/task.ts'
import { shortDigest } from '../../lib/model/units.ts'

/** SHA-256 in hex of its bytes as they stand in the archive, without the end records. */
export const directoryDigest = ({ columns }: ZipDirectory): string =>
  createHash('sha256').update(columns.directory).digest('hex')

export function remarkDirectory(directory: ZipDirectory, bench: Pick<Workbench, 'remark'>): void {
  bench.remark('directory', directoryDigest(directory))
  bench.remark('directory bytes', directory.columns.directory.length)
}

/** How files are checked of an archive that was not read whole. */
export const byDirectory = 'CRC-32 of each file against the directory of the archive'

/** The same, where the directory came from a host. */
export const byDirectoryOf = (params: DownloadParams): string =>
  isDirectoryPinned(params) ? `${byDirectory}, whose digest is locked` : byDirectory

/** Whether the lock file has it. */
const isDirectoryPinned = ({ download }: DownloadParams): boolean => download.locked?.directory !== undefined

/** What is told where the lock file has another one. `from`: who gave it. */
export function otherDirectory(
  directory: ZipDirectory,
  { download, fileName }: DownloadParams,
  from: string,
): Problem | undefined {
  const { directory: wanted, places } = download.locked ?? {}
  const found = directoryDigest(directory)
  if (wanted === undefined || wanted === found) return undefined
  const place = places?.['directory']
  return new Problem({
    code: 'directory-mismatch',
    message: `The directory of ${fileName} is not the one that was locked.`,
    ...(place && { place }),
    evidence: [
      { label: 'wanted', text: `sha256 ${shortDigest(wanted)}`, ...(place && { from: place }) },
      { label: 'found', text: `sha256 ${shortDigest(found)}`, from },
    ],
    disk: 'Nothing was placed.',
    next: 'if the publisher replaced the archive, lock it anew: npx tsx build lock --only-needed; if not, use another mirror.',
  })
}
