/** Whether the disk can take what a plan writes: rights, bytes and inodes. Knows nothing of how they are used. */

import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'
import { type Filesystem, nearestExisting, reserveOf, roomAt } from './io/disk.ts'
import type { Plan } from './model/plan.ts'
import { Problem } from './model/problem.ts'
import { formatBytes, formatCount } from './model/units.ts'

/** Throws `no-room` before the first byte where even one archive after the other does not fit, on any filesystem. */
export function refuseWithoutRoom(root: string, plan: Plan, filesystemAt = roomAt): void {
  const own = filesystemAt(root)
  // Everything is staged beside the state, whatever filesystem it goes to then.
  refuseOn({ path: root, bytes: plan.totals.leastDisk, files: plan.totals.files, why: beside }, own)
  const mounts = new Map<number, Need & { readonly room: Filesystem }>()
  for (const { task, verdict, onDisk, files } of plan.steps.values()) {
    if (verdict.state !== 'stale' || !task.gives?.lasting) continue
    const path = join(root, task.gives.at)
    const room = filesystemAt(path)
    if (room.device === own.device) continue
    const before = mounts.get(room.device) ?? { path, room, bytes: 0, files: 0, why: '' }
    mounts.set(room.device, {
      ...before,
      bytes: before.bytes + onDisk,
      files: before.files + (files ?? 0),
    })
  }
  for (const need of mounts.values()) refuseOn(need, need.room)
}

interface Need {
  readonly path: string
  readonly bytes: number
  readonly files: number
  /** Behind the bytes: what they are for. */
  readonly why: string
}

const beside = ', with one archive at a time beside what it becomes'

function refuseOn({ path, bytes, files, why }: Need, room: Filesystem): void {
  const reserve = reserveOf(room)
  if (bytes > 0 && bytes > room.bytes - reserve) {
    throw new Problem({
      code: 'no-room',
      message: `There is not enough room in ${path} for this build.`,
      evidence: [
        { label: 'wanted', text: `${formatBytes(bytes)}${why}` },
        { label: 'found', text: `${formatBytes(room.bytes)} free` },
      ],
      disk: 'Nothing was downloaded.',
      next: 'make room, build fewer targets, or build on another disk with --root DIR.',
    })
  }
  if (room.files !== undefined && files > room.files) {
    throw new Problem({
      code: 'no-room',
      message: `The filesystem of ${path} has not enough inodes for this build.`,
      evidence: [
        { label: 'wanted', text: `${formatCount(files)} files` },
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
