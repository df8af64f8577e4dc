/**
 * Moves the files of a target that got another name, and records them for the task that goes on with them. Renames only: killed
 * in between, every file lies whole at one of both places, and the next build goes on.
 */

import { dirname, join } from 'node:path'
import { look, makeFolder, move, remove, removeEmptyFolders, syncFolder } from '../io/disk.ts'
import { withTimes } from '../model/manifest.ts'
import { isLinked, type Receipt } from '../model/receipt.ts'
import type { Artifact, Task } from '../model/task.ts'
import { moveAside } from '../place.ts'
import { lookAt } from '../survey.ts'
import { tellOfMoved } from './aside.ts'
import { refuseClashes } from './clashes.ts'
import type { Run } from './context.ts'
import { isLasting, ownerAmongSiblings } from './owners.ts'
import type { Done } from './step.ts'
import { nextTick, timesOf } from './times.ts'

interface Ways {
  /** Absolute: the file, or the top folder of the tree. */
  readonly from: string
  readonly final: string
  readonly form: Artifact['form']
}

/** For a task whose result was seen elsewhere. Throws `place-clash` before anything is touched. */
export async function inherit(run: Run, task: Task): Promise<Done> {
  const began = performance.now()
  const { gives } = task
  const receipt = run.known.inheritanceOf(task.id)
  const manifest = run.known.manifestOf(task.id)
  if (gives === undefined || receipt === undefined || manifest === undefined)
    throw new Error(`${task.id} was to go on with a result that is not recorded`)
  const { form } = gives
  const [from, final] = [join(run.root, receipt.at), join(run.root, gives.at)]
  if (isLasting(task)) refuseClashes(run, task, manifest)
  const { bad } = await lookAt({
    place: from,
    form,
    manifest,
    tier: 'tree',
    throughLinks: isLinked(receipt),
  })
  const paths = Array.from({ length: manifest.count }, (_, i) => (bad.has(i) ? undefined : manifest.path(i)))
  moveAll(run, task, { from, final, form }, paths)
  const takenAtMs = await nextTick(run.staging)
  const contents = withTimes(
    manifest,
    takenAtMs,
    timesOf(form, final, { contents: manifest, remarks: receipt.remarks }),
  )
  const name = run.known.receipts.saveManifest(task.id, contents)
  const inherited = {
    ...inheritedBy(task, receipt),
    at: gives.at,
    manifest: name,
    seconds: (performance.now() - began) / 1000,
  }
  run.known.receipts.done(inherited)
  run.known.receipts.forget(receipt.task)
  const made = {
    contents,
    written: [],
    isSpent: false,
    bytesWritten: 0,
    bytesDownloaded: 0,
    filesDownloaded: 0,
    remarks: {},
  }
  return { receipt: inherited, made }
}

/** After a run: what is not moved because it does not last, or was only checked, is its heir's by record too. */
export function inheritRecords(run: Run): void {
  for (const task of run.graph.tasks.values()) {
    const receipt = run.known.inheritanceOf(task.id)
    if (receipt === undefined || task.gives?.lasting === true) continue
    run.known.receipts.done(inheritedBy(task, receipt))
    run.known.receipts.forget(receipt.task)
  }
}

const inheritedBy = (task: Task, receipt: Receipt): Receipt => ({
  ...receipt,
  task: task.id,
  inputs: task.outline.takes.map((input, i) => ({ task: input, digest: receipt.inputs[i]?.digest ?? '' })),
  targets: task.targets,
  finished: new Date().toISOString(),
})

/** `paths` in the artifact; undefined where there is nothing to move. */
function moveAll(
  run: Run,
  task: Task,
  { from, final, form }: Ways,
  paths: readonly (string | undefined)[],
): void {
  const [left, reached] = [new Set<string>(), new Set<string>()]
  const movedAside: string[] = []
  const aside = join(run.state, 'aside', run.id)
  for (const path of paths) {
    if (path === undefined) continue
    const [source, goal] = form === 'file' ? [from, final] : [join(from, path), join(final, path)]
    if (!reached.has(dirname(goal))) makeFolder(dirname(goal))
    if (ownerAmongSiblings(run, task, goal)) remove(source)
    else {
      if (look(goal)) movedAside.push(moveAside(goal, { root: run.root, aside }))
      move(source, goal)
    }
    left.add(dirname(source))
    reached.add(dirname(goal))
  }
  for (const folder of reached) syncFolder(folder)
  for (const folder of left) removeEmptyFolders(folder, run.root)
  if (movedAside.length > 0) tellOfMoved(run, task, movedAside)
}
