/** Histories of a playground. `FOREVER_RUNS` says how many random ones, `FOREVER_SEED` which. */

import { afterAll, beforeAll, describe, test } from 'vitest'
import { type Histories, openHistories } from './histories.ts'
import { remembered } from './remembered.ts'

describe('whatever happened to a playground, a build gives what a build from nothing gives', () => {
  let histories: Histories
  beforeAll(async () => {
    histories = await openHistories()
  })
  afterAll(() => histories.close())

  test.each(Object.entries(remembered))('%s', async (_, versions) => {
    for (const acts of versions) await histories.play(acts)
  })

  test('random histories', () =>
    histories.playRandom({
      seed: Number(process.env['FOREVER_SEED'] ?? 1),
      numRuns: Number(process.env['FOREVER_RUNS'] ?? 300),
    }))
})
