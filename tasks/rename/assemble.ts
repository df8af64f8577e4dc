/** Brings renamed files together in staging. Knows names and contents, no rules. */

import { dirname, join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { linkOrCopy, makeFolder } from '../../lib/io/disk.ts'
import type { Manifest } from '../../lib/model/manifest.ts'
import type { Workbench } from '../../lib/model/task.ts'
import type { Piece } from './formats.ts'
import type { PartFile } from './part-file.ts'

/** Files between two looks at the world outside: a million renames in one go would freeze the display. */
const atOnce = 512

/** Puts each file into staging under its new name, unless it lies there already. `done`: files that are in staging by now. */
export async function assemble(pieces: readonly Piece[], done: number, bench: Workbench): Promise<void> {
  const there = bench.intact ?? bench.previous?.manifest
  const kept = pieces.map(({ file, name }) => holds(there, name, file.sha256))
  const keptNames = pieces.filter((_, i) => kept[i] === true).map(({ name }) => name)
  const lastName = namesByContent(bench.previous?.manifest, new Set(keptNames))
  const folders = new Set([bench.staging])
  for (const [i, { file, name }] of pieces.entries()) {
    if (i % atOnce === 0) {
      bench.signal.throwIfAborted()
      bench.progress(done + i, done + pieces.length, 'files')
      await setImmediate()
    }
    if (kept[i] === true) {
      bench.keep(name)
      continue
    }
    const to = join(bench.staging, name)
    if (!folders.has(dirname(to))) makeFolder(dirname(to))
    folders.add(dirname(to))
    if (file.origin.form === 'part') file.origin.put(file.origin.path, to)
    else linkOrCopy(join(bench.final, lastName(file)), to)
    bench.record(name, file.bytes, file.sha256)
  }
}

/** Whether a file of these bytes lies there. */
export function holds(manifest: Manifest | undefined, path: string, sha256: string): boolean {
  const i = manifest?.find(path) ?? -1
  return i >= 0 && manifest?.sha256(i) === sha256
}

/**
 * Where a content lies in the last result. Asked by content and not by the last rules, it finds files whatever the last
 * definition was. Of equal files each is handed out once: two names that share an inode would be edited together.
 */
function namesByContent(last: Manifest | undefined, kept: ReadonlySet<string>): (file: PartFile) => string {
  const names = new Map<string, string[]>()
  for (let i = 0; i < (last?.count ?? 0); i += 1) {
    const name = last?.path(i) as string
    if (kept.has(name)) continue
    const sha256 = last?.sha256(i) as string
    const equal = names.get(sha256)
    if (equal) equal.push(name)
    else names.set(sha256, [name])
  }
  return ({ path, sha256 }) => {
    const name = names.get(sha256)?.pop()
    if (name === undefined) throw new Error(`neither ${path} nor its last result is there`)
    return name
  }
}
