/** Takes files that no address gave out of an archive: by their name, or else by the only entry that has their stem. */

import { closeSync, openSync, readSync, renameSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { makeFolder, remove } from '../../lib/io/disk.ts'
import { type Goal, Selection } from '../../lib/io/unpacking/selection.ts'
import { overHandle } from '../../lib/io/zip/random-access.ts'
import type { Filling } from '../../lib/model/params.ts'
import { readPartSizes } from '../../lib/model/part-sizes.ts'
import type { Workbench } from '../../lib/model/task.ts'
import { extract } from '../unzip/extract.ts'
import { openWanted, removeInner } from '../unzip/inner.ts'
import type { UnpackParams } from '../unzip/params.ts'
import { select } from '../unzip/unpack.ts'
import { flawOf, wholeBytes } from './content.ts'
import { split } from './entries.ts'
import type { Ledger } from './ledger.ts'
import type { List } from './list.ts'

/** How many files it gave. Ends the attempt where the archive is not at hand. */
export async function fillGaps(fill: Filling, list: List, ledger: Ledger, bench: Workbench): Promise<number> {
  if (!(await hasGaps(list, ledger))) return 0
  const unpack = fill.unpack as UnpackParams
  const archive = bench.want(fill.from)
  const filling = join(bench.shelf, 'filling')
  remove(filling)
  makeFolder(filling)
  let filled = 0
  const record: Workbench['record'] = (path, bytes, sha256) => {
    if (takeIn(path, bytes, sha256, filling, ledger, bench)) filled += 1
  }
  const handle = openSync(archive.path, 'r')
  try {
    const source = overHandle(handle, basename(archive.path), readPartSizes(archive.remarks?.['parts']))
    const opened = await openWanted(source, { handle }, unpack, bench)
    try {
      const all = select(opened.directory, unpack, bench)
      const goals = await matches(new Shelves(all, unpack.into), list, ledger)
      const wanted = Selection.named(all.directory, goals)
      await extract(wanted, opened.archive, { ...bench, staging: filling, record, progress: () => {} })
    } finally {
      opened.close()
    }
  } finally {
    closeSync(handle)
    remove(filling)
    removeInner(bench)
  }
  return filled
}

/** A name that is missing, and that the archive is not known to lack. */
const isGap = (row: number, { rows }: Ledger): boolean => !rows.is(row, 'held') && !rows.is(row, 'lacked')

async function hasGaps(list: List, ledger: Ledger): Promise<boolean> {
  for await (const entries of list.entries())
    for (const { name } of entries)
      if (name.form === 'good' && isGap(ledger.row(name.path), ledger)) return true
  return false
}

async function matches(shelves: Shelves, list: List, ledger: Ledger): Promise<readonly Goal[]> {
  const goals: Goal[] = []
  const seen = new Set<number>()
  for await (const entries of list.entries())
    for (const { name } of entries) {
      if (name.form !== 'good') continue
      const row = ledger.row(name.path)
      if (!isGap(row, ledger) || seen.has(row)) continue
      const found = shelves.find(name.path)
      if (found === undefined) ledger.lacks(row, name.path)
      else {
        seen.add(row)
        goals.push({ index: found, path: name.path })
      }
    }
  return goals
}

/** The entries of the archive, by path and by stem: their indexes. */
class Shelves {
  readonly #byPath = new Map<string, number>()
  /** Undefined where several have it. */
  readonly #byStem = new Map<string, number | undefined>()

  constructor(all: Selection, into: string | undefined) {
    for (let k = 0; k < all.count; k += 1) {
      const path = into === undefined ? all.path(k) : `${into}/${all.path(k)}`
      const { stem } = split(path)
      this.#byPath.set(path, all.index(k))
      this.#byStem.set(stem, this.#byStem.has(stem) ? undefined : all.index(k))
    }
  }

  find(path: string): number | undefined {
    return this.#byPath.get(path) ?? this.#byStem.get(split(path).stem)
  }
}

/** Judged as what comes from an address is. */
function takeIn(
  path: string,
  bytes: number,
  sha256: string,
  filling: string,
  ledger: Ledger,
  bench: Workbench,
): boolean {
  const from = join(filling, path)
  const row = ledger.row(path)
  if (flawOf(path, { bytes, head: headOf(from) }) !== undefined) {
    remove(from)
    ledger.lacks(row, path)
    return false
  }
  const goal = join(bench.staging, path)
  makeFolder(dirname(goal))
  renameSync(from, goal)
  ledger.filled(row, path, bytes, sha256)
  ledger.rows.mark(row, 'staged')
  ledger.rows.mark(row, 'held')
  bench.record(path, bytes, sha256)
  return true
}

function headOf(path: string): Buffer {
  const handle = openSync(path, 'r')
  try {
    const head = Buffer.alloc(wholeBytes)
    return head.subarray(0, readSync(handle, head))
  } finally {
    closeSync(handle)
  }
}
