/** Makes many new files survive power loss with one call, where a sync for each would cost more than writing them. */

import { closeSync, openSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { syncFile, syncFolder } from './disk.ts'
import { syncFilesystem } from './native.ts'

/** Up to this many files are synced one by one. */
const few = 64
/** So much that was written is sent to the disk at once while more is written. */
const aheadBytes = 128 << 20

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

/** A sync is for all that was written meanwhile, by anybody. */
let isAhead = false

/**
 * Sends files to the disk while `work` writes them below `folder`, so that little is left for the sync at their end. Throws
 * what `work` throws, else what the disk said of bytes that it could not keep: it says so only once.
 */
export async function syncingAhead(
  folder: string,
  work: (wrote: (bytes: number) => void) => Promise<void>,
): Promise<void> {
  const handle = openSync(folder, 'r')
  let written = 0
  let syncing: Promise<unknown> = Promise.resolve()
  const wrote = (bytes: number): void => {
    written += bytes
    if (written < aheadBytes || isAhead) return
    written = 0
    isAhead = true
    const before = syncing
    syncing = syncFilesystem(handle)
      .finally(() => {
        isAhead = false
      })
      .then(() => before)
    syncing.catch(() => {})
  }
  try {
    await work(wrote)
    await syncing
  } finally {
    await syncing.catch(() => {})
    closeSync(handle)
  }
}
