/**
 * Spec + task kinds → graph of tasks: one download for whoever names it, one giver for every path, no cycle.
 * Knows no disk and no record; which kinds there are is handed in.
 */

import { refuseClashes } from './graph/clashes.ts'
import { Draft, type Kinds } from './graph/draft.ts'
import { inOrder } from './graph/order.ts'
import type { Graph } from './model/plan.ts'
import type { Spec } from './model/spec.ts'
import { inputsOf, type Task, type TaskId } from './model/task.ts'

/** Everything that the spec asks for. Throws `target-clash` and `task-cycle`, all of them at once. */
export function graphOf(spec: Spec, kinds: Kinds): Graph {
  const draft = new Draft(spec, kinds)
  for (const [name, target] of Object.entries(spec.targets)) draft.target(name, target)
  draft.finish()
  refuseClashes(spec, draft.tasks)
  return graphFrom(inOrder(draft.tasks), Object.keys(spec.targets))
}

/** The part of a graph that the targets need. What is shared with others is told of one of these. */
export function partOf(graph: Graph, targets: readonly string[]): Graph {
  const wanted = new Set(targets)
  const told = new Map<TaskId, Task>()
  for (const task of graph.tasks.values()) {
    const target = wanted.has(task.target) ? task.target : task.targets.find(one => wanted.has(one))
    if (target === undefined) continue
    told.set(task.id, target === task.target || task.gives?.lasting ? task : { ...task, target })
  }
  addWhatIsRead(told, graph)
  return graphFrom(
    [...graph.tasks.keys()].flatMap(id => told.get(id) ?? []),
    targets,
  )
}

/** What is made of files of another target needs those, and all that they are made from. They stay that target's. */
function addWhatIsRead(told: Map<TaskId, Task>, { tasks }: Graph): void {
  const open = [...told.values()]
  for (let task = open.pop(); task !== undefined; task = open.pop()) {
    for (const id of inputsOf(task.outline)) {
      const input = tasks.get(id)
      if (input === undefined || told.has(id)) continue
      told.set(id, input)
      open.push(input)
    }
  }
}

export function graphFrom(tasks: readonly Task[], targets: readonly string[]): Graph {
  const dependants = new Map<TaskId, TaskId[]>(tasks.map(({ id }) => [id, []]))
  for (const { id, outline } of tasks) for (const input of inputsOf(outline)) dependants.get(input)?.push(id)
  return { tasks: new Map(tasks.map(task => [task.id, task])), dependants, targets }
}
