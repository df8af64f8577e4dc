/**
 * A short one of each sweep, with the same random numbers each time. `npm run test:sweep` strikes at every call, in every
 * scene, and plays histories for minutes.
 */

import { afterAll, describe, expect, test } from 'vitest'
import type { Diagnostic } from '../lib/model/problem.ts'
import { expectGolden } from './rig/golden.ts'
import { Builder } from './sweep/builder.ts'
import { openHistories } from './sweep/histories.ts'
import { misbehaviours, sweepNetwork } from './sweep/network.ts'
import { remembered } from './sweep/remembered.ts'
import { scenes } from './sweep/scenes.ts'
import { build, sweep } from './sweep/sweep.ts'
import { makeWorld } from './sweep/world.ts'

test('calls to the disk that fail', async () => {
  const { strikes, codes } = await sweep(scenes.neighbour, 'ENOSPC', { first: 5, every: 23 })
  expect(strikes).toBeGreaterThan(5)
  expect(codes['disk-full']).toBeGreaterThan(5)
})

test('kills at calls to the disk', async () => {
  const { strikes } = await sweep(scenes.archive, 'kill', { first: 7, every: 41 })
  expect(strikes).toBeGreaterThan(5)
})

test('kills while an archive is unpacked as it arrives', async () => {
  const { strikes } = await sweep(scenes.overlapped, 'kill', { first: 33, every: 43 })
  expect(strikes).toBeGreaterThan(3)
})

test('a disk that becomes full meanwhile', async () => {
  const { strikes, codes } = await sweep(scenes.overlapped, 'ENOSPC', { first: 50, every: 67 })
  expect(strikes).toBeGreaterThan(1)
  expect(codes['disk-full']).toBeGreaterThan(1)
})

test('a mirror that misbehaves', async () => {
  const few = misbehaviours.filter(({ name }) => /each answer|stalls once|other bytes/.test(name))
  expect(await sweepNetwork(few)).toBe(9)
})

test('histories, remembered and random', async () => {
  const histories = await openHistories()
  try {
    for (const [first] of Object.values(remembered)) if (first) await histories.play(first)
    await histories.playRandom({ seed: 7, numRuns: 8 })
  } finally {
    await histories.close()
  }
})

test('a disk that is full behind the last task: what the run did is told all the same, and the cause once', async () => {
  const [builder, world] = [new Builder(), await makeWorld()]
  try {
    scenes.first.change(world)
    const at = '^openSync .groundwork/cache/settled'
    const { events, summary, exitCode, struck } = await build(builder, world, {
      fault: { at, strike: 'ENOSPC' },
    })
    const ran = events.filter(({ event }) => event === 'task-finished').length
    expect(struck).toBe(true)
    expect(ran).toBeGreaterThan(3)
    expect({ exitCode, summary }).toMatchObject({ exitCode: 1, summary: { ran, failed: 0, exitCode: 1 } })
    expect(events.flatMap(({ event, code }) => (event === 'diagnostic' ? [code] : []))).toEqual(['disk-full'])
  } finally {
    builder.close()
    await world.close()
  }
})

describe('what is told of the disk', () => {
  const builder = new Builder()
  afterAll(() => builder.close())

  test.each([
    ['nothing is begun', '^mkdirSync .groundwork/lock'],
    ['nothing is placed', '^copyFileSync .*/LICENSE.txt$'],
    ['placed in part', '^renameSync notes/notes.json$'],
    ['placed, not tidied up', '^rmSync .groundwork/shelf/unzip~2pictures~1b$'],
  ])('%s', async (when, at) => {
    const world = await makeWorld()
    try {
      scenes.first.change(world)
      const { events } = await build(builder, world, { fault: { at, strike: 'EIO' } })
      const told = events.filter(({ event }) => event === 'diagnostic') as unknown as Diagnostic[]
      expectGolden(`sweep/${when.replaceAll(/\W+/g, '-')}`, told)
    } finally {
      await world.close()
    }
  })
})
