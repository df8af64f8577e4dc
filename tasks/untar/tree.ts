/** Unpacks the entries of a tar as they pass, and says at its end what was wrong with it, or which files it gives. */

import { refuseEnding, type TarEntry, type TarReader, warningsOfEnding } from '../../lib/io/tar.ts'
import type { Manifest } from '../../lib/model/manifest.ts'
import { Problem } from '../../lib/model/problem.ts'
import type { Workbench } from '../../lib/model/task.ts'
import { clashes } from '../unzip/clashes.ts'
import { type Flaw, foldingWarning } from '../unzip/flaws.ts'
import { flawOfClash } from '../unzip/judge.ts'
import { emptyArchive, finderNotesMark, isFinderNote } from '../unzip/left-out.ts'
import { flawOfPath, leavesItsFolder } from '../unzip/names.ts'
import { findRoot } from '../unzip/root.ts'
import { cutTo } from './cut.ts'
import { Flaws } from './flaws.ts'
import { Folders } from './folders.ts'
import { flawOf, plainPath } from './names.ts'
import type { UntarParams } from './params.ts'
import type { Room } from './room.ts'
import { type Content, Stage } from './stage.ts'

interface Surroundings {
  readonly room: Room
  /** Called when a file below a `root` that is a folder has come. */
  readonly onRoot: () => void
}

/** Records what it gives. Throws every objection to the archive at once. */
export async function unpackTree(
  reader: TarReader,
  params: UntarParams,
  bench: Workbench,
  { room, onRoot }: Surroundings,
): Promise<void> {
  // Where the root is not known before the end, everything is unpacked under its whole path.
  const isAuto = params.root.form === 'auto'
  const flaws = new Flaws(params.fileName, { isEachFatal: !isAuto })
  const stage = new Stage(bench, flaws, room, { intact: isAuto ? undefined : bench.intact })
  try {
    const folders = new Folders()
    let notes = 0
    const prefix = params.root.form === 'folder' ? `${params.root.path}/` : ''
    for (let entry = await reader.next(); entry; entry = await reader.next()) {
      const path = plainPath(entry.path)
      if (isFinderNote(path)) {
        if (entry.kind !== 'folder') notes += 1
        continue
      }
      const hostile = leavesItsFolder(path)
      if (hostile) flaws.add({ ...hostile, path })
      if (!hostile && entry.kind === 'folder') folders.name(path)
      if (hostile || entry.kind === 'folder') continue
      folders.add(path)
      if (!path.startsWith(prefix)) continue
      onRoot()
      await unpackEntry(stage, { entry, path, prefix }, reader, flaws)
    }
    const ending = await reader.ending()
    const files = await stage.settle()
    for (const path of folders.empty())
      if (path.startsWith(prefix)) stage.refuseFile(path.slice(prefix.length))
    const cut = cutOf(folders, files, flaws, params, bench)
    refuseEnding(params.fileName, ending)
    for (const warning of warningsOfEnding(params.fileName, ending))
      bench.tell({ severity: 'warning', ...warning })
    cutTo(bench.staging, cut)
    if (notes > 0) bench.remark(finderNotesMark, notes)
    if (record(files, cut, bench) === 0) bench.tell(emptyArchive(params.fileName, cut || prefix))
    for (const path of stage.kept()) bench.keep(path)
  } finally {
    await stage.end()
  }
}

interface Placed {
  readonly entry: TarEntry
  /** Begins with `prefix`, which is dropped. */
  readonly path: string
  readonly prefix: string
}

async function unpackEntry(
  stage: Stage,
  { entry, path, prefix }: Placed,
  reader: TarReader,
  flaws: Flaws,
): Promise<void> {
  const below = path.slice(prefix.length)
  const flaw = flawOf(entry, below)
  if (flaw) return flaws.add({ ...flaw, path })
  if (entry.kind === 'hard-link') return stage.hardLink(below, entry.goal, goalBelow(prefix, entry.goal))
  await stage.file(below, contentOf(entry.bytes, reader))
}

const contentOf = (bytes: number, reader: TarReader): Content => ({
  bytes,
  whole: () => reader.whole(),
  piece: () => reader.piece(),
})

/** What a hard link leads to, as a path of what is unpacked; undefined where it leads elsewhere. */
function goalBelow(prefix: string, written: string): string | undefined {
  const goal = plainPath(written)
  if (leavesItsFolder(goal) !== undefined || !goal.startsWith(prefix)) return undefined
  const below = goal.slice(prefix.length)
  return flawOfPath(below) === undefined ? below : undefined
}

/** The folder of staging that is the wanted root; empty where staging itself is. Throws every objection. */
function cutOf(
  folders: Folders,
  files: Manifest,
  flaws: Flaws,
  params: UntarParams,
  bench: Workbench,
): string {
  const { root, target, places, fileName: archive } = params
  const answer = findRoot(folders, { root, target, archive, place: places.root })
  const cut = root.form === 'auto' && answer.form === 'found' ? answer.prefix : ''
  const similar = answer.form === 'found' ? similarNames(files, cut) : []
  if (bench.foldsCase) for (const flaw of similar) flaws.add(flaw)
  const [first, ...others] = [
    ...(answer.form === 'refused' ? [answer.draft] : []),
    ...flaws.drafts(answer.form === 'found' ? cut : undefined),
  ]
  if (first) throw new Problem(first, ...others)
  if (similar.length > 0) bench.tell({ severity: 'warning', ...foldingWarning(archive, similar) })
  return cut
}

/** What a disk that folds case or Unicode forms takes for one: the disk told of all other clashes. */
function similarNames(files: Manifest, prefix: string): readonly Flaw[] {
  const below = Uint32Array.from({ length: files.count }, (_, i) => i).filter(i =>
    files.path(i).startsWith(prefix),
  )
  const names = { count: below.length, path: (k: number) => files.path(below[k] as number) }
  return [...clashes(names)].map(flawOfClash)
}

/** Returns how many. */
function record(files: Manifest, cut: string, bench: Workbench): number {
  let count = 0
  for (let i = 0; i < files.count; i += 1) {
    const path = files.path(i)
    if (!path.startsWith(cut)) continue
    bench.record(path.slice(cut.length), files.size(i), files.sha256(i))
    count += 1
  }
  return count
}
