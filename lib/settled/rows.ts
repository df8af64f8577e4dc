/** What a run leaves behind, path by path, for the memory of an idle build. Looks at the disk; writes nothing. */

import { join, relative, resolve } from 'node:path'
import { look } from '../io/disk.ts'
import { stateFolder } from '../model/layout.ts'
import type { ColumnarManifest } from '../model/manifest.ts'
import { foldersTo } from '../model/paths.ts'
import type { Graph } from '../model/plan.ts'
import { isLinked, type Receipt } from '../model/receipt.ts'
import type { TaskId } from '../model/task.ts'
import { manifestFile } from '../receipts/manifests.ts'
import { noTimes, type Row } from './sheet.ts'

/** What is recorded of a playground. */
export interface Records {
  readonly root: string
  receiptOf(task: TaskId): Receipt | undefined
  manifestOf(task: TaskId): ColumnarManifest | undefined
}

/** A lasting artifact whose files stand in its manifest only. */
export type Kept = Pick<Receipt, 'manifest' | 'digest' | 'at'> & {
  readonly form: 'file' | 'tree'
  readonly files: number
  readonly isLinked: boolean
}

export interface Results {
  readonly kept: readonly Kept[]
  /** Files of all other artifacts, and the files that their manifests stand in. */
  readonly files: readonly Row[]
  /** As `files`, but looked at through links. */
  readonly linked: readonly Row[]
  /** Times of some of them do not vouch for them. */
  readonly isRacy: boolean
}

/** Artifacts of more files stay in their manifests: opening one is nothing beside looking at what it tells. */
const fewFiles = 256

export function resultsOf(records: Records, graph: Graph): Results {
  const kept: Kept[] = []
  const rows: { readonly files: Row[]; readonly linked: Row[] } = { files: [], linked: [] }
  let isRacy = false
  for (const { id, gives } of graph.tasks.values()) {
    const receipt = records.receiptOf(id)
    if (receipt === undefined || !gives?.lasting) continue
    const { at, form } = gives
    const manifest = records.manifestOf(id)
    if (manifest === undefined || manifest.count > fewFiles) {
      const { manifest: name, digest } = receipt
      kept.push({
        at,
        form,
        manifest: name,
        digest,
        files: manifest?.count ?? 0,
        isLinked: isLinked(receipt),
      })
      continue
    }
    const into = isLinked(receipt) ? rows.linked : rows.files
    for (let i = 0; i < manifest.count; i += 1) {
      into.push({
        path: form === 'file' ? at : `${at}/${manifest.path(i)}`,
        size: manifest.size(i),
        mtimeMs: manifest.mtimeMs(i),
        ctimeMs: manifest.ctimeMs(i),
        ino: manifest.inode(i),
      })
      isRacy ||= !(manifest.mtimeMs(i) < manifest.takenAtMs && manifest.ctimeMs(i) < manifest.takenAtMs)
    }
    const file = manifestFile(join(stateFolder, 'manifests'), receipt.manifest)
    if (file !== undefined) rows.files.push(rowNow(records.root, file))
  }
  return { kept, ...rows, isRacy }
}

/** A path as it lies there now. */
function rowNow(top: string, path: string): Row {
  const { size, mtimeMs, ctimeMs, ino } = look(join(top, path)) ?? { size: 0, ...noTimes }
  return { path, size, mtimeMs, ctimeMs, ino }
}

/** Files that were read from outside, as they were then. `from`: what their paths are relative to, itself relative to the root. */
export function readsOf(
  records: Records,
  graph: Graph,
): { readonly from: string; readonly rows: readonly Row[] } {
  const reads = [...graph.tasks.values()].flatMap(({ id, outline }) =>
    (records.receiptOf(id)?.reads ?? []).flatMap((read, i) => {
      const path = outline.reads?.[i]
      return path === undefined ? [] : [{ path, ...read }]
    }),
  )
  const up = reads.reduce((most, { path }) => Math.max(most, stepsUp(relative(records.root, path))), 0)
  const from = '../'.repeat(up)
  const top = resolve(records.root, from)
  const rows = reads.map(({ path, bytes, mtimeMs }): Row => {
    const now = rowNow(top, relative(top, path))
    const isSame = now.size === bytes && now.mtimeMs === mtimeMs
    return isSame ? now : { ...now, ...noTimes, size: bytes, mtimeMs }
  })
  return { from, rows }
}

function stepsUp(path: string): number {
  const names = path.split('/')
  const down = names.findIndex(name => name !== '..')
  return down < 0 ? names.length : down
}

/** Folders that held nothing strange when they last changed (ctimeMs); then the others on the way to targets. */
export function foldersOf(
  root: string,
  targets: readonly string[],
  quiet: ReadonlyMap<string, number>,
): { readonly quiet: readonly Row[]; readonly ways: readonly Row[] } {
  const quietRows = [...quiet].map(([folder, ctimeMs]): Row => {
    const now = rowNow(root, folder)
    return now.ctimeMs === ctimeMs ? now : { ...now, ...noTimes, ctimeMs }
  })
  const ways = [...new Set(targets.flatMap(foldersTo))].filter(folder => !quiet.has(folder))
  return { quiet: quietRows, ways: ways.map(folder => rowNow(root, folder)) }
}
