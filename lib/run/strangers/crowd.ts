/**
 * How many names each folder of a target holds, by the records of what lies in it. A folder with just as many has no
 * others, and none of them has to be looked up. Knows records, not the disk.
 */

import { type ColumnarManifest, compareBytes } from '../../model/manifest.ts'
import { isAtOrBelow } from '../../model/paths.ts'
import type { Holding } from '../../model/places.ts'

export interface Crowd {
  /** All that have files in the target. */
  readonly holdings: readonly Holding[]
  /** Files of theirs that are not there, below the root. */
  readonly lacking: readonly string[]
  /** Targets below it. */
  readonly inner: readonly { readonly at: string }[]
}

/** By folder below the root. */
export function crowdOf(target: string, { holdings, lacking, inner }: Crowd): ReadonlyMap<string, number> {
  const crowd = new Map([[target, 0]])
  const add = (folder: string, names: number): void => {
    if (!isAtOrBelow(folder, target)) return
    const before = crowd.get(folder)
    crowd.set(folder, (before ?? 0) + names)
    // It is a name itself, in the folder above.
    if (before === undefined) add(above(folder), 1)
  }
  for (const { at } of inner) add(above(at), 1)
  for (const { at, form, manifest } of holdings) {
    const read = manifest()
    if (read === undefined) continue
    if (form === 'file') add(above(at), 1)
    else for (const { folder, files } of foldersOf(read)) add(folder === '' ? at : `${at}/${folder}`, files)
  }
  for (const path of lacking) add(above(path), -1)
  return crowd
}

const above = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')))

const slash = 0x2f

/** Folders with files, below the artifact's place; one may come several times. Of a million paths, only these become strings. */
function* foldersOf({ count, columns: { paths, starts } }: ColumnarManifest) {
  let [from, to, files] = [0, 0, 0]
  const folder = (): string => Buffer.from(paths.subarray(from, to)).toString()
  for (let i = 0; i < count; i += 1) {
    const start = starts[i] as number
    let end = (starts[i + 1] as number) - 1
    while (end > start && paths[end] !== slash) end -= 1
    if (files > 0 && compareBytes(paths, start, end, paths, from, to) !== 0) {
      yield { folder: folder(), files }
      files = 0
    }
    if (files === 0) [from, to] = [start, end]
    files += 1
  }
  if (files > 0) yield { folder: folder(), files }
}
