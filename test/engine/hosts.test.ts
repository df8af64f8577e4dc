/** Hosts as budgets that all tasks of a run share: connections, rests, rates, on a clock of the test's own. */

import { expect, test } from 'vitest'
import { hostsOf } from '../../lib/run/hosts.ts'

/** Pauses move the clock on. */
function world(budgets = {}, rateBytesPerSecond?: number) {
  let nowMs = 1000
  const pauses: number[] = []
  const host = hostsOf({
    budgets,
    rateBytesPerSecond,
    now: () => nowMs,
    pause: milliseconds => {
      pauses.push(milliseconds)
      nowMs += milliseconds
      return Promise.resolve()
    },
  })
  return { host, pauses, pass: (milliseconds: number) => void (nowMs += milliseconds) }
}

test('whoever asks for a name gets the same host, with its budget or a usual one', () => {
  const { host } = world({ 'slow.example': { connections: 2 } })
  expect(host('slow.example')).toBe(host('slow.example'))
  expect([host('slow.example').connections, host('other.example').connections]).toEqual([2, 4])
  expect(host('drive.google.com').connections).toBe(1)
})

test('a host that asked to be left alone is connected to by nobody until then', async () => {
  const { host, pauses } = world()
  host('a').rest(5000)
  host('a').rest(2000)
  expect(await host('a').connect(() => Promise.resolve('in'))).toBe('in')
  expect(pauses).toEqual([5000])
  await host('b').connect(() => Promise.resolve())
  expect(pauses).toEqual([5000])
})

test('a crowded host has half of its connections, and an eighth of them more after each quiet minute', () => {
  const { host, pass } = world({ a: { connections: 8 } })
  host('a').crowded()
  expect(host('a').connections).toBe(4)
  // All that were on their way are refused with it.
  for (let i = 0; i < 100; i += 1) host('a').crowded()
  expect(host('a').connections).toBe(4)
  for (let i = 0; i < 3; i += 1) {
    pass(6_000)
    host('a').crowded()
  }
  expect(host('a').connections).toBe(1)
  pass(59_000)
  expect(host('a').connections).toBe(1)
  pass(2_000)
  expect(host('a').connections).toBe(2)
  pass(10 * 60_000)
  expect(host('a').connections).toBe(8)
})

test('the slower of its own rate and the total one holds', async () => {
  const { host, pauses } = world({ a: { rateBytesPerSecond: 100 } }, 1000)
  await host('a').ration(200)
  await host('a').ration(100)
  expect(pauses).toEqual([2000])
  await host('b').ration(5000)
  await host('b').ration(1)
  expect(pauses).toEqual([2000, 5000])
  expect([host('a').isRationed, world().host('a').isRationed]).toEqual([true, false])
})
