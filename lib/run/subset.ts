/** A manifest seen through a filter. Pure. */

import { lowerBound } from '../model/lower-bound.ts'
import type { Manifest } from '../model/manifest.ts'

/** The entries that `wanted` says yes to. Bytes and count are theirs; the digest stays that of the whole. */
export function only(manifest: Manifest, wanted: (i: number) => boolean): Manifest {
  const kept: number[] = []
  let bytes = 0
  for (let i = 0; i < manifest.count; i += 1) {
    if (!wanted(i)) continue
    kept.push(i)
    bytes += manifest.size(i)
  }
  const whole = (i: number): number => kept[i] as number
  return {
    count: kept.length,
    bytes,
    digest: manifest.digest,
    takenAtMs: manifest.takenAtMs,
    path: i => manifest.path(whole(i)),
    size: i => manifest.size(whole(i)),
    mtimeMs: i => manifest.mtimeMs(whole(i)),
    ctimeMs: i => manifest.ctimeMs(whole(i)),
    inode: i => manifest.inode(whole(i)),
    sha256: i => manifest.sha256(whole(i)),
    find(path) {
      const i = manifest.find(path)
      return i < 0 || !wanted(i) ? -1 : lowerBound(0, kept.length, k => whole(k) < i)
    },
  }
}
