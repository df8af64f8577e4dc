/** Who waits for whom in one pass: what takes a result, wishes for it, or only looks at it. Knows no state of a step. */

import type { Plan, Step } from '../model/plan.ts'
import type { Task, TaskId } from '../model/task.ts'
import type { Run } from './context.ts'
import { directDependants } from './discard.ts'

export class Readers {
  readonly #plan: Plan
  readonly #wishes: Run['wishes']
  /** By what they look at. */
  readonly #seers = new Map<TaskId, TaskId[]>()

  constructor(plan: Plan, { wishes }: Pick<Run, 'wishes'>) {
    this.#plan = plan
    this.#wishes = wishes
    for (const { task } of plan.steps.values()) for (const seen of this.#seenBy(task)) this.#hear(seen, task)
  }

  /** What has to be done before it may begin. */
  awaitedBy(task: Task): readonly TaskId[] {
    const wish = this.#wishes.get(task.id)
    return [...task.outline.takes, ...this.#seenBy(task), ...(wish ? [wish.input] : [])]
  }

  of(id: TaskId): readonly Step[] {
    const wishing = [...this.#wishes].flatMap(([by, { input }]) => (input === id ? [by] : []))
    const seers = this.#seers.get(id) ?? []
    const readers = new Set([...directDependants(this.#plan.graph, id), ...wishing, ...seers])
    return [...readers].flatMap(reader => this.#plan.steps.get(reader) ?? [])
  }

  /** What is not planned is as it is. */
  #seenBy({ outline }: Task): readonly TaskId[] {
    return outline.sees?.filter(id => this.#plan.steps.has(id)) ?? []
  }

  #hear(seen: TaskId, { id }: Task): void {
    const seers = this.#seers.get(seen)
    if (seers) seers.push(id)
    else this.#seers.set(seen, [id])
  }
}
