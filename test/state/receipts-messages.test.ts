/** What a user reads of a state folder that is too new, damaged, or holds what is not ours. */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openReceipts, type Receipts } from '../../lib/receipts/receipts.ts'
import { drawDiagnostic } from '../../lib/report/draw.ts'
import { problemIn } from '../rig/golden.ts'
import { inOneProcess, read, segments } from './processes.ts'
import { contentsOf, copyOf, receiptOf, stateFolder } from './samples.ts'

describe('what is told', () => {
  const goldens = '../goldens/state'

  const drawn = (receipts: { readonly problems: Receipts['problems'] }): string =>
    receipts.problems.map(diagnostic => `${drawDiagnostic(diagnostic)}\n`).join('\n')

  test('state-too-new', async () => {
    const folder = stateFolder()
    mkdirSync(folder)
    writeFileSync(join(folder, 'format'), '2\n')
    const problem = problemIn(() => openReceipts(folder, { readOnly: true }))
    expect(problem.code).toBe('state-too-new')
    await expect(drawn({ problems: problem.diagnostics })).toMatchFileSnapshot(`${goldens}/state-too-new.txt`)
    expect(contentsOf(folder)).toEqual({ format: Buffer.from('2\n').toString('hex') })
  })

  test('a format that is not a number is put right', () => {
    const folder = stateFolder()
    mkdirSync(folder)
    writeFileSync(join(folder, 'format'), '\0\0')
    inOneProcess(folder, 'a', receipts => receipts.started('unzip:vg'))
    expect(readFileSync(join(folder, 'format'), 'utf8')).toBe('1\n')
  })

  test('state-damaged, once: the first record after it mends the log', async () => {
    const folder = stateFolder()
    inOneProcess(folder, 'a1b2', receipts => {
      for (const task of ['unzip:vg', 'unzip:coco', 'unzip:gqa']) receipts.done(receiptOf(task))
    })
    const path = join(folder, 'log', '00000001-a1b2.log')
    const bytes = readFileSync(path)
    const second = 8 + bytes.readUInt32LE(0)
    writeFileSync(path, bytes.fill(0, second + 20, second + 30))
    const receipts = read(folder)
    await expect(drawn(receipts)).toMatchFileSnapshot(`${goldens}/state-damaged.txt`)
    expect([...receipts.all().keys()]).toEqual(['unzip:vg', 'unzip:gqa'])

    inOneProcess(folder, 'b', next => next.done(receiptOf('unzip:coco')))
    expect(read(folder).problems).toEqual([])
    expect([...read(folder).all().keys()]).toEqual(['unzip:vg', 'unzip:gqa', 'unzip:coco'])
  })

  test('state-foreign', async () => {
    const folder = stateFolder()
    inOneProcess(folder, 'a', receipts => receipts.done(receiptOf('unzip:vg')))
    for (const name of [
      'notes.txt',
      '00000001-a.log.bak',
      '1-a.log',
      'x.log',
      'y.log',
      'z.log',
      '.nfs0000000001',
    ])
      writeFileSync(join(folder, 'log', name), 'not ours')
    const one = copyOf(folder)
    const receipts = read(folder)
    await expect(drawn(receipts)).toMatchFileSnapshot(`${goldens}/state-foreign.txt`)
    expect([...receipts.all().keys()]).toEqual(['unzip:vg'])
    inOneProcess(one, 'b', next => next.compact())
    expect(segments(one)).toContain('notes.txt')
  })
})
