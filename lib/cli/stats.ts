/** `build stats [TARGET…]`: what is in the data, by the records, the annotations and the first bytes of images. Writes nothing. */

import { join } from 'node:path'
import { stdout } from 'node:process'
import { tallyOf } from '../io/annotation-tally.ts'
import { look } from '../io/disk.ts'
import { lookAtImages } from '../io/image-sample.ts'
import { Known, shelfOf } from '../knowledge.ts'
import { duplicatesIn } from '../model/duplicates.ts'
import type { PlacedFiles } from '../model/file-list.ts'
import { groupedBy } from '../model/grouped.ts'
import type { Graph } from '../model/plan.ts'
import { lookedFor } from '../model/receipt.ts'
import type { AnnotationStats, FailureStats, ImageStats } from '../model/stats.ts'
import type { Task } from '../model/task.ts'
import { openReceipts } from '../receipts/receipts.ts'
import { type Stats, statsPage } from '../report/stats.ts'
import { naming } from '../run/attempt.ts'
import { lastingFiles } from './built.ts'
import type { Desk } from './desk.ts'
import { exitCodes } from './exit.ts'
import { whileLooking } from './interrupt.ts'
import { openPlayground, type Playground } from './playground.ts'

/** Enough to see what there is; a share of a percent may be missed. */
const sampledImages = 1000

export const stats = (desk: Desk): Promise<number> => whileLooking(signal => tell(desk, signal))

async function tell(desk: Desk, signal: AbortSignal): Promise<number> {
  const { command, kinds, console } = desk
  const options = { ...command.options, onlyNeeded: false, asMade: true }
  const playground = await openPlayground({ ...command, options }, kinds)
  const receipts = openReceipts(playground.state, { readOnly: true })
  for (const diagnostic of receipts.problems) console.report({ event: 'diagnostic', diagnostic })
  const known = new Known(playground.root, receipts, { tier: 'record' })
  const { targets } = playground.graph
  const files = lastingFiles(playground.graph, known, new Set(targets))
  const annotations = annotationsIn(playground, known)
  const counted: Stats = {
    annotations: await talliesOf(annotations.filter(isThere), desk, signal),
    images: await imagesOf(files, playground.root, { isAll: options.all, signal }),
    duplicates: duplicatesIn(files),
    failures: await failuresOf(playground),
    notThere: [
      ...targets.filter(target => !files.some(placed => placed.target === target)),
      ...annotations.filter(annotation => !isThere(annotation)).map(({ path }) => path),
    ],
  }
  console.result(statsPage(counted, Math.min(stdout.columns ?? 100, 100)))
  for (const each of counted.annotations) console.object({ event: 'stats', about: 'annotation', ...each })
  for (const each of counted.images) console.object({ event: 'stats', about: 'images', ...each })
  console.object({ event: 'stats', about: 'duplicates', ...counted.duplicates })
  for (const each of counted.failures) console.object({ event: 'stats', about: 'failures', ...each })
  return console.summary({ exitCode: exitCodes.done })
}

interface Annotation {
  readonly target: string
  /** Below the root. */
  readonly path: string
  /** Absolute. */
  readonly file: string
  readonly task: Task
  readonly missing: number | undefined
}

/** That were built: those that are published, and those that were made of them. */
const annotationsIn = ({ graph, root }: Playground, known: Known): readonly Annotation[] =>
  [...graph.tasks.values()].flatMap(task => {
    const { id, kind, target, gives } = task
    const manifest = known.manifestOf(id)
    if (kind.refers === undefined || gives?.lasting !== true || manifest === undefined) return []
    const names = Array.from({ length: manifest.count }, (_, i) => `${gives.at}/${manifest.path(i)}`)
    const paths = gives.form === 'file' ? [gives.at] : names.filter(name => /\.jsonl?$/.test(name))
    const missing = paths.length === 1 ? missingOf(task, graph, known) : undefined
    return paths.map(path => ({ target, path, file: join(root, path), task, missing }))
  })

/** By the last look for its images. */
function missingOf({ id }: Task, { tasks, dependants }: Graph, known: Known): number | undefined {
  const look = dependants.get(id)?.find(reader => tasks.get(reader)?.outline.sees !== undefined)
  const receipt = look === undefined ? undefined : known.receiptOf(look)
  // What is another one since was not looked at yet, or in vain: a look that fails is not recorded.
  if (!receipt?.inputs.every(({ task, digest }) => (known.receiptOf(task)?.digest ?? '') === digest))
    return undefined
  return lookedFor(receipt)?.missing
}

const isThere = ({ file }: Annotation): boolean => look(file)?.isFile() === true

/** One after the other: each is read at the speed of the disk. */
async function talliesOf(
  annotations: readonly Annotation[],
  { console }: Desk,
  signal: AbortSignal,
): Promise<readonly AnnotationStats[]> {
  const tallies: AnnotationStats[] = []
  console.watch(annotations.length)
  for (const { target, path, file, task, missing } of annotations) {
    const total = look(file)?.size
    const onBytes = (done: number): void => {
      signal.throwIfAborted()
      console.report({ event: 'task-progress', ...naming(task), done, total, unit: 'bytes' })
    }
    const tally = await tallyOf(file, { name: path, onBytes })
    tallies.push({ target, path, ...tally, ...(missing !== undefined && { missing }) })
  }
  return tallies
}

async function imagesOf(
  files: readonly PlacedFiles[],
  root: string,
  { isAll, signal }: { readonly isAll: boolean; readonly signal: AbortSignal },
): Promise<readonly ImageStats[]> {
  const seen: ImageStats[] = []
  const sampling = { root, most: isAll ? undefined : sampledImages, signal }
  for (const [target, placed] of groupedBy(files, ({ target: name }) => name)) {
    const images = await lookAtImages(target, placed, sampling)
    if (images) seen.push(images)
  }
  return seen
}

async function failuresOf({ graph, state }: Playground): Promise<readonly FailureStats[]> {
  const lists = [...graph.tasks.values()].filter(({ kind }) => kind.failures !== undefined)
  const told = lists.map(async ({ id, kind, target }) => ({
    target,
    failures: (await kind.failures?.(join(state, shelfOf(id)))) ?? [],
  }))
  return (await Promise.all(told)).filter(({ failures }) => failures.length > 0)
}
