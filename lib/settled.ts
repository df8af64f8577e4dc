/**
 * The memory that a build ended with nothing left to do. While spec, records and kinds are byte for byte those of then, only
 * the disk can have changed, and a look at it is all that a build needs. Knows no plan. A cache: it may be lost or torn.
 */

import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { look, makeFolder, remove, writeWhole } from './io/disk.ts'
import { stateFolder } from './model/layout.ts'
import type { Columns } from './model/manifest.ts'
import type { Graph } from './model/plan.ts'
import type { TaskKind } from './model/task.ts'
import { loadManifest } from './receipts/manifests.ts'
import { foldersOf, type Kept, type Records, readsOf, resultsOf } from './settled/rows.ts'
import {
  changedIn,
  isNothing,
  pathIn,
  type Row,
  readSheet,
  subjectOver,
  writeSheet,
} from './settled/sheet.ts'
import {
  changedRead,
  differencesOf,
  type LookOptions,
  lookAtAll,
  prepareFor,
  type Seen,
  type Sight,
  sightKey,
} from './survey.ts'

/** Raise it when the memory is written otherwise. */
const version = 7

export interface Settled {
  readonly version: number
  /** Digest of everything else that a verdict depends on: see `settledKey`. */
  readonly key: string
  /** The root as the spec writes it. */
  readonly specRoot: string
  /** State of the log and of the layout: names, sizes and times of files. */
  readonly log: string
  readonly tasks: number
  /** Lasting artifacts of many files. */
  readonly kept: readonly Kept[]
  /** What the sheets beside it are called, for those that have any rows. */
  readonly sheets: Readonly<Partial<Record<SheetName, string>>>
  /** What the paths of files outside are relative to, itself relative to the root. */
  readonly readsFrom: string
  /** Whatever the disk looks like: there is something to be said or to be recorded anew, by a build that looks closer. */
  readonly isOpen: boolean
}

/**
 * `files`, `linked` (looked at through links): of artifacts of few files · `reads`: files outside · `quiet`: folders of targets
 * that held nothing strange when they were last changed · `ways`: other folders on the way to targets.
 */
const sheetNames = ['files', 'linked', 'reads', 'quiet', 'ways'] as const
type SheetName = (typeof sheetNames)[number]

/**
 * What decides verdicts beside records and disk: the spec's content, where it lies as seen from the root (absolute), what was
 * asked for, and the kinds. How it was called does not: `--spec` with another path to the same file is answered as quickly.
 */
export const settledKey = (
  { content, file, root }: { readonly content: string; readonly file: string; readonly root: string },
  names: readonly string[],
  {
    keepArchives,
    onlyNeeded,
    sample,
  }: { readonly keepArchives: boolean; readonly onlyNeeded: boolean; readonly sample?: number | undefined },
  kinds: readonly TaskKind[],
): string =>
  createHash('sha256')
    .update(
      JSON.stringify([
        content,
        relative(root, dirname(resolve(file))),
        names,
        keepArchives,
        onlyNeeded,
        ...(sample === undefined ? [] : [{ sample }]),
        kinds.map(({ name, version }) => [name, version]),
      ]),
    )
    .digest('hex')

interface Leaving {
  readonly key: string
  readonly specRoot: string
  readonly quiet: ReadonlyMap<string, number>
  /** Something strange lies in a target. */
  readonly isStrange: boolean
}

/** After a build that left nothing to do, while its lock is held. */
export function rememberSettled(
  records: Records,
  graph: Graph,
  { key, specRoot, quiet, isStrange }: Leaving,
): void {
  const { root } = records
  const { kept, files, linked, isRacy } = resultsOf(records, graph)
  const reads = readsOf(records, graph)
  const rows = { files, linked, reads: reads.rows, ...foldersOf(root, graph.targets, quiet) }
  makeFolder(join(root, stateFolder, 'cache'))
  // The sheets first: a memory that was written before them names others.
  const sheets = Object.fromEntries(
    sheetNames.flatMap(name => leave(sheetFile(root, name), name, rows[name])),
  )
  const settled: Settled = {
    version,
    key,
    specRoot,
    log: logState(root),
    tasks: graph.tasks.size,
    kept,
    sheets,
    readsFrom: reads.from,
    isOpen: isStrange || isRacy,
  }
  writeWhole(fileOf(root), JSON.stringify(settled))
}

function leave(
  file: string,
  name: SheetName,
  rows: readonly Row[],
): readonly (readonly [SheetName, string])[] {
  if (rows.length > 0) return [[name, writeSheet(file, rows)]]
  if (existsSync(file)) remove(file)
  return []
}

/** The memory, if spec, records and kinds are still those of then. */
export function settledAt(root: string, key: string): Settled | undefined {
  const held = heldAt(root)
  return held?.key === key && !isUntidy(root) ? held : undefined
}

/** A run was killed before it took its half-made results away, or is at work: who holds the playground next sweeps them. */
const isUntidy = (root: string): boolean => look(join(root, stateFolder, 'staging')) !== undefined

/** None can be read, of whatever spec: it was lost or torn, or is written otherwise. Or a run was killed: who can tell? */
export function isForgotten(root: string): boolean {
  if (isUntidy(root)) return true
  try {
    const held = JSON.parse(readFileSync(fileOf(root), 'utf8')) as Settled
    const isWhole = (name: SheetName): boolean =>
      held.sheets[name] === undefined || sheetAt(root, held, name) !== undefined
    return held.version !== version || !sheetNames.every(isWhole)
  } catch {
    return true
  }
}

/** Folders that held nothing strange when they were last changed (ctimeMs), by records that are still those of then. */
export function quietFolders(root: string): ReadonlyMap<string, number> {
  const held = heldAt(root)
  const sheet = held && sheetAt(root, held, 'quiet')
  return new Map(Array.from(sheet?.ctimeMs ?? [], (ctimeMs, i) => [pathIn(sheet as Columns, i), ctimeMs]))
}

function heldAt(root: string): Settled | undefined {
  try {
    const held = JSON.parse(readFileSync(fileOf(root), 'utf8')) as Settled
    return held.version === version && held.log === logState(root) ? held : undefined
  } catch {
    return undefined
  }
}

interface StillOptions extends LookOptions {
  /** Hears of folders on the way to targets that changed: each may be a link by now. */
  readonly onWays: (folders: readonly string[]) => void
}

/** Whether all is as recorded, by size and times alone. What was seen of large artifacts is added to `seen`. */
export async function isStillSo(
  settled: Settled,
  root: string,
  seen: Seen,
  { onWays, ...options }: StillOptions,
): Promise<boolean> {
  if (settled.isOpen || !(await isAsInSheets(settled, root, onWays))) return false
  const { kept } = settled
  await prepareFor(
    kept.reduce((sum, { files }) => sum + files, 0),
    root,
  )
  const sights: Sight[] = []
  for (const { at, form, manifest: name, digest, isLinked: throughLinks } of kept) {
    const manifest = loadManifest(join(root, stateFolder, 'manifests'), name)
    if (manifest?.digest !== digest) return false
    sights.push({ place: join(root, at), form, manifest, tier: 'tree', throughLinks })
  }
  const looks = await lookAtAll(sights, options)
  for (const [i, look] of looks.entries()) {
    const { place, manifest } = sights[i] as Sight
    seen.set(sightKey(kept[i]?.manifest ?? '', place), { manifest, look })
  }
  return looks.every(({ survey }) => survey.state === 'intact' && survey.refreshed === 0)
}

/** All sheets in one sweep. */
async function isAsInSheets(
  settled: Settled,
  root: string,
  onWays: (folders: readonly string[]) => void,
): Promise<boolean> {
  const outside = resolve(root, settled.readsFrom)
  const named = sheetNames.filter(name => settled.sheets[name] !== undefined)
  const sheets = named.flatMap(name => {
    const columns = sheetAt(root, settled, name)
    return columns === undefined ? [] : [{ name, columns }]
  })
  if (sheets.length < named.length) return false
  const differences = await differencesOf(
    sheets.map(({ name, columns }) =>
      subjectOver(columns, {
        place: name === 'reads' ? outside : root,
        form: name === 'quiet' || name === 'ways' ? 'folders' : 'tree',
        throughLinks: name === 'linked',
      }),
    ),
  )
  return sheets.every(({ name, columns }, k) => {
    const found = differences[k] as (typeof differences)[number]
    if (isNothing(found)) return true
    const changed = changedIn(found)
    if (name === 'ways') {
      onWays(changed.map(i => pathIn(columns, i)))
      return true
    }
    // One that is gone changes nothing, and of one that is there only size and time of writing count.
    return name === 'reads' && !changed.some(i => isOtherRead(outside, columns, i))
  })
}

const isOtherRead = (outside: string, columns: Columns, i: number): boolean =>
  changedRead(
    [join(outside, pathIn(columns, i))],
    [{ bytes: columns.size[i] as number, mtimeMs: columns.mtimeMs[i] as number }],
  ) !== undefined

/** Undefined where it is not the one that the memory names. */
function sheetAt(root: string, { sheets }: Settled, name: SheetName): Columns | undefined {
  try {
    return readSheet(sheetFile(root, name), sheets[name] ?? '')
  } catch {
    return undefined
  }
}

function logState(root: string): string {
  const files = readdirSync(join(root, stateFolder, 'log')).toSorted()
  return ['format', ...files.map(name => `log/${name}`)]
    .map(name => {
      const stats = look(join(root, stateFolder, name))
      return `${name} ${stats?.size} ${stats?.mtimeMs}`
    })
    .join('\n')
}

const fileOf = (root: string): string => join(root, stateFolder, 'cache', 'settled.json')

const sheetFile = (root: string, name: SheetName): string =>
  join(root, stateFolder, 'cache', `settled.${name}`)
