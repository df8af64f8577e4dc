/** Rates of connections over time, and what is concluded from them: as tables, without a clock. */

import { describe, expect, test } from 'vitest'
import { ByteRanges } from '../../lib/model/byte-ranges.ts'
import { Pace } from '../../tasks/download/pace.ts'
import { Segments } from '../../tasks/download/segments.ts'
import { Tuner } from '../../tasks/download/tuner.ts'
import { claimBytes, leastTakenBytes, usual } from '../../tasks/download/tuning.ts'

/** Looks once a second; `rates` of each connection in bytes a second. Says who was sent away, and when. */
function watched(seconds: number, rates: readonly number[], floorBytesPerSecond = 0) {
  const pace = new Pace({ slowMs: 30_000, floorBytesPerSecond })
  const members = rates.map(rate => ({ rate, received: 0 }))
  const sent: string[] = []
  let slow: number | undefined
  for (let second = 0; second <= seconds; second += 1) {
    const all = members.reduce((sum, { received }) => sum + received, 0)
    const { crawlers, slowRate } = pace.look(members, all, second * 1000)
    for (const crawler of crawlers) sent.push(`${crawler.rate} after ${second} s`)
    if (slowRate !== undefined) slow ??= second
    for (const member of members) member.received += member.rate
  }
  return { sent, slow }
}

describe('crawling', () => {
  test('a connection with less than a tenth of the usual rate is sent away after a third of the time', () => {
    expect(watched(11, [1000, 1000, 99, 1000]).sent).toEqual(['99 after 11 s'])
    expect(watched(60, [1000, 1000, 101, 1000]).sent).toEqual([])
  })
  test('a host that is slow on all of them is not to blame on one', () => {
    expect(watched(60, [5, 5, 5]).sent).toEqual([])
    expect(watched(60, [5]).sent).toEqual([])
  })
})

test('a rest that a host asked for is not held against it', () => {
  const pace = new Pace({ slowMs: 30_000, floorBytesPerSecond: 100 })
  const member = { received: 0 }
  pace.look([member], 0, 0)
  pace.look([member], 0, 1_000)
  for (let second = 2; second < 100; second += 1) pace.rest()
  expect(pace.look([member], 0, 100_000).slowRate).toBeUndefined()
  expect(pace.look([member], 0, 101_000).slowRate).toBeUndefined()
})

test('the floor holds for all connections together, and for a while', () => {
  expect(watched(60, [60, 60], 100).slow).toBeUndefined()
  expect(watched(60, [40, 40], 100).slow).toBe(31)
})

describe('the number of connections', () => {
  /** Bytes a second that so many bring. */
  const settled = (bring: (connections: number) => number, seconds: number): number => {
    const tuner = new Tuner(8, 0)
    let received = 0
    let wanted = 8
    let atWork = 8
    for (let second = 1; second <= seconds; second += 1) {
      received += bring(atWork)
      wanted = tuner.wanted(received, second * 1000, atWork)
      // Who is to leave ends what it fetches first.
      if (second % 16 === 0 || wanted > atWork) atWork = wanted
    }
    return wanted
  }
  test('stays where each brings its share', () => {
    expect(settled(connections => connections * 40e6, 600)).toBeGreaterThanOrEqual(7)
  })
  test('goes down where one brings all', () => {
    expect(settled(() => 40e6, 400)).toBeLessThanOrEqual(2)
  })
})

describe('a claim', () => {
  const mebibytes = (bytesPerSecond: number, waitedMs: number): number =>
    claimBytes(usual, bytesPerSecond, waitedMs) / (1 << 20)

  test('is as large as makes the wait for an answer a fiftieth, within limits', () => {
    expect(mebibytes(20 << 20, 40)).toBe(40)
    expect(mebibytes(0, 0)).toBe(16)
    expect(mebibytes(200 << 20, 1)).toBe(16)
    expect(mebibytes(200 << 20, 100)).toBe(64)
  })
  test('lasts a few seconds, however long the host takes to answer', () => {
    expect(mebibytes(8 << 20, 5_000)).toBe(32)
  })
})

test('what is taken over from a busy connection is worth the asking', () => {
  const mebibytes = (bytesPerSecond: number, waitedMs: number): number =>
    leastTakenBytes(usual, bytesPerSecond, waitedMs) / (1 << 20)
  expect(mebibytes(40 << 20, 1)).toBe(1)
  expect(mebibytes(5 << 20, 100)).toBe(2)
  expect(mebibytes(40 << 20, 100)).toBe(4)
  expect(mebibytes(0, 0)).toBe(4)
})

describe('segments', () => {
  const whole = (to: number) => new Segments(new ByteRanges([[0, to]]), 10)
  test('front to back; a rest that is not worth a request goes along', () => {
    const segments = whole(105)
    expect([segments.claim(50), segments.claim(50)]).toEqual([
      { at: 0, end: 50 },
      { at: 50, end: 105 },
    ])
    expect([segments.isClaimed, segments.isDone]).toEqual([true, false])
  })
  test('half of the largest rest is taken over, as long as that is worth it', () => {
    const segments = whole(40)
    const first = segments.claim(100)
    expect(segments.claim(100)).toEqual({ at: 20, end: 40 })
    expect(first).toEqual({ at: 0, end: 20 })
    Object.assign(first ?? {}, { at: 5 })
    expect(segments.claim(100)).toEqual({ at: 30, end: 40 })
    expect(segments.claim(100)).toBeUndefined()
  })
  test('less is taken over by who can ask for it at once', () => {
    const segments = new Segments(new ByteRanges([[0, 16]]), 10)
    const first = segments.claim(100)
    expect(segments.claim(100)).toBeUndefined()
    expect(segments.claim(100, 4)).toEqual({ at: 8, end: 16 })
    expect(first?.end).toBe(8)
  })
  test('what is released is fetched by the next', () => {
    const segments = whole(40)
    const first = segments.claim(20)
    Object.assign(first ?? {}, { at: 7 })
    if (first) segments.release(first)
    expect(segments.claim(20)).toEqual({ at: 7, end: 27 })
  })
})
