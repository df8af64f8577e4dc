import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { openReceipts, type Receipts } from '../../lib/receipts/receipts.ts'
import { Crash, diesAtStep, watching } from './disk-steps.ts'
import { copyOf, manifestOf, receiptOf, stateFolder } from './samples.ts'

vi.mock('node:fs', async importOriginal => {
  const { watchable } = await import('./disk-steps.ts')
  return watchable(await importOriginal())
})

const open = (folder: string, runId: string): Receipts => openReceipts(folder, { readOnly: false, runId })
const known = (folder: string): unknown => Object.fromEntries(openReceipts(folder, { readOnly: true }).all())

function inOneProcess(folder: string, runId: string, act: (receipts: Receipts) => void): void {
  const receipts = open(folder, runId)
  act(receipts)
  receipts.close()
}

/** Several segments; one task done, one begun, one forgotten in a later segment than it was done in. */
function history(): string {
  const folder = stateFolder()
  inOneProcess(folder, 'a', receipts => {
    receipts.done(receiptOf('unzip:forgotten'))
    receipts.done(receiptOf('unzip:done', { files: 1 }))
  })
  inOneProcess(folder, 'b', receipts => {
    receipts.forget('unzip:forgotten')
    receipts.done(receiptOf('unzip:begun'))
    receipts.done(receiptOf('unzip:done', { files: 2 }))
  })
  inOneProcess(folder, 'c', receipts => receipts.started('unzip:begun'))
  return folder
}

test('a compaction that dies at any step loses nothing and revives nothing', () => {
  const before = history()
  let k = 1
  for (let died = true; died; k++) {
    const folder = copyOf(before)
    const receipts = open(folder, 'compactor')
    died = diesAtStep(k, () => receipts.compact())
    expect(known(folder), `died at step ${k}`).toEqual(known(before))
    expect(openReceipts(folder, { readOnly: true }).problems).toEqual([])

    inOneProcess(folder, 'next', next => next.compact())
    expect(known(folder), `compacted after a death at step ${k}`).toEqual(known(before))
    expect(readdirSync(join(folder, 'log'))).toHaveLength(1)
  }
  expect(k).toBeGreaterThan(15)
})

test('a record that dies at any step is there or is not, and nothing else changes', () => {
  const before = history()
  const done = (receipts: Receipts): void => {
    const manifest = manifestOf('one', 'two')
    const name = receipts.saveManifest('unzip:begun', manifest)
    receipts.done(receiptOf('unzip:begun', { manifest: name, digest: manifest.digest }))
  }
  const after = copyOf(before)
  inOneProcess(after, 'd', done)

  let k = 1
  for (let died = true; died; k++) {
    const folder = copyOf(before)
    died = diesAtStep(k, () => inOneProcess(folder, 'd', done))
    const receipts = openReceipts(folder, { readOnly: true })
    const memory = receipts.memoryOf('unzip:begun')
    expect([known(before), known(after)], `died at step ${k}`).toContainEqual(known(folder))
    expect(receipts.problems).toEqual([])
    if (memory?.state === 'done') expect(receipts.loadManifest(memory.receipt)?.count).toBe(2)

    inOneProcess(folder, 'e', done)
    expect(known(folder), `done again after a death at step ${k}`).toEqual(known(after))
  }
  expect(known(before)).not.toEqual(known(after))
  expect(k).toBeGreaterThan(20)
})

test('after a write that failed, the same process goes on in a new segment', () => {
  const folder = stateFolder()
  const receipts = open(folder, 'a')
  receipts.started('unzip:vg')
  let failed = false
  const fullDisk = (): void =>
    watching(
      (step, [handle, bytes], real) => {
        if (step !== 'writeSync' || failed) return
        failed = true
        real.writeSync(handle as number, bytes as Uint8Array, 0, 10)
        throw new Crash('no space left')
      },
      () => receipts.done(receiptOf('unzip:vg')),
    )
  expect(fullDisk).toThrow('no space left')
  expect(receipts.memoryOf('unzip:vg')?.state).toBe('started')
  receipts.done(receiptOf('unzip:vg', { files: 9 }))
  receipts.close()
  expect(readdirSync(join(folder, 'log'))).toEqual(['00000001-a.log', '00000002-a.log'])
  const read = openReceipts(folder, { readOnly: true })
  expect(read.memoryOf('unzip:vg')).toMatchObject({ receipt: { files: 9 } })
  expect(read.problems).toEqual([])
})

test('a reader that meets a compaction at any step sees all of it', () => {
  const before = history()
  let steps = 0
  watching(
    () => void (steps += 1),
    () => openReceipts(before, { readOnly: true }),
  )
  expect(steps).toBeGreaterThan(4)
  for (let k = 1; k <= steps; k++) {
    const folder = copyOf(before)
    let step = 0
    const compactAtK = (): void => {
      step += 1
      if (step === k) inOneProcess(folder, 'other', receipts => receipts.compact())
    }
    const read = watching(compactAtK, () => openReceipts(folder, { readOnly: true }))
    expect(Object.fromEntries(read.all()), `compacted before step ${k}`).toEqual(known(before))
  }
})

test('a folder that stays unreadable is an error, not a wait for ever', () => {
  const folder = history()
  const gone = Object.assign(new Error('gone'), { code: 'ENOENT' })
  const read = (): unknown =>
    watching(
      (step, [path]) => {
        if (step === 'readFileSync' && String(path).endsWith('.log')) throw gone
      },
      () => openReceipts(folder, { readOnly: true }),
    )
  expect(read).toThrow(gone)
})
