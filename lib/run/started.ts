/** Tells of each task that it started, once, and how that ended. Knows no order of steps. */

import type { Report } from '../model/event.ts'
import type { Problem } from '../model/problem.ts'
import { lookedFor, type Receipt } from '../model/receipt.ts'
import type { Task, TaskId } from '../model/task.ts'
import type { Reason } from '../model/verdict.ts'
import { type Made, naming } from './attempt.ts'

export class Started {
  readonly #report: Report
  readonly #open = new Map<TaskId, Task>()
  readonly #stopped = new Set<TaskId>()
  #isToldOfFullDisk = false

  constructor(report: Report) {
    this.#report = report
  }

  /** Tasks that ended here although they had begun. */
  get stopped(): number {
    return this.#stopped.size
  }

  /** One that found out what it needs goes on with the start that was told. */
  begin(task: Task, reason: Reason): void {
    if (!this.#open.has(task.id)) this.#report({ event: 'task-started', ...naming(task), reason })
    this.#open.set(task.id, task)
    this.#stopped.delete(task.id)
  }

  finish(task: Task, receipt: Receipt, made: Made): void {
    const { seconds, files, bytes } = receipt
    const looked = lookedFor(receipt)
    this.#open.delete(task.id)
    this.#report({
      event: 'task-finished',
      ...naming(task),
      seconds,
      files,
      bytes,
      bytesDownloaded: made.bytesDownloaded,
      filesWritten: made.written.length,
      bytesWritten: made.bytesWritten,
      ...(made.filesDownloaded > 0 && { filesDownloaded: made.filesDownloaded }),
      ...(looked && { looked }),
    })
  }

  fail(task: Task, { code, diagnostics }: Problem): void {
    this.#open.delete(task.id)
    this.tell(diagnostics)
    const message = diagnostics[0]?.message ?? ''
    this.#report({ event: 'task-failed', ...naming(task), code, message })
  }

  /** A full disk ends much at once: that is told once. */
  tell(diagnostics: Problem['diagnostics']): void {
    for (const diagnostic of diagnostics) {
      if (diagnostic.code === 'disk-full' && this.#isToldOfFullDisk) continue
      this.#isToldOfFullDisk ||= diagnostic.code === 'disk-full'
      this.#report({ event: 'diagnostic', diagnostic })
    }
  }

  /** Where it had begun. `why`: half a sentence. */
  stop({ id }: Task, why: string): void {
    const task = this.#open.get(id)
    if (!task) return
    this.#report({ event: 'task-stopped', ...naming(task), why })
    this.#open.delete(id)
    this.#stopped.add(id)
  }

  stopAll(why: string): void {
    for (const task of [...this.#open.values()]) this.stop(task, why)
  }
}
