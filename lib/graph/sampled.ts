/** `--sample`: the graph of a small playground, in which annotations have so many records. Reads no annotation. */

import { graphFrom } from '../graph.ts'
import type { Graph } from '../model/plan.ts'
import type { Task } from '../model/task.ts'

export function withSamples({ tasks, targets }: Graph, records: number): Graph {
  const sampled = [...tasks.values()].map((task): Task => {
    const params = task.kind.sampled?.(task.params, records)
    return params === undefined ? task : { ...task, params, outline: task.kind.outline(params) }
  })
  return graphFrom(sampled, targets)
}
