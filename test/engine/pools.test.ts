/** Budgets: places in order of weight, bytes in order of time; and manifests seen through a filter. */

import { expect, test } from 'vitest'
import { ManifestBuilder } from '../../lib/model/manifest-builder.ts'
import { hostsOf } from '../../lib/run/hosts.ts'
import { Pool, Rate } from '../../lib/run/pools.ts'
import { only } from '../../lib/run/subset.ts'
import { digest } from './fakes.ts'

/** Notes who entered; `leave` by name. */
function visitors(pool: Pool) {
  const entered: string[] = []
  const leave = new Map<string, () => void>()
  const come = (name: string, weight = 0, amount = 1) =>
    void pool.enter(weight, amount).then(out => {
      entered.push(name)
      leave.set(name, out)
    })
  /** All promises that are settled have been heard. */
  const settle = async () => {
    for (let i = 0; i < 5; i += 1) await Promise.resolve()
    return entered
  }
  return { come, settle, leave: (name: string) => leave.get(name)?.() }
}

test('who waits longest for the end goes first, then who came first', async () => {
  const pool = new Pool(1)
  const { come, settle, leave } = visitors(pool)
  for (const [name, weight] of [
    ['first', 0],
    ['light', 1],
    ['heavy', 9],
    ['light too', 1],
  ] as const)
    come(name, weight)
  expect(await settle()).toEqual(['first'])
  expect(pool.waiting).toBe(3)
  for (const name of ['first', 'heavy', 'light']) {
    leave(name)
    await settle()
  }
  expect(await settle()).toEqual(['first', 'heavy', 'light', 'light too'])
  expect(pool.waiting).toBe(0)
})

test('amounts: a large one is not overtaken by small ones, and never asks for more than there is', async () => {
  const pool = new Pool(10)
  const { come, settle, leave } = visitors(pool)
  come('six', 0, 6)
  come('huge', 5, 1000)
  come('one', 0, 1)
  expect(await settle()).toEqual(['six'])
  leave('six')
  expect(await settle()).toEqual(['six', 'huge'])
  leave('huge')
  leave('huge')
  expect(await settle()).toEqual(['six', 'huge', 'one'])
  come('ten', 0, 10)
  expect(await settle()).toHaveLength(3)
  leave('one')
  expect(await settle()).toHaveLength(4)
})

test('a place is given back when the work fails', async () => {
  const pool = new Pool(1)
  await expect(pool.use(() => Promise.reject(new Error('failed')))).rejects.toThrow('failed')
  expect(await pool.use(() => Promise.resolve('in'))).toBe('in')
})

test('bytes wait until those before them have had their time', () => {
  let now = 5000
  const rate = new Rate(1000, () => now)
  expect(rate.take(500)).toBe(0)
  expect(rate.take(1000)).toBe(500)
  expect(rate.take(1)).toBe(1500)
  now += 10_000
  expect(rate.take(2000)).toBe(0)
  now += 500
  expect(rate.take(1)).toBe(1500)
})

test('a manifest through a filter', () => {
  const builder = new ManifestBuilder()
  for (const [i, name] of ['a', 'b', 'c', 'd'].entries()) builder.add(name, 10 ** i, digest(name))
  const whole = builder.finish('tree')
  const some = only(whole, i => i % 2 === 1)
  expect([some.count, some.bytes, some.digest]).toEqual([2, 1010, whole.digest])
  expect([0, 1].map(i => [some.path(i), some.size(i), some.sha256(i)])).toEqual([
    ['b', 10, digest('b')],
    ['d', 1000, digest('d')],
  ])
  expect(['a', 'b', 'c', 'd', 'e'].map(path => some.find(path))).toEqual([-1, 0, -1, 1, -1])
})

test('many small files are given more connections than a few large ones, unless a budget says otherwise', async () => {
  const host = hostsOf({
    budgets: { 'slow.org': { connections: 3 } },
    rateBytesPerSecond: undefined,
    pause: () => Promise.resolve(),
  })
  const most = async (name: string, connect: 'connect' | 'connectForMany'): Promise<number> => {
    let [open, seen] = [0, 0]
    const work = async (): Promise<void> => {
      seen = Math.max(seen, (open += 1))
      await new Promise(resolve => setImmediate(resolve))
      open -= 1
    }
    await Promise.all(Array.from({ length: 200 }, () => host(name)[connect](work)))
    return seen
  }
  expect(await most('fast.org', 'connect')).toBe(4)
  expect(await most('fast.org', 'connectForMany')).toBe(128)
  expect(await most('slow.org', 'connectForMany')).toBe(3)
  host('fast.org').crowded()
  expect(await most('fast.org', 'connectForMany')).toBe(64)
  expect(await most('fast.org', 'connect')).toBe(2)
})
