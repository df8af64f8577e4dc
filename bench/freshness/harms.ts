/** What is done to the tree before a scenario, and undone after it. Nothing is done between rounds. */

import { readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Ground, settle } from './grounds.ts'
import { settlePeers } from './peers.ts'
import { pathsBelow, type Shelf } from './tree.ts'

export type Harm = 'touched' | 'edited' | 'missing'

/** Returns what undoes it: all take the tree for whole again, with the times that it has then. */
export function doHarm(harm: Harm, ground: Ground, shelves: readonly Shelf[]): () => Promise<void> {
  const paths = chosen(harm === 'missing' ? 10 : 1, [...pathsBelow(shelves)]).map(path =>
    join(ground.root, path),
  )
  const before = paths.map(path => readFileSync(path))
  paths.forEach((path, i) => work(harm, path, before[i] as Buffer))
  return async () => {
    paths.forEach((path, i) => writeFileSync(path, before[i] as Buffer))
    await settle(ground)
    await settlePeers(ground)
  }
}

/** Spread over all of them; the first lies neither at the beginning nor at the end. */
export const chosen = <T>(count: number, all: readonly T[]): readonly T[] =>
  Array.from({ length: count }, (_, i) => all[Math.floor((all.length * (i + 0.5)) / count)] as T)

function work(harm: Harm, path: string, before: Buffer): void {
  switch (harm) {
    case 'touched': {
      const now = new Date()
      return utimesSync(path, now, now)
    }
    case 'edited':
      return writeFileSync(path, Buffer.alloc(before.length, 'x'))
    case 'missing':
      return rmSync(path)
  }
}
