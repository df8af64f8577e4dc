/**
 * The door to zip archives: the directory of one, read and checked against itself.
 * Knows no target and judges no name; content is read by lib/io/zip/content.ts.
 */

import { ZipDirectory } from './zip/columns.ts'
import { readDirectory } from './zip/directory.ts'
import { findDirectory } from './zip/end.ts'
import { type RandomAccess, windowOf } from './zip/random-access.ts'

export type { ZipDirectory, ZipEntry } from './zip/columns.ts'

/** The entries in the order of the directory. No two share bytes. What it throws is damage (lib/model/codes.ts). */
export async function openZip(source: RandomAccess): Promise<ZipDirectory> {
  return new ZipDirectory(await readDirectory(source, await findDirectory(source)))
}

/** A zip that lies in another file as it is, `bytes` long from `at` on. Its entries lie where they lie in that file. */
export async function openZipWithin(
  source: RandomAccess,
  name: string,
  at: number,
  bytes: number,
): Promise<ZipDirectory> {
  const directory = await openZip(windowOf(source, name, at, bytes))
  const { headerOffset, endOffset } = directory.columns
  for (let i = 0; i < directory.count; i += 1) {
    headerOffset[i] = at + (headerOffset[i] as number)
    endOffset[i] = at + (endOffset[i] as number)
  }
  return directory
}
