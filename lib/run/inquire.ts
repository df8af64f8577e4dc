/** Asks the hosts of many tasks at once what they tell of them, within the budgets of the hosts. Fetches nothing. */

import { setMaxListeners } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { safeName } from '../knowledge.ts'
import type { Contents, ContentsInquiry } from '../model/contents.ts'
import type { Report } from '../model/event.ts'
import type { Found } from '../model/lock-file.ts'
import type { Diagnostic } from '../model/problem.ts'
import type { Spec } from '../model/spec.ts'
import type { Inquiry, Task, TaskId } from '../model/task.ts'
import { subjectOf } from './attempt.ts'
import { problemOf } from './failure.ts'
import { headersOfHosts } from './headers.ts'
import { hostsOf } from './hosts.ts'

export interface InquiryOptions {
  /** Its budgets and headers of hosts, with their places. */
  readonly spec: Pick<Spec, 'hosts' | 'file' | 'places'>
  readonly report: Report
  readonly signal: AbortSignal
}

export interface Answers<T = Found> {
  readonly found: ReadonlyMap<TaskId, T>
  /** Why the others told nothing, in the order of the tasks. */
  readonly failures: readonly Diagnostic[]
  readonly requests: number
}

/** What hosts tell of downloads. Throws only when it is cancelled. */
export const inquireAll = (tasks: readonly Task[], options: InquiryOptions): Promise<Answers> =>
  askAll(tasks, options, ({ kind, params }, inquiry) => Promise.resolve(kind.inquire?.(params, inquiry)))

/** The digests of the directories of archives, by the task that unpacks. `folder`: absolute, for what is read. */
export const inquireDirectories = (
  tasks: readonly Task[],
  folder: string,
  options: InquiryOptions,
): Promise<Answers> =>
  askAll(tasks, options, ({ id, kind, params }, inquiry) =>
    Promise.resolve(kind.inquireDirectory?.(params, inquiry, join(folder, safeName(id)))),
  )

export interface ContentsOptions extends InquiryOptions {
  /** Absolute, for what is read. */
  readonly folder: string
  readonly offline: boolean
  readonly foldsCase: boolean
  readonly inputOf: (id: TaskId) => ContentsInquiry['input']
}

/** What the results of tasks are to hold, and those of the tasks before them, as far as anything tells; in order of the graph. */
export async function inquireContents(
  tasks: readonly Task[],
  options: ContentsOptions,
): Promise<Answers<Contents>> {
  const { folder, inputOf } = options
  const found = new Map<TaskId, Contents>()
  const failures: Diagnostic[] = []
  let requests = 0
  const ask = ({ id, kind, params, outline }: Task, inquiry: Inquiry): Promise<Contents | undefined> => {
    const shelf = join(folder, safeName(id))
    const inputs = outline.takes.flatMap(input => found.get(input) ?? [])
    const input = inputOf(outline.takes[0] ?? '')
    return Promise.resolve(kind.contents?.(params, { ...options, ...inquiry, shelf, input }, inputs))
  }
  const isLast = ({ outline }: Task): boolean => tasks.some(({ id }) => outline.takes.includes(id))
  for (const round of [tasks.filter(task => !isLast(task)), tasks.filter(isLast)]) {
    const answers = await askAll(round, options, ask)
    for (const [id, contents] of answers.found) found.set(id, contents)
    failures.push(...answers.failures)
    requests += answers.requests
  }
  return { found, failures, requests }
}

async function askAll<T>(
  tasks: readonly Task[],
  { spec, report, signal }: InquiryOptions,
  ask: (task: Task, inquiry: Inquiry) => Promise<T | undefined>,
): Promise<Answers<T>> {
  // Every request and pause of every inquiry listens to it.
  setMaxListeners(0, signal)
  const pause = (milliseconds: number): Promise<void> => sleep(milliseconds, undefined, { signal })
  const host = hostsOf({ budgets: spec.hosts, rateBytesPerSecond: undefined, pause })
  const headersOf = headersOfHosts(spec, process.env)
  const found = new Map<TaskId, T>()
  const failures = new Map<TaskId, readonly Diagnostic[]>()
  let requests = 0
  await Promise.all(
    tasks.map(async task => {
      const subject = subjectOf(task)
      const inquiry: Inquiry = {
        host,
        headersOf,
        signal,
        requested: () => void (requests += 1),
        tell: diagnostic => report({ event: 'diagnostic', diagnostic: { subject, ...diagnostic } }),
        pause,
      }
      try {
        const told = await ask(task, inquiry)
        if (told !== undefined) found.set(task.id, told)
      } catch (error) {
        signal.throwIfAborted()
        failures.set(task.id, problemOf(error, { subject, disk: 'Nothing was changed.' }).diagnostics)
      }
    }),
  )
  return { found, failures: tasks.flatMap(({ id }) => failures.get(id) ?? []), requests }
}
