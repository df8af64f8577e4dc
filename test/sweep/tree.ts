/** What lies below a folder, by path: the digest of each file, and where each link leads. Folders alone do not count. */

import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { sha256 } from './world.ts'

export type Tree = Readonly<Record<string, string>>

/** Without what `leaveOut` names at the top. A folder that is not there is empty. */
function treeOf(folder: string, leaveOut: readonly string[] = []): Tree {
  const tree: Record<string, string> = {}
  const enter = (path: string): void => {
    for (const name of readdirSync(join(folder, path)).toSorted()) {
      const inner = path === '' ? name : `${path}/${name}`
      if (leaveOut.includes(inner)) continue
      const stats = lstatSync(join(folder, inner))
      if (stats.isDirectory()) enter(inner)
      else
        tree[inner] = stats.isFile() ? sha256(readFileSync(join(folder, inner))) : linkAt(join(folder, inner))
    }
  }
  if (lstatSync(folder, { throwIfNoEntry: false }) !== undefined) enter('')
  return tree
}

const linkAt = (path: string): string => `→ ${readlinkSync(path)}`

/** The playground without its state. */
export const playgroundOf = (root: string): Tree => treeOf(root, ['.groundwork'])

/** The state alone. */
export const stateOf = (root: string): Tree => treeOf(join(root, '.groundwork'))

/**
 * What the state folder holds beside records, ledgers, lock and what was moved aside: archives, parts, staging, partial downloads.
 * A lock that could not be given back is in nobody's way once its process is gone.
 */
export const passingOf = (root: string): Tree =>
  Object.fromEntries(
    Object.entries(
      treeOf(join(root, '.groundwork'), ['log', 'manifests', 'cache', 'format', 'aside', 'lock']),
    ).filter(([path]) => !path.endsWith('/ledger.ndjson')),
  )

export const asideOf = (root: string): Tree => treeOf(join(root, '.groundwork', 'aside'))
