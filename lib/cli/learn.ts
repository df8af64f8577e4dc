/** After a build: what it fetched for the first time is added to the lock file, where there is one. */

import { existsSync } from 'node:fs'
import { errorCode } from '../io/disk.ts'
import { parseAddress } from '../model/address.ts'
import { isPinned, type LockEntry, lockFileOf, lockKeyOf } from '../model/lock-file.ts'
import { Problem } from '../model/problem.ts'
import type { Receipt } from '../model/receipt.ts'
import { relock } from '../model/relock.ts'
import type { Download } from '../model/spec.ts'
import type { Task, TaskId } from '../model/task.ts'
import { lockChanged } from '../report/lock.ts'
import { subjectOf } from '../run/attempt.ts'
import type { Run } from '../run/context.ts'
import { directoryIn, downloadOf, foundIn } from '../run/lockable.ts'
import { readLockFile, writeLockFile } from '../spec/lock-file.ts'

/** The records of before the run: what they do not have was learnt in it. */
export type Before = ReadonlyMap<TaskId, Receipt | undefined>

export const receiptsBefore = ({ graph, known }: Run): Before =>
  new Map([...graph.tasks.keys()].map(id => [id, known.receiptOf(id)]))

/** Whether the lock file changed. What hinders it is a warning: the build itself is done. */
export function learn(run: Run, before: Before, spec: string): boolean {
  const file = lockFileOf(spec)
  const tasks = [...run.graph.tasks.values()]
  const learnt = {
    files: tasks.filter(task => isLearnt(run, before, task)),
    directories: tasks.flatMap(task => directoryLearnt(run, before, task)),
  }
  if (learnt.files.length + learnt.directories.length === 0 || !existsSync(file)) return false
  try {
    return writeLearnt(run, learnt, spec, file)
  } catch (error) {
    const found = error instanceof Problem ? error.message : errorCode(error)
    if (found === undefined) throw error
    run.report({
      event: 'diagnostic',
      diagnostic: {
        severity: 'warning',
        code: 'disk-error',
        message: `The digests that were learnt could not be added to ${file}.`,
        evidence: [{ label: 'found', text: found }],
        disk: 'What was built is built and recorded; the lock file is as it was.',
        next: 'mend that, then run `npx tsx build lock`: it takes the digests from the records.',
      },
    })
    return false
  }
}

function isLearnt({ known }: Run, before: Before, task: Task): boolean {
  const download = downloadOf(task)
  const receipt = known.receiptOf(task.id)
  if (download === undefined || receipt === undefined || isPinned(download)) return false
  return receipt.finished !== before.get(task.id)?.finished && !download.url.some(isLocal)
}

interface Directory {
  readonly download: Download
  readonly digest: string
  readonly receipt: Receipt
}

/** By which an archive was unpacked in this run, whole and with its digest right. */
function directoryLearnt({ known, graph }: Run, before: Before, task: Task): readonly Directory[] {
  const receipt = known.receiptOf(task.id)
  const [archive] = receipt?.inputs ?? []
  const giver = archive && graph.tasks.get(archive.task)
  const download = giver && downloadOf(giver)
  if (!receipt || !download || receipt.finished === before.get(task.id)?.finished) return []
  const digest = directoryIn(receipt)
  const isOfArchive = known.receiptOf(giver.id)?.digest === archive?.digest
  return digest === undefined || !isOfArchive || download.url.some(isLocal)
    ? []
    : [{ download, digest, receipt }]
}

interface Learnt {
  readonly files: readonly Task[]
  readonly directories: readonly Directory[]
}

function writeLearnt(run: Run, { files: learnt, directories }: Learnt, spec: string, file: string): boolean {
  const lock = readLockFile(file)
  const entries = new Map<string, LockEntry>(lock?.entries)
  for (const task of learnt) {
    const download = downloadOf(task)
    const receipt = run.known.receiptOf(task.id)
    if (download === undefined || receipt === undefined) continue
    const address = lockKeyOf(download)
    const old = entries.get(address)
    const { isReplaced, ...relocked } = relock(old, foundIn(receipt), undefined, receipt.finished)
    entries.set(address, keepingRevision(relocked.entry, old))
    if (!isReplaced || old === undefined || lock === undefined) continue
    const row = { address, ...relocked }
    const diagnostic = lockChanged(subjectOf(task), row, old, { lock, isWritten: true })
    run.report({ event: 'diagnostic', diagnostic })
  }
  for (const { download, digest: directory, receipt } of directories) {
    const old = entries.get(lockKeyOf(download))
    if (old?.directory === directory) continue
    entries.set(lockKeyOf(download), { from: 'the archive', ...old, directory, locked: receipt.finished })
  }
  return writeLockFile(file, entries, { spec, dryRun: false })
}

/** The file was fetched from the commit that is locked, and no host tells of it a second time. */
const keepingRevision = (entry: LockEntry, old: LockEntry | undefined): LockEntry =>
  entry.revision === undefined && old?.revision !== undefined ? { ...entry, revision: old.revision } : entry

function isLocal(text: string): boolean {
  const address = parseAddress(text)
  return typeof address !== 'string' && address.scheme === 'file'
}
