/** Adds up what a plan moves, and the disk that it needs while it runs. Pure. */

import type { Step, Totals } from '../model/plan.ts'
import type { Task, TaskId } from '../model/task.ts'

interface RoomOptions {
  readonly freeBytes?: number
  readonly keepArchives?: boolean
}

/**
 * `peakDisk` counts the trees and all archives that may lie beside them at one time. Where the disk has no room for
 * that, archives wait for one another, down to one at a time: `leastDisk`.
 */
export function totalsOf(steps: ReadonlyMap<TaskId, Step>, options: RoomOptions): Totals {
  const byHost: Record<string, number> = {}
  const archives: number[] = []
  let [download, write, onDisk, files, unknown, guessed, saved, wholes] = [0, 0, 0, 0, 0, 0, 0, 0]
  for (const step of steps.values()) {
    if (step.verdict.state !== 'stale') continue
    if (step.isGuess) guessed += 1
    if (step.mayFetchAll) wholes += 1
    saved += step.saved ?? 0
    const from = hostOf(step)
    if (from !== undefined) {
      if (step.download === undefined) unknown += 1
      download += step.download ?? 0
      byHost[from] = (byHost[from] ?? 0) + (step.download ?? 0)
    }
    if (isArchive(step.task)) archives.push(step.held ?? 0)
    if (step.task.gives?.lasting) {
      // The part that a rename takes and what it gives are the same bytes under other names.
      write += step.write ?? 0
      onDisk += step.onDisk
      files += step.files ?? 0
    }
  }
  const all = archives.reduce((sum, bytes) => sum + bytes, 0)
  const largest = archives.reduce((most, bytes) => Math.max(most, bytes), 0)
  const leastDisk = onDisk + (options.keepArchives ? all : largest)
  const room = Math.max(0, (options.freeBytes ?? Number.POSITIVE_INFINITY) - onDisk)
  const held = options.keepArchives ? all : Math.max(largest, Math.min(all, room))
  return {
    download,
    write,
    files,
    unknown,
    guessed,
    wholes,
    peakDisk: onDisk + held,
    leastDisk,
    archives: held,
    byHost,
    ...(saved > 0 && { saved }),
  }
}

/** Who is asked for bytes, if anybody. */
export function hostOf({ task: { outline }, download }: Step): string | undefined {
  const { forecast, pieces } = outline
  return forecast.download?.host ?? (download === 0 ? undefined : pieces?.host)
}

/** What is fetched or copied as it is, to be given back later. */
export const isArchive = ({ gives }: Task): boolean => gives?.form === 'file' && !gives.lasting
