/**
 * Carries out one step: stage → sync → mark started → rename → sync folders → manifest → receipt.
 * A crash between any two leaves the old state, or a started mark that says "unknown". Knows no order of steps.
 */

import { statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { makeFolder, remove, syncFolder } from '../io/disk.ts'
import { syncFiles } from '../io/sync.ts'
import { shelfOf } from '../knowledge.ts'
import { BegunAnew } from '../model/growing-file.ts'
import { isOurFolder } from '../model/layout.ts'
import type { ColumnarManifest } from '../model/manifest.ts'
import { withTimes } from '../model/manifest.ts'
import { type Begun, isLinked, lastReceipt, type Memory, type Receipt, resultsOf } from '../model/receipt.ts'
import type { Artifact, Task, TaskId } from '../model/task.ts'
import type { Reason } from '../model/verdict.ts'
import { type Placement, place } from '../place.ts'
import { tellOfMoved } from './aside.ts'
import { attempt, isSole, type Made } from './attempt.ts'
import { refuseClashes } from './clashes.ts'
import type { Run } from './context.ts'
import { discard, isTaken, removeResult, removeShelf } from './discard.ts'
import { inherit } from './inherit.ts'
import { isLasting, ownerAmongSiblings, wasPlacedBefore } from './owners.ts'
import { nextTick, timesOf } from './times.ts'

export interface Done {
  readonly receipt: Receipt
  readonly made: Made
}

/**
 * Makes the task's artifact and records it. Throws what the kind throws; then nothing of it is at its final place. What it
 * takes may still be made meanwhile, and is waited for before anything is placed.
 */
export async function carryOut(run: Run, task: Task, reason: Reason, signal: AbortSignal): Promise<Done> {
  const began = performance.now()
  if (reason.code === 'moved') return inherit(run, task)
  const inherited = run.known.inheritanceOf(task.id)
  run.tally.begun += 1
  const staging = task.kind.staging
    ? join(run.state, shelfOf(task.id), 'files')
    : join(run.staging, String(run.tally.begun))
  const overlap = run.overlaps.join(task.id, task.outline.takes)
  try {
    const made = await attemptAnew(run, { task, reason, staging, overlap, signal })
    signal.throwIfAborted()
    if (isLasting(task) && made.contents) await run.precedence.turn(task, made.contents, signal)
    const receipt = await keep(run, task, made, staging, began)
    run.known.receipts.done(receipt)
    // Its files made way for these: whoever went on with its record would find nothing.
    if (inherited) run.known.receipts.forget(inherited.task)
    if (task.kind.staging === 'shelf') removeShelf(run, task)
    else if (task.kind.staging) remove(staging)
    return { receipt, made }
  } catch (error) {
    if (!signal.aborted) unlearn(run, task, reason)
    throw error
  } finally {
    overlap.close()
    if (!task.kind.staging) remove(staging)
  }
}

/** A check that was fresh and fails when it is made to run: nothing else says that what it found before holds no more. */
function unlearn({ known }: Run, { id, gives }: Task, { code }: Reason): void {
  if (gives === undefined && code === 'forced' && known.receiptOf(id)) known.receipts.forget(id)
}

/** Once more for each time that what it reads is begun anew. */
async function attemptAnew(run: Run, asked: Parameters<typeof attempt>[1]): Promise<Made> {
  for (;;) {
    makeFolder(asked.staging)
    run.precedence.begin(asked.task)
    try {
      await asked.overlap.open()
      const made = await attempt(run, asked)
      await asked.overlap.awaitMade()
      return made
    } catch (error) {
      if (!(error instanceof BegunAnew)) throw error
      asked.signal.throwIfAborted()
      asked.overlap.close()
      if (!asked.task.kind.staging) remove(asked.staging)
    }
  }
}

/** Places what was made; what is to be remembered of it. Of a file without digest only the name and size are. */
export async function keep(
  run: Run,
  task: Task,
  found: Made,
  staging: string,
  began: number,
): Promise<Receipt> {
  const last = run.known.receiptOf(task.id)
  // A repair leaves what it does not replace.
  const made = last && isLinked(last) ? { ...found, remarks: { link: 'symlink', ...found.remarks } } : found
  const { contents } = made
  const manifest = made.isSpent
    ? contents
    : task.gives && contents && (await publish(run, task, task.gives, { ...made, contents }, staging))
  return {
    ...namedAs(run, task, made.saw),
    digest: manifest?.digest ?? '',
    manifest: manifest ? run.known.receipts.saveManifest(task.id, manifest) : '',
    files: manifest?.count ?? 0,
    bytes: manifest?.bytes ?? 0,
    seconds: (performance.now() - began) / 1000,
    remarks: made.remarks,
    ...(task.outline.reads && { reads: timesOfReads(task.outline.reads) }),
  }
}

type Named = Omit<Receipt, 'digest' | 'manifest' | 'files' | 'bytes' | 'seconds' | 'remarks' | 'reads'>

/** What a record says of the task itself, and of what it takes by now. `saw`: of what it sees, what it depends on. */
export const namedAs = (
  { known }: Run,
  { id, kind, outline, gives, targets }: Task,
  saw?: ReadonlySet<TaskId>,
): Named => ({
  task: id,
  kind: kind.name,
  kindVersion: kind.version,
  fingerprint: outline.fingerprint.map(({ name, value }) => ({ name, value })),
  inputs: [...outline.takes, ...(outline.sees?.filter(seen => saw?.has(seen) ?? true) ?? [])].map(task => ({
    task,
    digest: known.receiptOf(task)?.digest ?? '',
  })),
  at: gives?.at ?? '',
  targets,
  finished: new Date().toISOString(),
})

/** Puts what was staged into place, and looks at it there. */
async function publish(
  run: Run,
  task: Task,
  gives: Artifact,
  made: Made & { readonly contents: ColumnarManifest },
  staging: string,
): Promise<ColumnarManifest> {
  const final = join(run.root, gives.at)
  const { contents } = made
  if (isLasting(task)) refuseClashes(run, task, contents)
  await syncFiles(staging, made.written)
  const memory = run.known.memoryOf(task.id)
  const before = placedBefore(run, task.id, gives, memory)
  run.known.receipts.started(task.id, placingOf(run, task, gives, contents))
  // Nobody but us writes there: what lies there is left of a task that was killed.
  const isWhole = made.written.length === contents.count
  if (isWhole && isOurFolder(gives.at))
    removeResult(run, task, gives.form, { ...gives, manifest: '', digest: '' })
  const { movedAside, folders } = await place({
    form: gives.form,
    staged: gives.form === 'file' ? join(staging, basename(gives.at)) : staging,
    final,
    contents,
    ...before,
    aside: join(run.state, 'aside', run.id),
    root: run.root,
    ownerOf: path => ownerAmongSiblings(run, task, path),
    wasPlaced: (path, sha256) => wasPlacedBefore(run, task, path, sha256),
  })
  for (const folder of folders) syncFolder(folder)
  for (const result of resultsOf(memory))
    if (result.at !== gives.at && !isTaken(run, task, result.at)) removeResult(run, task, gives.form, result)
  // Before the times are read: to lose a second name changes those of a file.
  for (const input of task.outline.takes) discardConsumed(run, task, input)
  if (movedAside.length > 0) tellOfMoved(run, task, movedAside)
  const takenAtMs = await nextTick(run.staging)
  return withTimes(contents, takenAtMs, timesOf(gives.form, final, made))
}

/** The files of a part have second names in what was made of it. */
function discardConsumed(run: Run, { kind }: Task, id: TaskId): void {
  const giver = run.graph.tasks.get(id)
  const isConsumed = kind.consumes === true || giver?.gives?.form === 'tree'
  if (giver && isConsumed && isSole(run, giver)) discard(run, giver)
}

/** Told to the log beforehand, so that whatever of it is placed when the run is killed is known again. */
function placingOf(run: Run, task: Task, { at }: Artifact, contents: ColumnarManifest): Begun {
  // A folder of ours goes as a whole.
  if (isOurFolder(at)) return { at, manifest: '', digest: '' }
  return { at, manifest: run.known.receipts.saveManifest(task.id, contents), digest: contents.digest }
}

/** What this task has at its place, also when the last attempt was killed. */
function placedBefore(
  { known }: Run,
  task: TaskId,
  { at }: Artifact,
  memory: Memory | undefined,
): Pick<Placement, 'previous' | 'begun'> {
  const manifestOf = (result: Begun | undefined): ColumnarManifest | undefined =>
    result?.at === at ? known.manifestIn(task, result) : undefined
  const { begun = [] } = memory?.state === 'started' ? memory : {}
  return {
    previous: manifestOf(lastReceipt(memory)),
    begun: begun.map(manifestOf).filter(each => each !== undefined),
  }
}

function timesOfReads(paths: readonly string[]): NonNullable<Receipt['reads']> {
  return paths.map(path => statSync(path)).map(({ size, mtimeMs }) => ({ bytes: size, mtimeMs }))
}
