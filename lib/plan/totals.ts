/** Adds up what a plan moves, and the disk that it needs while it runs. Pure. */

import type { Step, Totals } from '../model/plan.ts'
import type { TaskId } from '../model/task.ts'

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
  let [download, write, files, unknown, trees] = [0, 0, 0, 0, 0]
  for (const step of steps.values()) {
    if (step.verdict.state !== 'stale') continue
    const from = step.task.outline.forecast.download
    if (from) {
      if (step.download === undefined) unknown += 1
      download += step.download ?? 0
      byHost[from.host] = (byHost[from.host] ?? 0) + (step.download ?? 0)
      archives.push(step.write ?? step.download ?? 0)
    } else {
      write += step.write ?? 0
      files += step.files ?? 0
      // What renames and moves within the playground takes no room of its own.
      if (step.task.gives && !consumesParts(step, steps)) trees += step.write ?? 0
    }
  }
  const all = archives.reduce((sum, bytes) => sum + bytes, 0)
  const largest = archives.reduce((most, bytes) => Math.max(most, bytes), 0)
  const leastDisk = trees + (options.keepArchives ? all : largest)
  const room = Math.max(0, (options.freeBytes ?? Number.POSITIVE_INFINITY) - trees)
  const held = options.keepArchives ? all : Math.max(largest, Math.min(all, room))
  return { download, write, files, unknown, peakDisk: trees + held, leastDisk, archives: held, byHost }
}

const consumesParts = ({ task }: Step, steps: ReadonlyMap<TaskId, Step>): boolean =>
  task.outline.takes.length > 0 &&
  task.outline.takes.every(input => {
    const gives = steps.get(input)?.task.gives
    return gives?.form === 'tree' && !gives.lasting
  })
