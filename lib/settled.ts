/**
 * The memory that a build ended with nothing left to do. While spec, records and kinds are byte for byte those of then, only
 * the disk can have changed, and a look at it is all that a build needs. Knows no plan. A cache: it may be lost or torn.
 */

import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { look, makeFolder, writeWhole } from './io/disk.ts'
import { lstatFor } from './io/lstat.ts'
import { stateFolder } from './model/layout.ts'
import type { Graph } from './model/plan.ts'
import { isLinked, type ReadFile, type Receipt } from './model/receipt.ts'
import type { TaskId, TaskKind } from './model/task.ts'
import { loadManifest } from './receipts/manifests.ts'
import { changedRead, lookAtAll, type Seen, type Sight, sightKey } from './survey.ts'

export interface Settled {
  /** Digest of everything else that a verdict depends on: see `settledKey`. */
  readonly key: string
  /** The root as the spec writes it. */
  readonly specRoot: string
  /** State of the log: names, sizes and times of its files. */
  readonly log: string
  readonly tasks: number
  readonly targets: readonly string[]
  /** Lasting artifacts. */
  readonly kept: readonly (Pick<Receipt, 'manifest' | 'digest' | 'at'> & {
    readonly form: 'file' | 'tree'
    readonly isLinked: boolean
  })[]
  /** What was read from outside, by path relative to the root. */
  readonly reads: readonly (ReadFile & { readonly path: string })[]
  /** Folders of targets that held nothing strange when they were last changed: path below the root, ctimeMs. */
  readonly quiet: readonly (readonly [folder: string, ctimeMs: number])[]
  /** Others held some: that has to be said, by a build that looks closer. */
  readonly isQuiet: boolean
}

/** What decides verdicts beside records and disk: the spec's text, what was asked for, and the kinds. */
export const settledKey = (
  specKey: string,
  names: readonly string[],
  { keepArchives, onlyNeeded }: { readonly keepArchives: boolean; readonly onlyNeeded: boolean },
  kinds: readonly TaskKind[],
): string =>
  createHash('sha256')
    .update(
      JSON.stringify([
        4,
        specKey,
        names,
        keepArchives,
        onlyNeeded,
        kinds.map(({ name, version }) => [name, version]),
      ]),
    )
    .digest('hex')

/** After a build that left nothing to do, while its lock is held. */
export function rememberSettled(
  known: { readonly root: string; receiptOf(task: TaskId): Receipt | undefined },
  graph: Graph,
  { key, specRoot, quiet, isQuiet }: Pick<Settled, 'key' | 'specRoot' | 'quiet' | 'isQuiet'>,
): void {
  const tasks = [...graph.tasks.values()]
  const kept = tasks.flatMap(({ id, gives }) => {
    const receipt = known.receiptOf(id)
    if (receipt === undefined || !gives?.lasting) return []
    const { manifest, digest } = receipt
    return [{ at: gives.at, form: gives.form, manifest, digest, isLinked: isLinked(receipt) }]
  })
  const reads = tasks.flatMap(({ id, outline }) =>
    (known.receiptOf(id)?.reads ?? []).map((read, i) => ({
      path: relative(known.root, outline.reads?.[i] ?? ''),
      ...read,
    })),
  )
  const settled: Settled = {
    key,
    specRoot,
    log: logState(known.root),
    tasks: graph.tasks.size,
    targets: graph.targets,
    kept,
    reads,
    quiet,
    isQuiet,
  }
  makeFolder(join(known.root, stateFolder, 'cache'))
  writeWhole(fileOf(known.root), JSON.stringify(settled))
}

/** The memory, if spec, records and kinds are still those of then. */
export function settledAt(root: string, key: string): Settled | undefined {
  const held = heldAt(root)
  return held?.key === key ? held : undefined
}

/** Folders that held nothing strange when they were last changed, by records that are still those of then. */
export const quietFolders = (root: string): ReadonlyMap<string, number> => new Map(heldAt(root)?.quiet)

function heldAt(root: string): Settled | undefined {
  try {
    const held = JSON.parse(readFileSync(fileOf(root), 'utf8')) as Settled
    return held.log === logState(root) ? held : undefined
  } catch {
    return undefined
  }
}

/** Whether every artifact is as recorded, by size and times alone. What was seen is added to `seen`. */
export async function isStillSo(settled: Settled, root: string, seen: Seen): Promise<boolean> {
  const { kept, reads, quiet, isQuiet } = settled
  const paths = reads.map(({ path }) => join(root, path))
  if (changedRead(paths, reads) !== undefined) return false
  const sights: Sight[] = []
  for (const { at, form, manifest: name, digest, isLinked: throughLinks } of kept) {
    const manifest = loadManifest(join(root, stateFolder, 'manifests'), name)
    if (manifest?.digest !== digest) return false
    sights.push({ place: join(root, at), form, manifest, tier: 'tree', throughLinks })
  }
  const looking = lookAtAll(sights)
  const isStrange = !isQuiet || isChanged(quiet, root)
  const looks = await looking
  for (const [i, look] of looks.entries()) {
    const { place, manifest } = sights[i] as Sight
    seen.set(sightKey(kept[i]?.manifest ?? '', place), { manifest, look })
  }
  return !isStrange && looks.every(({ survey }) => survey.state === 'intact' && survey.refreshed === 0)
}

function isChanged(quiet: Settled['quiet'], root: string): boolean {
  const lstat = lstatFor(quiet.length)
  return quiet.some(([folder, ctimeMs]) => {
    const isThere = lstat.look(Buffer.from(`${join(root, folder)}\0`), false)
    return !isThere || lstat.ctimeMs !== ctimeMs
  })
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
