/** `build stats [TARGET…]`: what is in the data, by the records, the annotations and the first bytes of images. Writes nothing. */

import { join } from 'node:path'
import { stdout } from 'node:process'
import { lookAtImages } from '../io/image-sample.ts'
import { Known, shelfOf } from '../knowledge.ts'
import { duplicatesIn } from '../model/duplicates.ts'
import type { PlacedFiles } from '../model/file-list.ts'
import { groupedBy } from '../model/grouped.ts'
import type { FailureStats, ImageStats } from '../model/stats.ts'
import { openReceipts } from '../receipts/receipts.ts'
import { type Stats, statsPage } from '../report/stats.ts'
import { lastingFiles } from './built.ts'
import type { Desk } from './desk.ts'
import { exitCodes } from './exit.ts'
import { openPlayground, type Playground } from './playground.ts'

/** Enough to see what there is; a share of a percent may be missed. */
const sampledImages = 1000

export async function stats(desk: Desk): Promise<number> {
  const { command, kinds, console } = desk
  const options = { ...command.options, onlyNeeded: false, asMade: true }
  const playground = await openPlayground({ ...command, options }, kinds)
  const receipts = openReceipts(playground.state, { readOnly: true })
  for (const diagnostic of receipts.problems) console.report({ event: 'diagnostic', diagnostic })
  const known = new Known(playground.root, receipts, { tier: 'record' })
  const { targets } = playground.graph
  const files = lastingFiles(playground.graph, known, new Set(targets))
  const counted: Stats = {
    images: await imagesOf(files, playground.root, options.all),
    duplicates: duplicatesIn(files),
    failures: await failuresOf(playground),
    notBuilt: targets.filter(target => !files.some(placed => placed.target === target)),
  }
  console.result(statsPage(counted, Math.min(stdout.columns ?? 100, 100)))
  for (const each of counted.images) console.object({ event: 'stats', about: 'images', ...each })
  console.object({ event: 'stats', about: 'duplicates', ...counted.duplicates })
  for (const each of counted.failures) console.object({ event: 'stats', about: 'failures', ...each })
  return console.summary({ exitCode: exitCodes.done })
}

async function imagesOf(
  files: readonly PlacedFiles[],
  root: string,
  isAll: boolean,
): Promise<readonly ImageStats[]> {
  const seen: ImageStats[] = []
  const sampling = { root, most: isAll ? undefined : sampledImages, signal: new AbortController().signal }
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
