/**
 * Whether the disk takes what an archive says that it becomes: asked once its directory was read, before a file is written.
 * Knows nothing of the plan, which had only the size of the archive to go by.
 */

import { fstatSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { filesBelow, reserveOf, roomAt } from '../../lib/io/disk.ts'
import type { Selection } from '../../lib/io/unpacking/selection.ts'
import { type Evidence, Problem } from '../../lib/model/problem.ts'
import { formatBytes, formatCount, inBlocks, plural } from '../../lib/model/units.ts'
import type { OpenArchive } from './extract.ts'

/** Throws `no-room`. `folder`: what an earlier attempt left there is counted as written. */
export function refuseWithoutRoom(
  selection: Selection,
  archive: OpenArchive,
  folder: string,
  filesystemAt = roomAt,
): void {
  const room = filesystemAt(folder)
  const free = room.bytes - reserveOf(room)
  const { bytes, files } = leftOf(selection, room.blockBytes)
  const isTight = bytes > free || (room.files !== undefined && files > room.files)
  // Half a million files are not counted where nobody needs to know.
  const there = isTight ? lyingIn(folder, room.blockBytes) : { bytes: 0, files: 0 }
  const missing = bytes - there.bytes
  const { archive: name } = selection.directory
  if (missing > free + givenBack(archive))
    throw noRoom(`There is no room for what ${name} says that it holds.`, [
      { label: 'wanted', text: `${formatBytes(missing)} in ${plural(files, 'file')}` },
      { label: 'found', text: `${formatBytes(room.bytes)} free` },
    ])
  if (room.files !== undefined && files - there.files > room.files)
    throw noRoom(`The filesystem has not enough inodes for what ${name} says that it holds.`, [
      { label: 'wanted', text: `${formatCount(files - there.files)} files` },
      { label: 'found', text: `${formatCount(room.files)} free inodes` },
    ])
}

/** What is still to be written, in whole blocks. */
export function leftOf(
  selection: Selection,
  blockBytes: number,
): { readonly bytes: number; readonly files: number } {
  let bytes = 0
  let files = 0
  for (let k = 0; k < selection.count; k += 1) {
    if (selection.isDone(k)) continue
    bytes += inBlocks(selection.bytes(k), blockBytes)
    files += 1
  }
  return { bytes, files }
}

function lyingIn(folder: string, blockBytes: number): { readonly bytes: number; readonly files: number } {
  let bytes = 0
  let files = 0
  for (const path of filesBelow(folder)) {
    bytes += inBlocks(statSync(join(folder, path)).size, blockBytes)
    files += 1
  }
  return { bytes, files }
}

/** What of an archive is given back to the disk while it is unpacked, at the most: of one that still grows, what is there. */
const givenBack = ({ handle, growing }: OpenArchive): number =>
  growing === undefined ? 0 : fstatSync(handle).blocks * 512

const noRoom = (message: string, evidence: readonly Evidence[]): Problem =>
  new Problem({
    code: 'no-room',
    message,
    evidence,
    next: 'make room and build again; if it should not be that large, do not trust the archive.',
  })
