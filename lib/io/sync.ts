/** Makes many new files survive power loss with one call, where a sync for each would cost more than writing them. */

import { join } from 'node:path'
import { syncFile } from './disk.ts'

/** Up to this many files are synced one by one. */
const few = 64

/** `paths` are relative to `folder`. Where `sync -f` is not to be had, everything on the machine is synced. */
export async function syncFiles(folder: string, paths: readonly string[]): Promise<void> {
  if (paths.length <= few) return paths.forEach(path => syncFile(join(folder, path)))
  const { execa } = await import('execa')
  const { failed } = await execa('sync', ['-f', folder], { reject: false })
  if (failed) await execa('sync')
}
