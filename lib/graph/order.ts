/** Orders of tasks: each after what it takes, linear in tasks and edges, or as the spec names them. Pure. */

import { Problem } from '../model/problem.ts'
import { inputsOf, type Task, type TaskId } from '../model/task.ts'

/** Throws `task-cycle` with the whole loop. Keeps the given order where the edges leave a choice. */
export function inOrder(tasks: ReadonlyMap<TaskId, Task>): readonly Task[] {
  const ordered: Task[] = []
  const state = new Map<TaskId, 'open' | 'done'>()
  for (const start of tasks.values()) {
    if (state.has(start.id)) continue
    // Depth first with a stack of its own: a chain of 100,000 tasks must not end the call stack.
    const path: { task: Task; next: number }[] = [{ task: start, next: 0 }]
    state.set(start.id, 'open')
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const input = before(top.task)[top.next]
      top.next += 1
      if (input === undefined) {
        state.set(top.task.id, 'done')
        ordered.push(top.task)
        path.pop()
        continue
      }
      const taken = tasks.get(input)
      if (taken === undefined) throw new Error(`${top.task.id} takes ${input}, which no task gives`)
      if (state.get(input) === 'open')
        throw cycle(
          path.map(({ task }) => task),
          input,
        )
      if (state.has(input)) continue
      state.set(input, 'open')
      path.push({ task: taken, next: 0 })
    }
  }
  return ordered
}

const before = ({ outline }: Task): readonly TaskId[] =>
  outline.sees === undefined ? inputsOf(outline) : [...inputsOf(outline), ...outline.sees]

/** The spec names it before the other; ids decide between two that it does not tell apart. */
export function comesBefore(a: Task, b: Task): boolean {
  const order = a.place.line - b.place.line || a.place.column - b.place.column
  return order < 0 || (order === 0 && a.id < b.id)
}

function cycle(path: readonly Task[], back: TaskId): Problem {
  const loop = path.slice(path.findIndex(({ id }) => id === back))
  return new Problem({
    code: 'task-cycle',
    message: `${plain(loop)} need one another in a circle.`,
    evidence: loop.map(({ id, place }, i) => ({
      label: i === 0 ? 'loop' : '',
      text: `${id} takes`,
      from: place,
    })),
    next: 'take one of these out of the circle.',
  })
}

const plain = (loop: readonly Task[]): string => [...loop, loop[0]].map(task => task?.id).join(' → ')
