/** Files are sent to the disk while more are written: one sync at a time, and what it says is not lost. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, expect, test, vi } from 'vitest'
import { SyncAhead } from '../../lib/io/sync.ts'

const native = vi.hoisted(() => ({
  /** Those under way: each is ended by the test. */
  syncs: [] as { readonly done: (isSynced: boolean) => void; readonly fail: (error: Error) => void }[],
}))

vi.mock('../../lib/io/native.ts', () => ({
  syncFilesystem: () =>
    new Promise<boolean>((done, fail) => {
      native.syncs.push({ done, fail })
    }),
}))

const folder = mkdtempSync(join(tmpdir(), 'groundwork-sync-'))
afterAll(() => rmSync(folder, { recursive: true }))
beforeEach(() => void native.syncs.splice(0))

const much = 128 << 20
const soon = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

test('a little is left for the end, and nothing is synced', async () => {
  const ahead = new SyncAhead(folder)
  ahead.wrote(much - 1)
  expect(native.syncs).toHaveLength(0)
  await ahead.close()
})

test('one sync at a time, and the next as soon as more was written after it', async () => {
  const ahead = new SyncAhead(folder)
  ahead.wrote(much / 2)
  ahead.wrote(much / 2)
  ahead.wrote(3 * much)
  expect(native.syncs).toHaveLength(1)
  native.syncs[0]?.done(true)
  await soon()
  ahead.wrote(1)
  expect(native.syncs).toHaveLength(2)
  const closed = vi.fn()
  const closing = ahead.close().then(closed)
  await soon()
  expect(closed).not.toHaveBeenCalled()
  native.syncs[1]?.done(true)
  await closing
})

test('bytes that the disk could not keep are told at the end, also after a sync that went well', async () => {
  const ahead = new SyncAhead(folder)
  ahead.wrote(much)
  native.syncs[0]?.fail(new Error('EIO'))
  await soon()
  ahead.wrote(much)
  native.syncs[1]?.done(true)
  await soon()
  await expect(ahead.close()).rejects.toThrow('EIO')
})
