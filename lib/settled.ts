/**
 * The memory that a build ended with nothing left to do. While spec, records and kinds are byte for byte those of then, only
 * the disk can have changed, and a look at it is all that a build needs. Knows no plan. A cache: it may be lost or torn.
 */

import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { look, makeFolder, writeWhole } from './io/disk.ts'
import { stateFolder } from './model/layout.ts'
import type { Graph } from './model/plan.ts'
import type { Receipt } from './model/receipt.ts'
import type { TaskId, TaskKind } from './model/task.ts'
import { loadManifest } from './receipts/manifests.ts'
import { changedRead, lookAt } from './survey.ts'

export interface Settled {
  /** Digest of everything else that a verdict depends on: see `settledKey`. */
  readonly key: string
  /** The root as the spec writes it. */
  readonly specRoot: string
  /** State of the log: names, sizes and times of its files. */
  readonly log: string
  readonly tasks: number
  readonly targets: readonly string[]
  /** Lasting artifacts, and what was read from outside. */
  readonly kept: readonly (Pick<Receipt, 'manifest' | 'digest' | 'reads'> & {
    readonly at: string
    readonly form: 'file' | 'tree'
  })[]
}

/** What decides verdicts beside records and disk: the spec's text, what was asked for, and the kinds. */
export const settledKey = (
  specKey: string,
  names: readonly string[],
  keepArchives: boolean,
  kinds: readonly TaskKind[],
): string =>
  createHash('sha256')
    .update(
      JSON.stringify([1, specKey, names, keepArchives, kinds.map(({ name, version }) => [name, version])]),
    )
    .digest('hex')

/** After a build that left nothing to do, while its lock is held. */
export function rememberSettled(
  known: { readonly root: string; receiptOf(task: TaskId): Receipt | undefined },
  graph: Graph,
  key: string,
  specRoot: string,
): void {
  const kept = [...graph.tasks.values()].flatMap(({ id, gives, outline }) => {
    const receipt = known.receiptOf(id)
    if (receipt === undefined || !(gives?.lasting || outline.reads)) return []
    const { manifest, digest, reads } = receipt
    const place = gives?.lasting ? { at: gives.at, form: gives.form, manifest, digest } : outside
    return [{ ...place, ...(reads && { reads }) }]
  })
  const settled: Settled = {
    key,
    specRoot,
    log: logState(known.root),
    tasks: graph.tasks.size,
    targets: graph.targets,
    kept,
  }
  makeFolder(join(known.root, stateFolder, 'cache'))
  writeWhole(fileOf(known.root), JSON.stringify(settled))
}

/** Of an archive only what it was copied from matters. */
const outside = { at: '', form: 'file', manifest: '', digest: '' } as const

/** The memory, if spec, records and kinds are still those of then. */
export function settledAt(root: string, key: string): Settled | undefined {
  try {
    const held = JSON.parse(readFileSync(fileOf(root), 'utf8')) as Settled
    return held.key === key && held.log === logState(root) ? held : undefined
  } catch {
    return undefined
  }
}

/** Whether every artifact is as recorded, by size and times alone. */
export async function isStillSo({ kept }: Settled, root: string): Promise<boolean> {
  for (const { at, form, manifest: name, digest, reads } of kept) {
    if (reads && changedRead({ reads }) !== undefined) return false
    if (at === '') continue
    const manifest = loadManifest(join(root, stateFolder, 'manifests'), name)
    if (manifest?.digest !== digest) return false
    const { survey } = await lookAt(join(root, at), form, manifest, { tier: 'tree' })
    if (survey.state !== 'intact' || survey.refreshed > 0) return false
  }
  return true
}

function logState(root: string): string {
  const folder = join(root, stateFolder, 'log')
  const files = readdirSync(folder).toSorted()
  return files
    .map(name => {
      const stats = look(join(folder, name))
      return `${name} ${stats?.size} ${stats?.mtimeMs}`
    })
    .join('\n')
}

const fileOf = (root: string): string => join(root, stateFolder, 'cache', 'settled.json')
