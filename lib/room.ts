/** Whether the disk can take what a plan writes: rights, bytes and inodes. Knows nothing of how they are used. */

import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'
import { type Filesystem, nearestExisting, reserveOf, roomAt } from './io/disk.ts'
import type { Plan } from './model/plan.ts'
import { Problem } from './model/problem.ts'
import type { TaskId } from './model/task.ts'
import { formatBytes, formatCount } from './model/units.ts'
import { isArchive } from './plan/totals.ts'

/** What an attempt that was ended left of a task's result: it need not be written again, or makes room. */
export type LeftOf = (task: TaskId) => Left

interface Left {
  /** As the disk counts them. */
  readonly bytes: number
  readonly files: number
}

/** Throws `no-room` before the first byte where even one archive after the other does not fit, on any filesystem. */
export function refuseWithoutRoom(root: string, plan: Plan, leftOf: LeftOf, filesystemAt = roomAt): void {
  const own = filesystemAt(root)
  const { leastDisk, files } = plan.totals
  // Half a million files are not counted where nobody needs to know.
  const left = isTight(leastDisk, files, own) ? leftOn(plan, leftOf) : { bytes: 0, files: 0 }
  // Everything is staged beside the state, whatever filesystem it goes to then.
  refuseOn({ path: root, bytes: leastDisk - left.bytes, files: files - left.files, why: beside }, own)
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

/** Of an archive no more than is to lie there at once. */
function leftOn({ steps }: Plan, leftOf: LeftOf): Left {
  let [bytes, files] = [0, 0]
  for (const { task, verdict, held } of steps.values()) {
    if (verdict.state !== 'stale') continue
    const left = leftOf(task.id)
    bytes += Math.min(left.bytes, held ?? Number.POSITIVE_INFINITY)
    if (!isArchive(task)) files += left.files
  }
  return { bytes, files }
}

const isTight = (bytes: number, files: number, room: Filesystem): boolean =>
  bytes > room.bytes - reserveOf(room) || files > (room.files ?? Number.POSITIVE_INFINITY)

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
