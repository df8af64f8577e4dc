/**
 * `--only-needed`: the graph in which tasks that can make some of their files make only those that annotations of the same
 * build refer to. Reads no annotation; which files those are, the tasks find out.
 */

import { graphFrom, partOf } from '../graph.ts'
import type { Annotation } from '../model/annotation.ts'
import type { Graph } from '../model/plan.ts'
import type { Task, TaskId } from '../model/task.ts'
import { inOrder } from './order.ts'

/**
 * `targets`: what is to be built, annotations included. `isWhole`: the task has made all of its files before, and stays as
 * it is. Checks of files that are not all leave out what cannot hold for a part of them.
 */
export function onlyNeeded(
  whole: Graph,
  targets: readonly string[],
  isWhole: (task: Task) => boolean,
): Graph {
  const asked = partOf(whole, targets)
  const annotations = [...asked.tasks.values()].flatMap(annotationOf)
  const tasks = new Map<TaskId, Task>()
  const partial = new Set<TaskId>()
  for (const [id, task] of whole.tasks) {
    const readsParts = task.outline.takes.some(input => partial.has(input))
    const isChecking = task.gives === undefined
    const mayChange = isChecking ? readsParts : asked.tasks.has(id) && !isWhole(task)
    const own = mayChange ? partOfFiles(task, annotations) : undefined
    if (own !== undefined || readsParts) partial.add(id)
    if (own !== undefined || !(isChecking && readsParts)) tasks.set(id, own ?? task)
  }
  return graphFrom(inOrder(tasks), whole.targets)
}

const annotationOf = ({ id, outline: { refersBelow: images } }: Task): readonly Annotation[] =>
  images === undefined ? [] : [{ task: id, images }]

function partOfFiles(task: Task, annotations: readonly Annotation[]): Task | undefined {
  const params = task.kind.onlyNeeded?.(task.params, annotations)
  return params === undefined ? undefined : { ...task, params, outline: task.kind.outline(params) }
}
