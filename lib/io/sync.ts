/** Makes many new files survive power loss with one call, where a sync for each would cost more than writing them. */

import { dirname, join } from 'node:path'
import { syncFile, syncFolder } from './disk.ts'

/** Up to this many files are synced one by one. */
const few = 64

/** `paths` are relative to `folder`. Where `sync -f` is not to be had, everything on the machine is synced. */
export async function syncFiles(folder: string, paths: readonly string[]): Promise<void> {
  if (paths.length <= few) return syncEach(folder, paths)
  const { execa } = await import('execa')
  const { failed } = await execa('sync', ['-f', folder], { reject: false })
  if (failed) await execa('sync')
}

/** Files, and the folders that their names stand in. */
function syncEach(folder: string, paths: readonly string[]): void {
  for (const path of paths) syncFile(join(folder, path))
  for (const name of new Set(paths.map(path => dirname(path)))) syncFolder(join(folder, name))
}
