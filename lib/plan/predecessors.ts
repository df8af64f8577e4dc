/**
 * Results that do not last under new names: a download is called by its address, and with another address it is another
 * task. What was made of the old one tells which that was. Pure.
 */

import type { Graph } from '../model/plan.ts'
import type { Receipt } from '../model/receipt.ts'
import type { Task, TaskId } from '../model/task.ts'
import type { Knowledge } from '../plan.ts'

export class Predecessors {
  readonly #whole: Graph
  readonly #known: Pick<Knowledge, 'memoryOf'>
  readonly #found = new Map<TaskId, Receipt | undefined>()

  constructor(whole: Graph, known: Pick<Knowledge, 'memoryOf'>) {
    this.#whole = whole
    this.#known = known
  }

  /** Of the task itself; or, of one that was never begun, of the one in whose place it is. */
  receiptOf(task: Task): Receipt | undefined {
    const memory = this.#known.memoryOf(task.id)
    if (memory !== undefined) return memory.state === 'done' ? memory.receipt : undefined
    if (task.gives?.lasting !== false) return undefined
    if (!this.#found.has(task.id)) this.#found.set(task.id, this.#inherited(task))
    return this.#found.get(task.id)
  }

  #inherited({ id, kind }: Task): Receipt | undefined {
    for (const reader of this.#whole.dependants.get(id) ?? []) {
      const task = this.#whole.tasks.get(reader)
      const { inputs = [] } = (task && this.receiptOf(task)) ?? {}
      const was = inputs[task?.outline.takes.indexOf(id) ?? -1]
      if (was === undefined || task?.outline.takes.includes(was.task)) continue
      const memory = this.#known.memoryOf(was.task)
      if (memory?.state !== 'done') continue
      const { receipt } = memory
      if (receipt.digest === was.digest && receipt.kind === kind.name) return receipt
    }
    return undefined
  }
}
