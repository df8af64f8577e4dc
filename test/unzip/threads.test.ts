/** Who gets which thread, and what becomes of those who wait when one ends. The threads are not real. */

import { beforeEach, expect, test, vi } from 'vitest'
import type { UnpackingAnswer, UnpackingJob, UnpackingOrder } from '../../lib/io/unpacking/protocol.ts'
import type { Crew } from '../../lib/io/unpacking/threads.ts'
import type { Listener } from '../../lib/io/worker.ts'

interface Fake {
  readonly told: UnpackingOrder[]
  readonly listener: Listener<UnpackingAnswer>
}

const started = vi.hoisted(() => [] as Fake[])
vi.mock('../../lib/io/worker.ts', () => ({
  startWorker: (_: URL, listener: Listener<UnpackingAnswer>) => {
    const told: UnpackingOrder[] = []
    started.push({ told, listener })
    return { ref() {}, unref() {}, postMessage: (order: UnpackingOrder) => void told.push(order) }
  },
}))

beforeEach(() => {
  vi.resetModules()
  started.splice(0)
})

const job = {} as UnpackingJob
const threads = 2

async function crews(): Promise<() => Crew> {
  const { crewFor } = await import('../../lib/io/unpacking/threads.ts')
  return () => crewFor({ job, bytes: 1 << 30, threads, onBytes: () => {} })
}

/** The stretch that begins at `from`, ordered as soon as there is a place. */
const order = async (crew: Crew, from: number): Promise<void> =>
  (await crew.place()).work('unpack', { from, to: from + 1 })

const soon = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

/** Where each stretch went. */
const ordered = (): readonly (readonly number[])[] =>
  started.map(({ told }) => told.flatMap(order => (order.do === 'unpack' ? [order.from] : [])))

/** As a thread says that it is done. */
function answer({ told, listener }: Fake, from: number): void {
  const order = told.find(order => order.do === 'unpack' && order.from === from)
  if (order) listener.hear({ id: order.id, from, to: from + 1 })
}

/** As many as two threads take at once. */
const asManyAsFit = [0, 1, 2, 3, 4, 5, 6, 7]

test('four orders for each thread, the one with less to do first; the rest waits', async () => {
  const crew = (await crews())()
  const all = [...asManyAsFit, 8].map(from => order(crew, from))
  await soon()
  expect(ordered()).toEqual([
    [0, 2, 4, 6],
    [1, 3, 5, 7],
  ])
  answer(started[1] as Fake, 1)
  await all[1]
  await soon()
  expect(ordered()).toEqual([
    [0, 2, 4, 6],
    [1, 3, 5, 7, 8],
  ])
})

test('threads that ended while nobody had ordered anything are replaced', async () => {
  const crew = (await crews())()
  for (const { listener } of [...started]) listener.end(new Error('no memory'))
  const work = order(crew, 0)
  await soon()
  expect(ordered()).toEqual([[], [], [0], []])
  started[2]?.listener.end(new Error('still no memory'))
  await expect(work).rejects.toThrow('still no memory')
})

test('what a thread had when it ended fails; whoever waits gets one that is left', async () => {
  const crew = await crews()
  const [first, second] = [crew(), crew()]
  const all = asManyAsFit.map(from => order(first, from))
  await soon()
  const waiting = order(second, 9)
  await soon()
  started[0]?.listener.end(new Error('gone'))
  const outcomes = await Promise.allSettled(all.filter((_, from) => from % 2 === 0))
  expect(outcomes.map(({ status }) => status)).toEqual(Array(4).fill('rejected'))
  expect(ordered().flat()).not.toContain(9)
  answer(started[1] as Fake, 1)
  await all[1]
  await soon()
  expect(ordered()[1]).toEqual([1, 3, 5, 7, 9])
  answer(started[1] as Fake, 9)
  await waiting
})
