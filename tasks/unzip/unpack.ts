/** Unpacks a zip: opens it, finds what is wanted, refuses what is wrong, extracts the rest. */

import { closeSync, openSync } from 'node:fs'
import { basename, join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { look } from '../../lib/io/disk.ts'
import { Selection } from '../../lib/io/unpacking/selection.ts'
import { startAhead } from '../../lib/io/unpacking/threads.ts'
import { sha256IfWhole } from '../../lib/io/unpacking/whole.ts'
import { threadsOn } from '../../lib/io/worker.ts'
import { overGrowing, overHandle, type RandomAccess } from '../../lib/io/zip/random-access.ts'
import type { ZipDirectory } from '../../lib/io/zip.ts'
import { readPartSizes } from '../../lib/model/part-sizes.ts'
import { Problem } from '../../lib/model/problem.ts'
import type { Input, Workbench } from '../../lib/model/task.ts'
import { blameArchive } from './blame.ts'
import { remarkDirectory } from './directory.ts'
import { extract, type OpenArchive } from './extract.ts'
import { openWanted, tailBytes } from './inner.ts'
import { judge } from './judge.ts'
import { emptyArchive, finderNotesMark, isFinderNote } from './left-out.ts'
import { leavesItsFolder } from './names.ts'
import type { UnpackParams } from './params.ts'
import { refuseWithoutRoom } from './room.ts'
import { findRoot } from './root.ts'

export async function unpack(params: UnpackParams, bench: Workbench): Promise<void> {
  const input = bench.inputs[0] as Input
  try {
    await unpackInput(input, params, bench)
  } catch (error) {
    await blameArchive(error, input, params.places.parts)
  }
}

async function unpackInput(
  { growing, path, artifact, remarks }: Input,
  params: UnpackParams,
  bench: Workbench,
): Promise<void> {
  const name = basename(artifact.at)
  if (growing) {
    const bytes = await growing.size()
    await growing.wish(Math.max(0, bytes - tailBytes), bytes)
    return unpackFrom(overGrowing(growing, name, bytes), { handle: growing.handle, growing }, params, bench)
  }
  const handle = openSync(path, 'r')
  try {
    await unpackFrom(overHandle(handle, name, readPartSizes(remarks?.['parts'])), { handle }, params, bench)
  } finally {
    closeSync(handle)
  }
}

async function unpackFrom(
  source: RandomAccess,
  archive: OpenArchive,
  params: UnpackParams,
  bench: Workbench,
): Promise<void> {
  startAhead(source.bytes, threadsOn(bench.cores))
  const opened = await openWanted(source, archive, params, bench)
  try {
    const { directory } = opened
    const located = locate(directory, params)
    const selection = refuseUnfit(located, located.all, bench)
    if (params.inner === undefined) remarkDirectory(directory, bench)
    if (located.all.count === 0) bench.tell(emptyArchive(directory.archive, located.prefix))
    const notes = finderNotesIn(directory)
    if (notes > 0) bench.remark(finderNotesMark, notes)
    bench.foretell(selection)
    keepIntact(selection, bench)
    if (bench.isBegun) await keepPlaced(selection, bench)
    refuseWithoutRoom(selection, opened.archive, bench.staging)
    const passedBy = othersBelow(located.prefix, selection)
    await extract(selection, { ...opened.archive, passedBy }, bench)
    archive.growing?.pass(Number.POSITIVE_INFINITY)
  } finally {
    opened.close()
  }
}

/** What it takes to say whether they are. */
type Judging = Pick<Workbench, 'foldsCase' | 'tell'>

/** The entries to unpack, all of them fit to be. Throws every objection to the archive at once. */
export function select(directory: ZipDirectory, params: UnpackParams, bench: Judging): Selection {
  const located = locate(directory, params)
  return refuseUnfit(located, located.all, bench)
}

/** What else lies there, front to back: folders, and what a Mac adds. */
function othersBelow(root: string, { directory, columns }: Selection): Uint32Array {
  const isSelected = new Uint8Array(directory.count)
  for (const i of columns.entries) isSelected[i] = 1
  return directory.columns.order.filter(i => isSelected[i] === 0 && directory.path(i).startsWith(root))
}

/** The same, of those that are `wanted`: asked once, about all that could be unpacked. */
export async function selectSome(
  directory: ZipDirectory,
  params: UnpackParams,
  bench: Workbench,
  wanted: (all: Selection) => Promise<(k: number) => boolean>,
): Promise<Selection> {
  const located = locate(directory, params)
  const isWanted = await wanted(located.all)
  const entries = new Set<number>()
  for (let k = 0; k < located.all.count; k += 1) if (isWanted(k)) entries.add(located.all.index(k))
  return refuseUnfit(located, located.among(entries), bench)
}

interface Located {
  readonly answer: ReturnType<typeof findRoot>
  /** The root, with `/` at its end; empty for all of the archive. */
  readonly prefix: string
  readonly all: Selection
  among(entries: { has(i: number): boolean }): Selection
}

/** What lies below the root that is wanted: nothing where there is none. */
function locate(directory: ZipDirectory, { root, target, places }: UnpackParams): Located {
  const { archive } = directory
  const files = filesOf(directory)
  const paths = {
    *[Symbol.iterator]() {
      for (const i of files) yield directory.path(i)
    },
  }
  const answer = findRoot(paths, { root, target, archive, place: places.root })
  const isFound = answer.form === 'found'
  const prefix = isFound ? answer.prefix : ''
  const isBelow = new Uint8Array(directory.count)
  if (isFound) for (const i of files) if (directory.path(i).startsWith(prefix)) isBelow[i] = 1
  const among: Located['among'] = entries =>
    Selection.below(directory, i => entries.has(i), Buffer.byteLength(prefix))
  return { answer, prefix, all: among({ has: i => isBelow[i] === 1 }), among }
}

function refuseUnfit({ answer, prefix }: Located, selection: Selection, bench: Judging): Selection {
  const { refusals, warning } = judge(selection.directory, selection, bench.foldsCase, prefix)
  const [first, ...others] = [...(answer.form === 'refused' ? [answer.draft] : []), ...refusals]
  if (first) throw new Problem(first, ...others)
  if (warning) bench.tell({ severity: 'warning', ...warning })
  return selection
}

/** Indexes of what is no folder, under names that stay where they belong. */
function filesOf(directory: ZipDirectory): Uint32Array {
  return directory.columns.order.toSorted().filter(i => {
    if (directory.kind(i) === 'folder') return false
    const path = directory.path(i)
    return !isFinderNote(path) && leavesItsFolder(path) === undefined
  })
}

function finderNotesIn(directory: ZipDirectory): number {
  let notes = 0
  for (let i = 0; i < directory.count; i += 1)
    if (directory.kind(i) !== 'folder' && isFinderNote(directory.path(i))) notes += 1
  return notes
}

/** What an attempt placed before it was killed: of an archive that was given back there is nothing else. */
async function keepPlaced(selection: Selection, bench: Workbench): Promise<void> {
  for (let k = 0; k < selection.count; k += 1) {
    if (selection.isDone(k)) continue
    const place = join(bench.final, selection.path(k))
    if (look(place)?.isFile() !== true) continue
    const entry = selection.directory.entry(selection.index(k))
    const sha256 = sha256IfWhole(place, entry)?.toString('hex')
    if (sha256 === undefined) continue
    bench.keep(selection.path(k), { bytes: entry.bytes, sha256 })
    selection.setDone(k)
    bench.signal.throwIfAborted()
    await setImmediate()
  }
}

/** What lies at its place already need not be unpacked. */
export function keepIntact(selection: Selection, bench: Workbench): void {
  const { intact } = bench
  if (intact === undefined) return
  for (let k = 0; k < selection.count; k += 1) {
    const path = selection.path(k)
    const i = intact.find(path)
    if (i < 0 || intact.size(i) !== selection.bytes(k)) continue
    bench.keep(path)
    selection.setDone(k)
  }
}
