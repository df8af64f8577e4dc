/**
 * Staged → final path, all or nothing for each file: what is ours is replaced, what a person wrote is moved aside.
 * Knows manifests and paths; not why something is placed, and not the log.
 */

import { readdirSync, type Stats } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { sha256OfFile } from './io/digest.ts'
import {
  copy,
  look,
  lookThrough,
  makeFolder,
  move,
  nearestExisting,
  remove,
  removeEmptyFolders,
} from './io/disk.ts'
import { syncFiles } from './io/sync.ts'
import type { Manifest } from './model/manifest.ts'

export interface Placement {
  readonly form: 'file' | 'tree'
  /** Absolute: the file, or the top folder of the tree, in staging. */
  readonly staged: string
  /** Absolute: where it belongs. */
  readonly final: string
  /** All files that the artifact has, also those that lie there already and are not staged; times are not looked at. */
  readonly contents: Manifest
  /** What this task placed last time: its files may be replaced and removed. */
  readonly previous: Manifest | undefined
  /** What it was placing when it was ended, since then: any of these files may lie there, or not. */
  readonly begun: readonly Manifest[]
  /** Absolute folder for what a person wrote and that stood in the way; made when needed. */
  readonly aside: string
  /** Absolute root, to name paths in `aside` and in messages. */
  readonly root: string
  /** The task that owns a file (absolute path) by its record, if it is another one than this. */
  readonly ownerOf: (path: string) => { readonly task: string; readonly sha256: string } | undefined
  /** Whether these bytes were placed there (absolute path) by a task that does not give the path any more. */
  readonly wasPlaced: (path: string, sha256: string) => boolean
}

export interface Placed {
  /** Files of a person that were moved aside, below the root. */
  readonly movedAside: readonly string[]
  /** Folders (absolute) whose entries changed. */
  readonly folders: ReadonlySet<string>
}

/** Puts a staged artifact into place. That no other task gives one of its files otherwise was looked for before. */
export async function place(placement: Placement): Promise<Placed> {
  const movedAside: string[] = []
  const folders = new Set<string>()

  /** Moves one staged file or folder to a path where nothing lies, or merges it with what lies there. */
  const put = async (staged: string, final: string): Promise<void> => {
    const there = look(final)
    if (there === undefined) {
      move(staged, final)
      folders.add(dirname(final))
    } else if (look(staged)?.isDirectory()) {
      if (there.isSymbolicLink()) await copyThrough(final)
      if (!there.isDirectory()) await clear(final, there)
      makeFolder(final)
      for (const name of readdirSync(staged)) await put(join(staged, name), join(final, name))
    } else {
      await putFile(staged, final, there)
    }
  }

  /** Of files that are not staged, those that lie behind a link that goes aside: they would be gone with it. */
  const copyThrough = async (link: string): Promise<void> => {
    const { contents, staged } = placement
    const copied: string[] = []
    for (let i = 0; i < contents.count; i += 1) {
      const path = contents.path(i)
      const from = join(placement.final, path)
      const to = join(staged, path)
      if (!from.startsWith(`${link}/`) || look(to) || !lookThrough(from)?.isFile()) continue
      makeFolder(dirname(to))
      copy(from, to)
      if ((await sha256OfFile(to)).sha256 === contents.sha256(i)) copied.push(path)
      else remove(to)
    }
    await syncFiles(staged, copied)
  }

  const pathOf = (final: string): string =>
    placement.form === 'file' ? basename(final) : relative(placement.final, final)

  const putFile = async (staged: string, final: string, there: Stats): Promise<void> => {
    const wanted = sha256Of(placement.contents, pathOf(final))
    const found = there.isFile() ? (await sha256OfFile(final)).sha256 : undefined
    if (found !== undefined && found === wanted) return remove(staged)
    await clear(final, there, found)
    move(staged, final)
    folders.add(dirname(final))
  }

  /** Makes way at a path where something else lies: what is ours is as good as gone, what is not is moved aside. */
  const clear = async (final: string, there: Stats, sha256?: string): Promise<void> => {
    const path = pathOf(final)
    if (there.isDirectory()) {
      for (const manifest of placedBefore(placement))
        await removeLeftovers(placement, manifest, { below: path, edited: () => {}, folders })
      if (look(final)) setAside(final)
      return
    }
    const found = sha256 ?? (there.isFile() ? (await sha256OfFile(final)).sha256 : undefined)
    const isForeign =
      found === undefined || !(isOurs(placement, path, found) || placement.wasPlaced(final, found))
    if (isForeign) setAside(final)
    else remove(final)
  }

  const setAside = (final: string): void => {
    movedAside.push(moveAside(final, placement))
    folders.add(dirname(final))
  }

  makeFolder(dirname(placement.final))
  if (look(placement.staged)) await put(placement.staged, placement.final)
  const { previous, begun } = placement
  if (previous) await removeLeftovers(placement, previous, { edited: setAside, folders })
  // A file that is not the one that was on its way may be anybody's, and is in nobody's way.
  for (const each of begun) await removeLeftovers(placement, each, { edited: () => {}, folders })
  // A folder that became empty is gone; its own entry was taken out of the one above.
  return { movedAside, folders: new Set([...folders].map(nearestExisting)) }
}

const placedBefore = ({ previous, begun }: Placement): readonly Manifest[] => [
  ...begun,
  ...(previous ? [previous] : []),
]

/** It has bytes that this task placed there. */
const isOurs = (placement: Placement, path: string, found: string | undefined): boolean =>
  found !== undefined && placedBefore(placement).some(manifest => sha256Of(manifest, path) === found)

function sha256Of(manifest: Manifest, path: string): string | undefined {
  const i = manifest.find(path)
  return i < 0 ? undefined : manifest.sha256(i)
}

interface Leaving {
  /** Only what lies below this folder of the tree. */
  readonly below?: string
  /** What to do with a file that was edited since. */
  readonly edited: (final: string) => void
  readonly folders: Set<string>
}

/** Takes away what this task placed last time and does not give any more. */
async function removeLeftovers(
  placement: Placement,
  previous: Manifest,
  { below, edited, folders }: Leaving,
): Promise<void> {
  if (placement.form === 'file') return
  const isBehindLink = seekingLinks(placement.final)
  for (let i = 0; i < previous.count; i += 1) {
    const path = previous.path(i)
    if (below !== undefined && !path.startsWith(`${below}/`)) continue
    if (placement.contents.find(path) >= 0 || isBehindLink(dirname(path))) continue
    const final = join(placement.final, path)
    const there = look(final)
    // A folder is what came in its place.
    if (there === undefined || there.isDirectory() || placement.ownerOf(final)) continue
    const found = there.isFile() ? (await sha256OfFile(final)).sha256 : undefined
    if (isOurs(placement, path, found)) remove(final)
    else edited(final)
    folders.add(dirname(final))
    removeEmptyFolders(dirname(final), placement.final)
  }
}

/** Whether a link leads to a folder below `top` (relative to it): what lies behind it is not ours to remove. */
export function seekingLinks(top: string): (folder: string) => boolean {
  const known = new Map([['.', false]])
  return function isBehind(folder): boolean {
    const is: boolean =
      known.get(folder) ?? (isBehind(dirname(folder)) || look(join(top, folder))?.isSymbolicLink() === true)
    known.set(folder, is)
    return is
  }
}

/** Moves what stands at a path (absolute) into the folder for that; returns the path below the root. */
export function moveAside(final: string, { root, aside }: Pick<Placement, 'root' | 'aside'>): string {
  const path = relative(root, final)
  const goal = join(aside, path)
  makeFolder(dirname(goal))
  move(final, goal)
  return path
}
