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

/**
 * Sends files to the disk while others are still being written below the same folder, so that little of it is left for
 * the sync at their end.
 */
export class SyncAhead {
  readonly #handle: number
  #written = 0
  #isBusy = false
  #syncing: Promise<unknown> = Promise.resolve()

  constructor(folder: string) {
    this.#handle = openSync(folder, 'r')
  }

  wrote(bytes: number): void {
    this.#written += bytes
    if (this.#written < aheadBytes || this.#isBusy) return
    this.#written = 0
    this.#isBusy = true
    const syncing = Promise.all([this.#syncing, syncFilesystem(this.#handle)]).finally(() => {
      this.#isBusy = false
    })
    syncing.catch(() => {})
    this.#syncing = syncing
  }

  /** Rejects with what the disk said of bytes that it could not keep: it says so only once. */
  async close(): Promise<void> {
    try {
      await this.#syncing
    } finally {
      closeSync(this.#handle)
    }
  }
}
