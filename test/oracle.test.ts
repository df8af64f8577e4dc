/** The tasks that a build runs are exactly those that an independent oracle names. `npm run test:sweep` plays longer. */

import { expect, test } from 'vitest'
import { openOracles } from './oracle/play.ts'

test('after random edits of spec, disk and hosts those tasks run that the oracle names', async () => {
  const oracles = await openOracles()
  try {
    expect(await oracles.playRandom({ seed: 1, numRuns: 40, mostMs: 50_000 })).toBeGreaterThan(150)
  } finally {
    await oracles.close()
  }
})
