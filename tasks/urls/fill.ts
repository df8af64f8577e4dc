/** Takes files that no address gave out of an archive: by their name, or else by the only entry that has their stem. */

import { closeSync, openSync, readSync, renameSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { makeFolder, remove } from '../../lib/io/disk.ts'
import { openFile } from '../../lib/io/zip/random-access.ts'
import { openZip } from '../../lib/io/zip.ts'
import type { Filling } from '../../lib/model/params.ts'
import type { Workbench } from '../../lib/model/task.ts'
import { extract } from '../unzip/extract.ts'
import type { Wanted } from '../unzip/judge.ts'
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
  const archive = bench.want(fill.from).path
  const filling = join(bench.shelf, 'filling')
  remove(filling)
  makeFolder(filling)
  let filled = 0
  const record: Workbench['record'] = (path, bytes, sha256) => {
    if (takeIn(path, bytes, sha256, filling, ledger, bench)) filled += 1
  }
  const source = await openFile(archive)
  try {
    const shelves = new Shelves(select(source.name, await openZip(source), unpack, bench), unpack.into)
    const wanted = await matches(shelves, list, ledger)
    await extract(source, wanted, { ...bench, staging: filling, record, progress: () => {} })
  } finally {
    await source.close()
    remove(filling)
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

async function matches(shelves: Shelves, list: List, ledger: Ledger): Promise<readonly Wanted[]> {
  const wanted: Wanted[] = []
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
        wanted.push({ entry: found.entry, path: name.path })
      }
    }
  return wanted
}

/** The entries of the archive by path and by stem. */
class Shelves {
  readonly #byPath = new Map<string, Wanted>()
  /** Undefined where several have it. */
  readonly #byStem = new Map<string, Wanted | undefined>()

  constructor(all: readonly Wanted[], into: string | undefined) {
    for (const one of all) {
      const path = into === undefined ? one.path : `${into}/${one.path}`
      const { stem } = split(path)
      this.#byPath.set(path, one)
      this.#byStem.set(stem, this.#byStem.has(stem) ? undefined : one)
    }
  }

  find(path: string): Wanted | undefined {
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
