/** Makes many new files survive power loss with one call, where a sync for each would cost more than writing them. */

import { closeSync, openSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { syncFile, syncFolder } from './disk.ts'
import { syncFilesystem } from './native.ts'

/** Up to this many files are synced one by one. */
const few = 64

/** `paths` are relative to `folder`. Where its filesystem cannot be synced alone, everything on the machine is. */
export async function syncFiles(folder: string, paths: readonly string[]): Promise<void> {
  if (paths.length <= few) return syncEach(folder, paths)
  if (await isSynced(folder)) return
  const { execa } = await import('execa')
  const { failed } = await execa('sync', ['-f', folder], { reject: false })
  if (failed) await execa('sync')
}

/** Files, and the folders that their names stand in. */
function syncEach(folder: string, paths: readonly string[]): void {
  for (const path of paths) syncFile(join(folder, path))
  for (const name of new Set(paths.map(path => dirname(path)))) syncFolder(join(folder, name))
}

async function isSynced(folder: string): Promise<boolean> {
  const handle = openSync(folder, 'r')
  try {
    return await syncFilesystem(handle)
  } finally {
    closeSync(handle)
  }
}
