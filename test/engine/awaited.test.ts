/** Whether an archive can go is asked after every step. */

import { expect, test } from 'vitest'
import type { Graph } from '../../lib/model/plan.ts'
import { Awaited } from '../../lib/run/discard.ts'

const awaitedOf = (dependants: Readonly<Record<string, readonly string[]>>): Awaited =>
  new Awaited({ dependants: new Map(Object.entries(dependants)) } as unknown as Graph)

test('it can once all that depend on it are done, those behind its readers too', () => {
  const awaited = awaitedOf({ archive: ['unzip'], unzip: ['images'] })
  const done = new Set<string>()
  const hasNone = (): boolean => awaited.hasNone('archive', id => done.has(id))
  expect(hasNone()).toBe(false)
  done.add('images')
  expect(hasNone()).toBe(false)
  done.add('unzip')
  expect(hasNone()).toBe(true)
  expect(awaited.hasNone('images', () => false)).toBe(true)
})

test('with thousands of readers each is asked a few times, not after each of the others', () => {
  const readers = Array.from({ length: 5000 }, (_, i) => `unzip:${i}`)
  const awaited = awaitedOf({ archive: readers })
  const done = new Set<string>()
  let asked = 0
  for (const reader of readers.toSorted()) {
    done.add(reader)
    const isFree = awaited.hasNone('archive', id => {
      asked += 1
      return done.has(id)
    })
    expect(isFree).toBe(done.size === readers.length)
  }
  expect(asked).toBeLessThan(3 * readers.length)
})
