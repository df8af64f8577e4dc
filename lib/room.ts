/** Whether the disk can take what a plan writes: rights, bytes and inodes. Knows nothing of how they are used. */

import { accessSync, constants } from 'node:fs'
import { nearestExisting, roomAt } from './io/disk.ts'
import type { Totals } from './model/plan.ts'
import { Problem } from './model/problem.ts'
import { formatBytes, formatCount } from './model/units.ts'

/** Left free, so that the rest of the machine goes on: 256 MB, or 1 % where that is less. */
const reserveBytes = 256e6

export interface Room {
  readonly bytes: number
  /** Undefined where the filesystem does not count inodes. */
  readonly files: number | undefined
}

export const roomFor = (root: string): Room => roomAt(root)

/** Throws `no-room` before the first byte where even one archive after the other does not fit. */
export function refuseWithoutRoom(root: string, totals: Totals, room: Room = roomFor(root)): void {
  const reserve = Math.min(reserveBytes, room.bytes / 100)
  if (totals.leastDisk > 0 && totals.leastDisk > room.bytes - reserve) {
    throw new Problem({
      code: 'no-room',
      message: `There is not enough room in ${root} for this build.`,
      evidence: [
        {
          label: 'wanted',
          text: `${formatBytes(totals.leastDisk)}, with one archive at a time beside what it becomes`,
        },
        { label: 'found', text: `${formatBytes(room.bytes)} free` },
      ],
      disk: 'Nothing was downloaded.',
      next: 'make room, build fewer targets, or build on another disk with --root DIR.',
    })
  }
  if (room.files !== undefined && totals.files > room.files) {
    throw new Problem({
      code: 'no-room',
      message: `The filesystem of ${root} has not enough inodes for this build.`,
      evidence: [
        { label: 'wanted', text: `${formatCount(totals.files)} files` },
        { label: 'found', text: `${formatCount(room.files)} free inodes` },
      ],
      disk: 'Nothing was downloaded.',
      next: 'remove files, or build on a filesystem with more inodes with --root DIR.',
    })
  }
}

/** Throws `read-only-root` where nothing can be written: asked before room, of which there is none there either. */
export function refuseReadOnly(root: string): void {
  try {
    accessSync(nearestExisting(root), constants.W_OK)
  } catch (error) {
    throw readOnlyRoot(root, error)
  }
}

export const readOnlyRoot = (root: string, error: unknown): Problem =>
  new Problem({
    code: 'read-only-root',
    message: `${root} cannot be written to.`,
    evidence: [{ label: 'found', text: error instanceof Error ? error.message : String(error) }],
    disk: 'Nothing was changed.',
    next: 'build with an account that may write there, or somewhere else with --root DIR.',
  })
