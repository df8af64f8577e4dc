/** `build lock [TARGET…]`: asks hosts for what the spec leaves open, and writes the lock file beside the spec. */

import { type LockEntries, type LockEntry, type LockFile, lockFileOf } from '../model/lock-file.ts'
import { relock } from '../model/relock.ts'
import type { Task } from '../model/task.ts'
import { openReceipts } from '../receipts/receipts.ts'
import { type LockDeed, type LockRow, lockChanged, lockPage } from '../report/lock.ts'
import { subjectOf } from '../run/attempt.ts'
import { type Answers, inquireAll } from '../run/inquire.ts'
import { asBuilt, keysOf, lockable } from '../run/lockable.ts'
import { readLockFile, writeLockFile } from '../spec/lock-file.ts'
import { type Options, usage } from './arguments.ts'
import type { Desk } from './desk.ts'
import { type Inquired, withDirectories } from './directories.ts'
import { exitCodes } from './exit.ts'
import { onInterrupt } from './interrupt.ts'
import { openPlayground, type Playground } from './playground.ts'

export async function lock(desk: Desk): Promise<number> {
  const { command, kinds, console } = desk
  const { offline, locked } = command.options
  if (offline) throw usage('`lock` asks hosts, and --offline forbids it', 'run it without --offline.')
  if (locked) throw usage('--locked is for builds; `lock` writes what they then rely on', 'leave it out.')
  const began = performance.now()
  const playground = await openPlayground(command, kinds)
  const inquired = await ask(desk, playground)
  if (inquired === undefined) return console.summary({ exitCode: exitCodes.interrupted })
  const { asked, answers } = inquired

  const file = lockFileOf(command.options.spec)
  // Read behind the answers: a build may have added to it meanwhile.
  const before = readLockFile(file)
  const rows = rowsOf(desk, playground, asked, answers, before)
  for (const diagnostic of answers.failures) console.report({ event: 'diagnostic', diagnostic })
  const deed = write(file, entriesWith(before, rows), command.options)
  for (const { address, state, entry, differences } of rows)
    console.object({ event: 'lock', address, state, ...entry, changes: differences })
  console.object({ event: 'lock-file', file, written: deed === 'written' })
  console.result(lockPage(rows, file, deed))
  const failed = rows.filter(({ state }) => state === 'failed').length + inquired.failed
  return console.summary({
    failed,
    requests: answers.requests,
    seconds: (performance.now() - began) / 1000,
    exitCode: failed > 0 ? exitCodes.failed : exitCodes.done,
  })
}

/** Undefined where the user ended it. */
async function ask({ command, console }: Desk, { spec, graph }: Playground): Promise<Inquired | undefined> {
  const { signal, release } = onInterrupt(console.report)
  const options = { spec, report: console.report, signal }
  const asked = lockable(graph)
  try {
    const answers = await inquireAll([...asked.values()], options)
    return command.options.onlyNeeded
      ? await withDirectories({ asked, answers }, graph, options)
      : { asked, answers, failed: 0 }
  } catch (error) {
    if (signal.aborted) return undefined
    throw error
  } finally {
    release()
  }
}

/** In the order of the file; warns of files that hosts have replaced. */
function rowsOf(
  { command: { options }, console }: Desk,
  { graph, whole, state }: Playground,
  asked: ReadonlyMap<string, Task>,
  { found }: Answers,
  before: LockFile | undefined,
): readonly LockRow[] {
  const receipts = openReceipts(state, { readOnly: true })
  const nowIso = new Date().toISOString()
  const rows = [...asked].map(([address, task]): LockRow => {
    const old = before?.entries.get(address)
    const told = found.get(task.id)
    if (told === undefined) return { address, state: 'failed', entry: old, differences: [] }
    const { isReplaced, ...relocked } = relock(old, told, asBuilt(task, whole, receipts), nowIso)
    const row = { address, ...relocked }
    if (isReplaced && old && before) {
      const diagnostic = lockChanged(subjectOf(task), row, old, { lock: before, isWritten: !options.dryRun })
      console.report({ event: 'diagnostic', diagnostic })
    }
    return row
  })
  const downloads = keysOf(graph)
  const isAll = graph.targets.length === whole.targets.length
  const dropped = [...(before?.entries ?? [])]
    .filter(([address]) => isAll && !asked.has(address))
    // The spec pins the archive itself, and cannot pin its directory.
    .filter(([address, { directory }]) => directory === undefined || !downloads.has(address))
    .map(([address, entry]): LockRow => ({ address, state: 'dropped', entry, differences: [] }))
  return [...rows, ...dropped].toSorted((a, b) => (a.address < b.address ? -1 : 1))
}

/** Other entries stay as they are. */
function entriesWith(before: LockFile | undefined, rows: readonly LockRow[]): LockEntries {
  const entries = new Map<string, LockEntry>(before?.entries)
  for (const { address, state, entry } of rows) {
    if (state === 'dropped') entries.delete(address)
    else if (entry !== undefined) entries.set(address, entry)
  }
  return entries
}

function write(file: string, entries: LockEntries, { spec, dryRun }: Options): LockDeed {
  if (!writeLockFile(file, entries, { spec, dryRun })) return 'as it was'
  return dryRun ? 'not written (--dry-run)' : 'written'
}
