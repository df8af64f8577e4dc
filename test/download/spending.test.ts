/** How far ahead of what was given back bytes may arrive, and who may go on all the same. */

import { closeSync, mkdtempSync, openSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Reader } from '../../lib/io/growing/reader.ts'
import { Growing } from '../../lib/io/growing.ts'
import { takesHoles } from '../../lib/io/native.ts'
import type { Audience } from '../../lib/model/growing-file.ts'
import { Problem } from '../../lib/model/problem.ts'
import { heldBytes } from '../../lib/model/spending.ts'
import { checkRoomForWhole } from '../../tasks/download/checks.ts'
import { Spending } from '../../tasks/download/spending.ts'
import { testBench } from '../rig/workbench.ts'
import { paramsOf } from './rig.ts'

const block = 4096
const sizes = { leastBytes: 100 * block, leastWindowBytes: 20 * block, leastPortionBytes: 10 * block }
const window = sizes.leastWindowBytes

interface Stage {
  readonly file: Growing
  readonly reader: Reader
  readonly spending: Spending
  readonly held: boolean[]
  /** Whether bytes may be written without waiting. */
  readonly room: (at: number, end: number) => Promise<boolean>
}

function stage(audience: Audience = 'reading'): Stage {
  const path = join(mkdtempSync(join(tmpdir(), 'groundwork-spending-')), 'file')
  writeFileSync(path, Buffer.alloc(200 * block, 1))
  const file = new Growing(path)
  file.measure(200 * block)
  const { signal } = new AbortController()
  const spending = new Spending(file, { spending: sizes, audience: () => audience, signal }, () => {})
  const reader = file.read()
  onTestFinished(() => {
    spending.close()
    reader.close()
  })
  const held: boolean[] = []
  const writer = { signal, onHeld: (isHeld: boolean) => void held.push(isHeld) }
  const room: Stage['room'] = async (at, end) => {
    const before = held.length
    void spending.room(at, end, writer)
    await Promise.resolve()
    return held.length === before
  }
  return { file, reader, spending, held, room }
}

describe('bytes that arrive', () => {
  test('have room up to the window, and wait behind it', async () => {
    const { room, held } = stage()
    expect(await room(0, window)).toBe(true)
    expect(await room(window - 1, window + 1)).toBe(true)
    expect(await room(window, window + 1)).toBe(false)
    expect(held).toEqual([true])
  })

  test('have room where a reader waits for the first of them, whatever comes along', async () => {
    const { room, reader } = stage()
    const end = window + 10 * block
    void reader.need(0, end).catch(() => {})
    expect(await room(end - 10, end + 5 * block)).toBe(true)
    expect(await room(end, end + 1)).toBe(false)
  })

  test('wait where there will be room in a moment, though somebody waits for them', async () => {
    const { room, reader, file } = stage()
    file.reach(window)
    reader.pass(window)
    void reader.need(0, window + block).catch(() => {})
    expect(await room(window, window + block)).toBe(false)
  })

  test('have room where somebody asked for them out of their turn, and others do not', async () => {
    const { room, reader } = stage()
    void reader.wish(190 * block, 200 * block).catch(() => {})
    expect(await room(195 * block, 196 * block)).toBe(true)
    expect(await room(100 * block, 101 * block)).toBe(false)
  })

  test('have room when readers are done and nothing of them will be given back', async () => {
    const { room, reader } = stage()
    reader.pass(Number.POSITIVE_INFINITY)
    expect(await room(100 * block, 101 * block)).toBe(true)
  })

  test('wait where readers are done and what is still to come can be given back', async () => {
    const { room, reader, file } = stage()
    reader.pass(190 * block)
    reader.pass(Number.POSITIVE_INFINITY)
    expect(await room(100 * block, 101 * block)).toBe(false)
    file.spend(96 * block)
    expect(await room(100 * block, 101 * block)).toBe(true)
  })

  test.each([
    ['coming', false],
    ['later', true],
    ['kept', true],
  ] as const)('of a file whose readers are %s: room is %s', async (audience, isRoom) => {
    const { room } = stage(audience)
    expect(await room(window, window + 1)).toBe(isRoom)
  })
})

test('nothing is given back before everybody reads', () => {
  for (const [audience, upTo] of [
    ['reading', 10 * block],
    ['coming', undefined],
    ['later', undefined],
  ] as const) {
    const { spending, reader, file } = stage(audience)
    file.reach(12 * block)
    reader.pass(10 * block + 5)
    expect(spending.ready(12 * block)).toBe(upTo)
    expect(spending.isUsed).toBe(upTo !== undefined)
  }
})

test.runIf(takesHoles(tmpdir()))('the first block stays: readers look at how a file begins', () => {
  const { spending, file } = stage()
  const handle = openSync(file.path, 'r+')
  spending.give(handle, 100 * block)
  closeSync(handle)
  expect(file.spent).toBe(100 * block)
  expect(statSync(file.path).blocks * 512).toBe(101 * block)
})

describe('room on the disk, asked once a host says how large a file is', () => {
  const mega = 1e6
  const refusal = (audience: Audience, total: number, left: number, free: number): string => {
    const bench = testBench({ audience: () => audience })
    try {
      checkRoomForWhole(paramsOf('http://data.example/a.zip'), bench, { total, left }, () => free)
      return ''
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      return error.diagnostics[0]?.evidence?.[0]?.text ?? ''
    }
  }

  test('all that is to come, of a file that is kept', () => {
    expect(refusal('kept', 400 * mega, 300 * mega, 300 * mega)).toBe('')
    expect(refusal('kept', 400 * mega, 300 * mega, 299 * mega)).toBe('300 MB')
  })

  test.runIf(takesHoles(tmpdir()))('no more than lies there at once, of one that is given back', () => {
    const held = heldBytes(400 * mega)
    expect(held).toBeLessThan(50 * mega)
    for (const audience of ['later', 'coming', 'reading'] as const) {
      expect(refusal(audience, 400 * mega, 300 * mega, held)).toBe('')
      expect(refusal(audience, 400 * mega, 300 * mega, held - 1)).toMatch(/^\d\d\.\d MB of it at once$/)
    }
    expect(refusal('later', 400 * mega, 10 * mega, 9 * mega)).toMatch(/^10(\.0)? MB$/)
  })
})
