/** How long each task stands before the end of the build: what is on the longest way runs first. Pure. */

import type { Graph } from '../model/plan.ts'
import { lastReceipt, type Memory } from '../model/receipt.ts'
import type { Task, TaskId } from '../model/task.ts'
import type { Verdict } from '../model/verdict.ts'

/** Where no record tells the seconds: usual rates of a line and of unpacking. */
const bytesPerSecond = { network: 30e6, core: 150e6 } as const

/** Seconds on the longest way from the start of each task to the end of everything that waits for it. */
export function weightsOf(
  graph: Graph,
  verdicts: ReadonlyMap<TaskId, Verdict>,
  known: { memoryOf(task: TaskId): Memory | undefined },
): ReadonlyMap<TaskId, number> {
  const weights = new Map<TaskId, number>()
  for (const task of [...graph.tasks.values()].toReversed()) {
    const after = (graph.dependants.get(task.id) ?? []).map(id => weights.get(id) ?? 0)
    const own = verdicts.get(task.id)?.state === 'fresh' ? 0 : secondsOf(task, known.memoryOf(task.id))
    weights.set(task.id, own + after.reduce((most, seconds) => Math.max(most, seconds), 0))
  }
  return weights
}

function secondsOf(task: Task, memory: Memory | undefined): number {
  const last = lastReceipt(memory)
  if (last) return last.seconds
  const { bytes, download } = task.outline.forecast
  return (download?.bytes ?? bytes ?? 0) / bytesPerSecond[task.kind.lane]
}
