/** What processes remember of tasks: it outlives them, is compacted, and nothing is written without need. */

import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { frameOf } from '../../lib/receipts/frames.ts'
import { openReceipts, type Receipts } from '../../lib/receipts/receipts.ts'
import { inOneProcess, memories, read, segments } from './processes.ts'
import { contentsOf, manifestOf, receiptOf, stateFolder } from './samples.ts'

describe('memory', () => {
  test('outlives the process, and later processes come later', () => {
    const folder = stateFolder()
    inOneProcess(folder, 'zz', first => {
      first.started('unzip:vg')
      first.done(receiptOf('unzip:vg', { files: 1 }))
      first.started('unzip:coco')
    })
    inOneProcess(folder, 'aa', second => second.done(receiptOf('unzip:vg', { files: 2 })))
    expect(memories(folder)).toEqual({
      'unzip:vg': { state: 'done', receipt: receiptOf('unzip:vg', { files: 2 }) },
      'unzip:coco': { state: 'started', task: 'unzip:coco' },
    })
    expect(segments(folder)).toEqual(['00000001-zz.log', '00000002-aa.log'])
  })

  test('a started mark carries what was there before, also through several failed attempts', () => {
    const folder = stateFolder()
    const previous = receiptOf('unzip:vg')
    inOneProcess(folder, 'a', receipts => {
      receipts.done(previous)
      receipts.started('unzip:vg')
    })
    inOneProcess(folder, 'b', receipts => receipts.started('unzip:vg'))
    expect(read(folder).memoryOf('unzip:vg')).toEqual({ state: 'started', task: 'unzip:vg', previous })
  })

  test('many at once are one new segment, and few are appended', () => {
    const folder = stateFolder()
    const many = Array.from({ length: 300 }, (_, i) => receiptOf(`unzip:${i}`))
    inOneProcess(folder, 'a', receipts => receipts.doneAll(many))
    inOneProcess(folder, 'b', receipts => receipts.doneAll([receiptOf('unzip:vg')]))
    expect(segments(folder)).toEqual(['00000001-a.log', '00000002-b.log'])
    expect(Object.keys(memories(folder))).toHaveLength(301)
    inOneProcess(folder, 'c', receipts => receipts.forgetAll([...many.map(({ task }) => task), 'unzip:no']))
    expect(segments(folder)).toEqual(['00000003-c.log'])
    expect(memories(folder)).toEqual({ 'unzip:vg': { state: 'done', receipt: receiptOf('unzip:vg') } })
    inOneProcess(folder, 'd', receipts => receipts.forgetAll(['unzip:vg', 'unzip:no']))
    expect(memories(folder)).toEqual({})
  })

  test('what was forgotten is not there, and can be learned again', () => {
    const folder = stateFolder()
    inOneProcess(folder, 'a', receipts => {
      receipts.done(receiptOf('unzip:vg'))
      receipts.forget('unzip:vg')
      receipts.started('unzip:vg')
    })
    expect(memories(folder)).toEqual({ 'unzip:vg': { state: 'started', task: 'unzip:vg' } })
    inOneProcess(folder, 'b', receipts => receipts.forget('unzip:vg'))
    expect(memories(folder)).toEqual({})
  })

  test('every history reads back as it was remembered', () => {
    const actArb = fc.tuple(
      fc.constantFrom('started', 'done', 'forget', 'compact', 'reopen'),
      fc.constantFrom('a', 'b', 'c'),
    )
    fc.assert(
      fc.property(fc.array(actArb, { maxLength: 25 }), acts => {
        const folder = stateFolder()
        let run = 0
        let receipts = openReceipts(folder, { readOnly: false, runId: 'r0' })
        for (const [act, task] of acts) {
          if (act === 'done') receipts.done(receiptOf(task))
          else if (act === 'compact') receipts.compact()
          else if (act !== 'reopen') receipts[act](task)
          else {
            const before = Object.fromEntries(receipts.all())
            receipts.close()
            receipts = openReceipts(folder, { readOnly: false, runId: `r${(run += 1)}` })
            expect(Object.fromEntries(receipts.all())).toEqual(before)
          }
        }
        receipts.close()
        expect(memories(folder)).toEqual(Object.fromEntries(receipts.all()))
      }),
      { numRuns: 30 },
    )
  })

  test('a segment cut at any byte leaves what was said before, and the next process goes on', () => {
    const folder = stateFolder()
    inOneProcess(folder, 'a', receipts => {
      receipts.started('unzip:vg')
      receipts.done(receiptOf('unzip:vg'))
    })
    const log = join('log', '00000001-a.log')
    const whole = readFileSync(join(folder, log))
    const startedEnds = 8 + whole.readUInt32LE(0)
    for (let length = 0; length < whole.length; length += 1) {
      truncateSync(join(folder, log), length)
      const receipts = read(folder)
      expect(receipts.problems).toEqual([])
      expect(receipts.memoryOf('unzip:vg')?.state).toBe(length < startedEnds ? undefined : 'started')
      writeFileSync(join(folder, log), whole)
    }
    truncateSync(join(folder, log), whole.length - 1)
    inOneProcess(folder, 'b', receipts => receipts.done(receiptOf('unzip:vg', { files: 3 })))
    expect(read(folder).memoryOf('unzip:vg')).toMatchObject({ receipt: { files: 3 } })
  })
})

describe('a build that has nothing to record', () => {
  test.each([{ readOnly: true }, { readOnly: false }])('makes nothing: %o', options => {
    const folder = stateFolder()
    openReceipts(folder, options).close()
    expect(contentsOf(join(folder, '..'))).toEqual({})
  })

  test('changes nothing', () => {
    const folder = stateFolder()
    inOneProcess(folder, 'a', receipts => receipts.done(receiptOf('unzip:vg')))
    const before = contentsOf(folder)
    inOneProcess(folder, 'b', receipts => {
      receipts.forget('unzip:never-heard-of')
      receipts.dropUnused()
    })
    expect(contentsOf(folder)).toEqual(before)
  })

  test.each<[string, (receipts: Receipts) => unknown]>([
    ['started', receipts => receipts.started('a')],
    ['done', receipts => receipts.done(receiptOf('a'))],
    ['saveManifest', receipts => receipts.saveManifest('a', manifestOf())],
    ['dropUnused', receipts => receipts.dropUnused()],
    ['compact', receipts => receipts.compact()],
  ])('reading only, %s is a bug', (_name, write) => {
    const folder = stateFolder()
    expect(() => write(read(folder))).toThrow('for reading only')
    expect(contentsOf(folder)).toEqual({})
  })
})

describe('compaction', () => {
  const log = (folder: string) => join(folder, 'log')

  test('happens before the first record when most records are dead', () => {
    const folder = stateFolder()
    mkdirSync(log(folder), { recursive: true })
    const started = frameOf({ state: 'started', task: 'unzip:vg' })
    const done = frameOf({ state: 'done', receipt: receiptOf('unzip:coco') })
    const history = [done, ...Array.from({ length: 1002 }, () => started)]
    writeFileSync(join(log(folder), '00000001-a.log'), Buffer.concat(history))
    expect(segments(folder)).toEqual(['00000001-a.log'])
    const before = memories(folder)
    inOneProcess(folder, 'b', receipts => receipts.started('unzip:new'))
    expect(segments(folder)).toEqual(['00000002-b.log'])
    expect(memories(folder)).toEqual({ ...before, 'unzip:new': { state: 'started', task: 'unzip:new' } })
    expect(readFileSync(join(log(folder), '00000002-b.log')).length).toBeLessThan(1000)
  })

  test('happens when there are many segments', () => {
    const folder = stateFolder()
    for (let i = 0; i < 65; i++) inOneProcess(folder, `run${i}`, receipts => receipts.started(`unzip:${i}`))
    expect(segments(folder)).toHaveLength(65)
    inOneProcess(folder, 'last', receipts => receipts.started('unzip:65'))
    expect(segments(folder)).toEqual(['00000066-last.log'])
    expect(Object.keys(memories(folder))).toHaveLength(66)
  })

  test('clears up what a killed one left, but nothing of others', () => {
    const folder = stateFolder()
    inOneProcess(folder, 'a', receipts => receipts.started('unzip:vg'))
    for (const name of ['00000002-b.log.0123abcd.tmp', 'notes.txt', '.nfs0001'])
      writeFileSync(join(log(folder), name), 'half')
    inOneProcess(folder, 'c', receipts => receipts.compact())
    expect(segments(folder)).toEqual(['.nfs0001', '00000002-c.log', 'notes.txt'])
  })
})
