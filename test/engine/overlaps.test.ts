/** Who reads what is still being made hears of its end, however it ends. */

import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Growing } from '../../lib/io/growing.ts'
import { Forsaken, type GrowingSource } from '../../lib/model/growing-file.ts'
import { Overlaps } from '../../lib/run/overlaps.ts'
import { copyFrom } from '../../tasks/download/local.ts'
import { usual } from '../../tasks/download/tuning.ts'
import { paramsOf } from '../download/rig.ts'
import { testBench } from '../rig/workbench.ts'

const file = (): string => {
  const path = join(mkdtempSync(join(tmpdir(), 'groundwork-overlaps-')), 'notes.json')
  writeFileSync(path, '[]')
  return path
}

test('its maker says nothing of it', async () => {
  const overlaps = new Overlaps()
  overlaps.begin('maker')
  overlaps.offer('maker', new Growing(file()))
  const overlap = overlaps.join('reader', ['maker'])
  await overlap.open()
  const waiting = overlap.readerOf('maker')?.until(10)
  const made = overlap.awaitMade()
  overlaps.end('maker', false)
  await expect(waiting).rejects.toThrow(Forsaken)
  await expect(made).rejects.toThrow(Forsaken)
  overlap.close()
})

test('a local file is offered, and then what an earlier run had of it cannot be removed', async () => {
  const offered: GrowingSource[] = []
  const bench = testBench({ offer: source => void offered.push(source) })
  const source = { form: 'local', path: file(), host: 'this machine' } as const
  const isThere = (): Promise<void> => Promise.reject(new Error('EIO'))
  const copied = copyFrom(source as never, paramsOf('notes.json'), bench, { tuning: usual, isThere })
  await expect(copied).rejects.toThrow('EIO')
  expect(offered).toMatchObject([{ isVoid: true }])
})

test('whose reader is gone ends at once, but not between its last byte and its proof', () => {
  const overlaps = new Overlaps()
  const begun = (task: string): { readonly made: Growing; readonly signal: AbortSignal } => {
    const signal = overlaps.begin(task)
    const made = new Growing(file())
    made.measure(2)
    overlaps.offer(task, made)
    return { made, signal }
  }
  const coming = begun('coming')
  coming.made.reach(1)
  overlaps.stop('coming')
  expect(coming.signal.aborted).toBe(true)

  const there = begun('there')
  there.made.reach(2)
  overlaps.stop('there')
  expect(there.signal.aborted).toBe(false)
  there.made.prove()
  expect(there.signal.aborted).toBe(true)

  const wrong = begun('wrong')
  wrong.made.reach(2)
  overlaps.stop('wrong')
  wrong.made.beginAnew()
  overlaps.offer('wrong', wrong.made)
  expect(wrong.signal.aborted).toBe(true)
})
