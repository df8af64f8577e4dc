/**
 * `--only-needed`: the graph in which tasks that can make some of their files make only those that annotations of the same
 * build refer to. Reads no annotation; which files those are, the tasks find out.
 */

import { graphFrom, partOf } from '../graph.ts'
import type { Annotation } from '../model/annotation.ts'
import type { Graph } from '../model/plan.ts'
import type { Task, TaskId } from '../model/task.ts'
import { inOrder } from './order.ts'

/** What is recorded of a task. */
export interface Before {
  /** It has made all of its files: they stay, and so does the task as it is. */
  readonly isWhole: (task: Task) => boolean
  /** The annotations that chose its files when it made some of them; undefined where it did not. */
  readonly chosenBy: (task: Task) => readonly TaskId[] | undefined
}

/**
 * `targets`: what is to be built, annotations included. Where none of those can refer to files that were made for others,
 * those others are looked at once more. Checks of files that are not all leave out what cannot hold for a part of them.
 */
export function onlyNeeded(whole: Graph, targets: readonly string[], { isWhole, chosenBy }: Before): Graph {
  const asked = partOf(whole, targets)
  const annotations = [...asked.tasks.values()].flatMap(annotationOf)
  const unasked = new Map<TaskId, Set<string>>()
  const tasks = inPart(whole, task => {
    if (!asked.tasks.has(task.id) || isWhole(task)) return undefined
    const own = partOfFiles(task, annotations)
    if (own === undefined || own.outline.takes.length > 0) return own
    const before = annotationsAmong(whole, chosenBy(task) ?? [])
    for (const { task: id } of before) addTargets(unasked, whole, id, task.targets)
    return partOfFiles(task, before)
  })
  for (const [id, more] of unasked) {
    const task = tasks.get(id)
    if (task && !asked.tasks.has(id)) tasks.set(id, { ...task, targets: [...task.targets, ...more] })
  }
  return graphFrom(inOrder(tasks), whole.targets)
}

/** The graph of what was made: some of the files where only some were made, whoever is asked now. */
export function asMade(whole: Graph, { chosenBy }: Before): Graph {
  const tasks = inPart(whole, task => {
    const chosen = chosenBy(task)
    return chosen && partOfFiles(task, annotationsAmong(whole, chosen))
  })
  return graphFrom(inOrder(tasks), whole.targets)
}

/** `partly`: a task that makes some of its files; undefined where it stays as it is. */
function inPart(whole: Graph, partly: (task: Task) => Task | undefined): Map<TaskId, Task> {
  const tasks = new Map<TaskId, Task>()
  const partial = new Set<TaskId>()
  for (const [id, task] of whole.tasks) {
    const readsParts = task.outline.takes.some(input => partial.has(input))
    const isChecking = task.gives === undefined
    const own = isChecking ? (readsParts ? partOfFiles(task, []) : undefined) : partly(task)
    if (own !== undefined || readsParts) partial.add(id)
    if (own !== undefined || !(isChecking && readsParts)) tasks.set(id, own ?? task)
  }
  return tasks
}

/** It is made for these targets as well, and so is what it takes. */
function addTargets(
  unasked: Map<TaskId, Set<string>>,
  whole: Graph,
  id: TaskId,
  targets: readonly string[],
): void {
  const told = unasked.get(id) ?? new Set()
  for (const target of targets) told.add(target)
  unasked.set(id, told)
  for (const input of whole.tasks.get(id)?.outline.takes ?? []) addTargets(unasked, whole, input, targets)
}

const annotationsAmong = ({ tasks }: Graph, ids: readonly TaskId[]): readonly Annotation[] =>
  ids.flatMap(id => {
    const task = tasks.get(id)
    return task ? annotationOf(task) : []
  })

const annotationOf = ({ id, outline: { refersBelow: images } }: Task): readonly Annotation[] =>
  images === undefined ? [] : [{ task: id, images }]

function partOfFiles(task: Task, annotations: readonly Annotation[]): Task | undefined {
  const params = task.kind.onlyNeeded?.(task.params, annotations)
  return params === undefined ? undefined : { ...task, params, outline: task.kind.outline(params) }
}
