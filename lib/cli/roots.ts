/** What cannot be a playground's root, or a way to a target. Looks at the disk, changes nothing. */

import { readlinkSync, realpathSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { look, nearestExisting } from '../io/disk.ts'
import { foldersTo } from '../model/paths.ts'
import { Problem } from '../model/problem.ts'

/** Throws `read-only-root` where the root is a file, or lies below one. */
export function refuseFileAsRoot(root: string): void {
  const existing = nearestExisting(root)
  if (statSync(existing).isDirectory()) return
  throw new Problem({
    code: 'read-only-root',
    message: `${existing} is a file, so that no playground can lie at ${root}.`,
    disk: 'Nothing was changed.',
    next: 'name a folder: --root DIR, or `root:` in the spec.',
  })
}

/** A link on the way to a target that leads out of the root would have us write, and later clean, somewhere else. */
export function refuseForeignRoots(root: string, targets: readonly string[]): void {
  for (const folder of new Set(targets.flatMap(foldersTo))) {
    const path = join(root, folder)
    if (!look(path)?.isSymbolicLink()) continue
    const goal = realGoal(path)
    const real = realpathSync(root)
    if (goal.startsWith(`${real}/`)) continue
    throw new Problem({
      code: 'symlink-outside-root',
      subject: folder,
      message: `${path} is a link that leads out of the playground.`,
      evidence: [
        { label: 'root', text: real },
        { label: 'leads to', text: goal },
      ],
      disk: 'Nothing was changed.',
      next: 'build with --root DIR where the files are to lie, or replace the link by a folder.',
    })
  }
}

/** Where a link leads, also when nothing lies there. */
function realGoal(link: string): string {
  try {
    return realpathSync(link)
  } catch {
    return resolve(dirname(link), readlinkSync(link))
  }
}
