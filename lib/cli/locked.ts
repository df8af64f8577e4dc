/** `--locked`: a build whose downloads are not all pinned by digest is refused before it starts. */

import { isPartial } from '../model/annotation.ts'
import { isOpen, isPinned, lockFileOf } from '../model/lock-file.ts'
import type { Graph } from '../model/plan.ts'
import { type DiagnosticDraft, Problem } from '../model/problem.ts'
import type { Task } from '../model/task.ts'
import { subjectOf } from '../run/attempt.ts'
import { downloadOf } from '../run/lockable.ts'

/** Whether anything is to be done plays no part: what is fetched must follow from spec and lock file alone. */
export function refuseUnpinned(graph: Graph, spec: string): void {
  const file = lockFileOf(spec)
  const tasks = [...graph.tasks.values()]
  const drafts = [
    ...tasks.filter(task => isLoose(task, graph)).map(task => notPinned(task, file)),
    ...tasks.flatMap(task => looseDirectories(task, graph).map(archive => noDirectory(task, archive, file))),
  ]
  const [first, ...rest] = drafts
  if (first) throw new Problem(first, ...rest)
}

/** Something that comes from outside and could be another file tomorrow. */
function isLoose(task: Task, graph: Graph): boolean {
  const download = downloadOf(task)
  if (download) return !isPinned(download) && !isReadByDirectory(task, graph)
  const { gives, outline } = task
  if (isPartial(outline.fingerprint)) return false
  return gives !== undefined && outline.takes.length === 0 && !isPinned(gives.pins ?? {})
}

/** Only parts of it are read, and the lock file pins its directory, which tells what they are. */
function isReadByDirectory(task: Task, { tasks, dependants }: Graph): boolean {
  const readers = (dependants.get(task.id) ?? []).map(id => tasks.get(id))
  const areParts = readers.every(reader => reader !== undefined && isPartial(reader.outline.fingerprint))
  return areParts && readers.length > 0 && downloadOf(task)?.locked?.directory !== undefined
}

/** Archives of which parts are read, and the digest of the whole proves nothing. */
function looseDirectories({ outline }: Task, { tasks }: Graph): readonly Task[] {
  if (!isPartial(outline.fingerprint)) return []
  return (outline.mayTake ?? []).flatMap(id => {
    const archive = tasks.get(id)
    return archive && downloadOf(archive)?.locked?.directory === undefined ? [archive] : []
  })
}

const fileNameOf = ({ outline }: Task): string => outline.name.replace(/@[0-9a-f+]+$/, '')

const noDirectory = (task: Task, archive: Task, file: string): DiagnosticDraft => ({
  code: 'not-pinned',
  subject: subjectOf(task),
  place: task.place,
  message: `Of ${fileNameOf(archive)} only parts would be read, and ${file} does not pin its directory.`,
  disk: 'Nothing was changed.',
  next: 'npx tsx build lock --only-needed',
})

function notPinned(task: Task, file: string): DiagnosticDraft {
  const name = fileNameOf(task)
  return {
    code: 'not-pinned',
    subject: subjectOf(task),
    place: task.place,
    message: `${name} is pinned by digest neither in the spec nor in ${file}.`,
    disk: 'Nothing was changed.',
    next: nextOf(task, file),
  }
}

function nextOf(task: Task, file: string): string {
  const download = downloadOf(task)
  if (download === undefined || !isOpen(download)) return 'write its sha256 into the spec.'
  if (download.locked === undefined) return 'npx tsx build lock'
  return `its host tells no digest: build it once without --locked, which adds it to ${file}.`
}
