import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Memory } from '../../lib/model/receipt.ts'
import { frameOf, readSegment } from '../../lib/receipts/frames.ts'
import { receiptOf } from './samples.ts'

const memories: readonly Memory[] = [
  { state: 'started', task: 'unzip:vg' },
  { state: 'done', receipt: receiptOf('unzip:vg') },
  { state: 'started', task: 'unzip:vg', previous: receiptOf('unzip:vg') },
  { state: 'forgotten', task: 'unzip:vg' },
]
const frames = memories.map(frameOf)
const segment = Buffer.concat(frames)
/** Where each frame ends. */
const ends = frames.map((_, i) => frames.slice(0, i + 1).reduce((sum, frame) => sum + frame.length, 0))
const frameAt = (byte: number): number => ends.findIndex(end => byte < end)

test('a segment cut at any byte gives the records before the cut, silently', () => {
  for (let length = 0; length <= segment.length; length++) {
    const whole = ends.filter(end => end <= length).length
    expect(readSegment(segment.subarray(0, length)), `${length} bytes`).toEqual({
      records: memories.slice(0, whole),
      gaps: [],
    })
  }
})

test('one byte changed anywhere costs one record, and is told', () => {
  for (let at = 0; at < segment.length; at++) {
    const changed = Buffer.from(segment)
    changed[at] = (changed[at] as number) ^ 0x40
    const hit = frameAt(at)
    const { records, gaps } = readSegment(changed)
    expect(records, `byte ${at}`).toEqual(memories.toSpliced(hit, 1))
    // At the end it looks like an append whose length reached the disk before its bytes: unless the length is absurd.
    if (hit < frames.length - 1)
      expect(gaps).toEqual([
        { at: (ends[hit] as number) - (frames[hit]?.length ?? 0), bytes: frames[hit]?.length },
      ])
  }
})

test('any bytes between records are skipped and told', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 60 }), fc.nat({ max: 3 }), (bytes, i) => {
      const dirty = Buffer.concat([...frames.slice(0, i), bytes, ...frames.slice(i)])
      const { records, gaps } = readSegment(dirty)
      expect(records).toEqual(memories)
      expect(gaps).toEqual([{ at: i === 0 ? 0 : ends[i - 1], bytes: bytes.length }])
    }),
  )
})

describe('the end of a segment', () => {
  const damage = [{ at: segment.length, bytes: 40 }]
  const wrongSum = Buffer.from(frameOf({ state: 'forgotten', task: 'x' }))
  wrongSum[9] = 0
  test.each([
    ['zeros, as after a power cut', Buffer.alloc(40), []],
    ['less than a header', Buffer.from([1, 2, 3]), []],
    ['a length whose bytes never came', wrongSum, []],
    ['a length that nothing of ours has', Buffer.alloc(40, 0xff), damage],
    ['text', Buffer.from('somebody wrote this line behind our data'), damage],
  ])('%s', (_name, tail, gaps) => {
    expect(readSegment(Buffer.concat([segment, tail]))).toEqual({ records: memories, gaps })
  })
})

test.each([
  'null',
  '[]',
  '1',
  '{"state":"hurried","task":"x"}',
  '{"state":"done"}',
  '{"state":"started"}',
  '{"sta',
])('a whole frame around %s is no record', payload => {
  const forged = Buffer.from(`12345678${payload}`)
  forged.writeUInt32LE(forged.length - 8, 0)
  forged.writeUInt32LE(crc32(forged.subarray(8)), 4)
  const { records, gaps } = readSegment(Buffer.concat([forged, segment]))
  expect(records).toEqual(memories)
  expect(gaps).toEqual([{ at: 0, bytes: forged.length }])
})
