import { mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ManifestBuilder } from '../../lib/model/manifest-builder.ts'
import { decodeManifest } from '../../lib/model/manifest-codec.ts'
import { Problem } from '../../lib/model/problem.ts'
import type { Memory } from '../../lib/model/receipt.ts'
import { frameOf } from '../../lib/receipts/frames.ts'
import { openReceipts, type Receipts } from '../../lib/receipts/receipts.ts'
import { drawDiagnostic } from '../../lib/report/draw.ts'
import { contentsOf, copyOf, manifestOf, receiptOf, stateFolder } from './samples.ts'

/** One process: opens, does, closes. */
function inOneProcess(folder: string, runId: string, act: (receipts: Receipts) => void): void {
  const receipts = openReceipts(folder, { readOnly: false, runId })
  act(receipts)
  receipts.close()
}

const read = (folder: string): Receipts => openReceipts(folder, { readOnly: true })
const memories = (folder: string): Record<string, Memory> => Object.fromEntries(read(folder).all())
const segments = (folder: string): readonly string[] => readdirSync(join(folder, 'log')).toSorted()

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

describe('manifests', () => {
  test('a small one stands in its receipt, and makes no file', () => {
    const folder = stateFolder()
    const builder = new ManifestBuilder()
    builder.add('a.json', 3, 'ab'.repeat(32))
    const manifest = builder.finish('file')
    inOneProcess(folder, 'a', receipts => {
      const name = receipts.saveManifest('json:a', manifest)
      const receipt = receiptOf('json:a', { manifest: name, digest: manifest.digest })
      expect(receipts.loadManifest(receipt)?.path(0)).toBe('a.json')
      expect(receipts.loadManifest({ ...receipt, manifest: `${name.slice(0, -8)}AAAAAAAA` })).toBeUndefined()
      expect(receipts.loadManifest({ ...receipt, digest: 'cd'.repeat(32) })).toBeUndefined()
    })
    expect(readdirSync(join(folder, 'manifests'))).toEqual([])
  })

  test('are saved under task and content, and read by receipt', () => {
    const folder = stateFolder()
    const manifest = manifestOf('one', 'two')
    inOneProcess(folder, 'a', receipts => {
      const name = receipts.saveManifest('unzip:coco/../train 2017', manifest)
      expect(name).toMatch(/^unzip-coco-\.\.-train-2017\.[0-9a-f]{16}\.manifest$/)
      expect(readdirSync(join(folder, 'manifests'))).toEqual([name])
      const receipt = receiptOf('unzip:coco', { manifest: name, digest: manifest.digest })
      expect(receipts.loadManifest(receipt)?.path(1)).toMatch(/1\.jpg$/)
      expect(receipts.loadManifest({ ...receipt, digest: 'cd'.repeat(32) })).toBeUndefined()
      expect(receipts.loadManifest({ ...receipt, manifest: '' })).toBeUndefined()
      expect(receipts.loadManifest({ ...receipt, manifest: `../manifests/${name}` })).toBeUndefined()
      expect(receipts.loadManifest({ ...receipt, manifest: `x${name}` })).toBeUndefined()
    })
  })

  test('a damaged one is unreadable, and mended by saving it again', () => {
    const folder = stateFolder()
    const manifest = manifestOf('one')
    inOneProcess(folder, 'a', receipts => {
      const name = receipts.saveManifest('unzip:vg', manifest)
      const receipt = receiptOf('unzip:vg', { manifest: name, digest: manifest.digest })
      truncateSync(join(folder, 'manifests', name), 100)
      expect(receipts.loadManifest(receipt)).toBeUndefined()
      expect(receipts.saveManifest('unzip:vg', manifest)).toBe(name)
      expect(receipts.loadManifest(receipt)?.count).toBe(1)
    })
  })

  test('those that no memory needs are dropped; of others nothing is touched', () => {
    const folder = stateFolder()
    const names = { old: '', current: '', previous: '' }
    inOneProcess(folder, 'a', receipts => {
      names.old = receipts.saveManifest('unzip:vg', manifestOf('old'))
      names.current = receipts.saveManifest('unzip:vg', manifestOf('current'))
      names.previous = receipts.saveManifest('unzip:coco', manifestOf('previous'))
      receipts.done(receiptOf('unzip:vg', { manifest: names.old }))
      receipts.done(receiptOf('unzip:vg', { manifest: names.current }))
      receipts.done(receiptOf('unzip:coco', { manifest: names.previous }))
      receipts.started('unzip:coco')
    })
    const manifests = join(folder, 'manifests')
    for (const name of ['notes.txt', `${names.old}.0123abcd.tmp`]) writeFileSync(join(manifests, name), '')
    inOneProcess(folder, 'b', receipts => {
      const unreceipted = receipts.saveManifest('unzip:new', manifestOf('new'))
      receipts.dropUnused()
      expect(readdirSync(manifests).toSorted()).toEqual(
        [names.current, names.previous, unreceipted, 'notes.txt'].toSorted(),
      )
    })
  })

  test('a file of one that was saved can be decoded by itself', () => {
    const folder = stateFolder()
    inOneProcess(folder, 'a', receipts => {
      const name = receipts.saveManifest('unzip:vg', manifestOf('one'))
      expect(decodeManifest(readFileSync(join(folder, 'manifests', name)))?.count).toBe(1)
    })
  })
})

describe('what is told', () => {
  const goldens = '../goldens/state'

  function firstProblem(open: () => unknown): Problem {
    try {
      open()
    } catch (error) {
      if (error instanceof Problem) return error
      throw error
    }
    throw new Error('nothing was thrown')
  }
  const drawn = (receipts: { readonly problems: Receipts['problems'] }): string =>
    receipts.problems.map(diagnostic => `${drawDiagnostic(diagnostic)}\n`).join('\n')

  test('state-too-new', async () => {
    const folder = stateFolder()
    mkdirSync(folder)
    writeFileSync(join(folder, 'format'), '2\n')
    const problem = firstProblem(() => openReceipts(folder, { readOnly: true }))
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
