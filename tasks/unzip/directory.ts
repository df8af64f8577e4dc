/** What is remembered of the directory that a zip was unpacked by: proof for who reads only parts of the archive later. */

import { createHash } from 'node:crypto'
import type { ZipDirectory } from '../../lib/io/zip.ts'
import type { Workbench } from '../../lib/model/task.ts'

/** SHA-256 in hex of its bytes as they stand in the archive, without the end records. */
export const directoryDigest = ({ columns }: ZipDirectory): string =>
  createHash('sha256').update(columns.directory).digest('hex')

export function remarkDirectory(directory: ZipDirectory, bench: Workbench): void {
  bench.remark('directory', directoryDigest(directory))
  bench.remark('directory bytes', directory.columns.directory.length)
}
