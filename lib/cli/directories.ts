/** For `lock --only-needed`: the directories of the archives that such a build reads parts of, asked from their hosts. */

import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { remove } from '../io/disk.ts'
import { type Found, lockKeyOf } from '../model/lock-file.ts'
import type { Graph } from '../model/plan.ts'
import { inputsOf, type Task, type TaskId } from '../model/task.ts'
import { type Answers, type InquiryOptions, inquireDirectories } from '../run/inquire.ts'
import { downloadOf } from '../run/lockable.ts'

/** What is asked, by its key in the lock file, and what was told of it. */
export interface Inquired {
  readonly asked: ReadonlyMap<string, Task>
  readonly answers: Answers
  /** Directories that could not be had. */
  readonly failed: number
}

/** The same with the directories: also of archives that the spec pins, and of which nothing else was asked. */
export async function withDirectories(
  { asked, answers }: Omit<Inquired, 'failed'>,
  graph: Graph,
  options: InquiryOptions,
): Promise<Inquired> {
  const archives = archivesIn(graph)
  const folder = mkdtempSync(join(tmpdir(), 'groundwork-lock-'))
  try {
    const told = await inquireDirectories([...archives.keys()], folder, options)
    const all = new Map(asked)
    const found = new Map<TaskId, Found>(answers.found)
    for (const [unpacking, archive] of archives) {
      const directory = told.found.get(unpacking.id)
      const download = downloadOf(archive)
      if (directory === undefined || download === undefined) continue
      const key = lockKeyOf(download)
      // Of one that told nothing else although it was asked, that is told.
      if (!asked.has(key) || found.has(archive.id))
        found.set(archive.id, { ...directory, ...found.get(archive.id) })
      all.set(key, archive)
    }
    return {
      asked: all,
      failed: told.failures.length,
      answers: {
        found,
        failures: [...answers.failures, ...told.failures],
        requests: answers.requests + told.requests,
      },
    }
  } finally {
    remove(folder)
  }
}

/** One task that unpacks each archive, with the task that downloads it. */
function archivesIn({ tasks }: Graph): ReadonlyMap<Task, Task> {
  const seen = new Set<TaskId>()
  const archives = new Map<Task, Task>()
  for (const task of tasks.values()) {
    if (!task.kind.inquireDirectory) continue
    for (const id of inputsOf(task.outline)) {
      const archive = tasks.get(id)
      if (seen.has(id) || !archive?.outline.forecast.download || !downloadOf(archive)) continue
      seen.add(id)
      archives.set(task, archive)
    }
  }
  return archives
}
