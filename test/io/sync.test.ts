/** Files are sent to the disk while more are written: one sync at a time, and what it says is not lost. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, expect, test, vi } from 'vitest'
import { syncingAhead } from '../../lib/io/sync.ts'

const native = vi.hoisted(() => ({
  /** Those that were begun: each is ended by the test. */
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
  await syncingAhead(folder, async wrote => wrote(much - 1))
  expect(native.syncs).toHaveLength(0)
})

test('one sync at a time, of whoever writes, and the next as soon as more was written after it', async () => {
  const ended = vi.fn()
  const both = [1, 2].map(() =>
    syncingAhead(folder, async wrote => {
      wrote(much / 2)
      wrote(much / 2)
      await soon()
      wrote(3 * much)
    }).then(ended),
  )
  await soon()
  await soon()
  expect(native.syncs).toHaveLength(1)
  expect(ended).toHaveBeenCalledTimes(1)
  native.syncs[0]?.done(true)
  await Promise.all(both)
  const next = syncingAhead(folder, async wrote => wrote(much))
  expect(native.syncs).toHaveLength(2)
  native.syncs[1]?.done(true)
  await next
})

test('bytes that the disk could not keep are told at the end, also after a sync that went well', async () => {
  const work = syncingAhead(folder, async wrote => {
    wrote(much)
    native.syncs[0]?.fail(new Error('EIO'))
    await soon()
    wrote(much)
    native.syncs[1]?.done(true)
  })
  await expect(work).rejects.toThrow('EIO')
  expect(native.syncs).toHaveLength(2)
})

test('what went wrong first is told, when the sync has ended', async () => {
  const work = syncingAhead(folder, async wrote => {
    wrote(much)
    throw new Error('crc-mismatch')
  })
  const ended = vi.fn()
  const told = work.catch(ended)
  await soon()
  expect(ended).not.toHaveBeenCalled()
  native.syncs[0]?.fail(new Error('EIO'))
  await told
  expect(ended).toHaveBeenCalledWith(new Error('crc-mismatch'))
})
