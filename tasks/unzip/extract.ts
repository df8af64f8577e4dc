/** Writes the selected entries of a zip into the staging folder and records each. Everything was judged before. */

import { isDiskFull, roomAt } from '../../lib/io/disk.ts'
import type { Selection } from '../../lib/io/unpacking/selection.ts'
import { unpackSelected } from '../../lib/io/unpacking.ts'
import { threadsOn } from '../../lib/io/worker.ts'
import type { GrowingFile } from '../../lib/model/growing-file.ts'
import { Problem } from '../../lib/model/problem.ts'
import type { Workbench } from '../../lib/model/task.ts'
import { formatBytes, formatCount } from '../../lib/model/units.ts'
import { leftOf } from './room.ts'

/** An archive that is open for reading. */
export interface OpenArchive {
  readonly handle: number
  /** Where it is still being written. */
  readonly growing?: GrowingFile | undefined
  /** Entries that are not unpacked and only looked at, front to back. */
  readonly passedBy?: Uint32Array
}

/** Resolves, or throws the first failure, when nothing is being written any more. */
export async function extract(selection: Selection, archive: OpenArchive, bench: Workbench): Promise<void> {
  const total = bytesLeft(selection)
  let done = 0
  const onBytes = (bytes: number): void => {
    bench.wrote(bytes)
    bench.progress((done += bytes), total, 'bytes')
  }
  const onDone = (k: number): void => bench.record(selection.path(k), selection.bytes(k), selection.sha256(k))
  const { staging: folder, signal, cores } = bench
  try {
    const threads = threadsOn(cores)
    await unpackSelected({ ...archive, selection, folder, signal, threads, onBytes, onDone })
  } catch (error) {
    throw problemOf(error, selection.directory.archive, folder, blockBytes => leftOf(selection, blockBytes))
  }
}

function bytesLeft(selection: Selection): number {
  let bytes = 0
  for (let k = 0; k < selection.count; k += 1) if (!selection.isDone(k)) bytes += selection.bytes(k)
  return bytes
}

/** What is left to be written, on a disk of such blocks. */
type Left = (blockBytes: number) => { readonly bytes: number; readonly files: number }

/** What the system says of a full disk, in our words; anything else as it is. `folder`: what was written into. */
export function problemOf(error: unknown, archive: string, folder: string, leftOn: Left): unknown {
  if (!isDiskFull(error)) return error
  const room = roomAt(folder)
  const { bytes: left, files } = leftOn(room.blockBytes)
  if (room.files === 0) return outOfInodes(archive, files)
  return new Problem({
    code: 'disk-full',
    message: `The disk became full while ${archive} was unpacked.`,
    evidence: [{ label: 'wanted', text: `${formatBytes(left)} more` }],
    next: `free at least ${formatBytes(left)} and build again; the archive need not be fetched again.`,
  })
}

const outOfInodes = (archive: string, files: number): Problem =>
  new Problem({
    code: 'disk-full',
    message: `The filesystem ran out of inodes while ${archive} was unpacked.`,
    evidence: [
      { label: 'wanted', text: `${formatCount(files)} more files` },
      { label: 'found', text: '0 free inodes' },
    ],
    next: 'remove files, or build on a filesystem with more inodes with --root DIR; the archive need not be fetched again.',
  })
