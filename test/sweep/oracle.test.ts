/** What builds run is what an oracle names, for longer. `ORACLE_RUNS` says how many histories, `ORACLE_SEED` which. */

import { expect, test } from 'vitest'
import { openOracles } from '../oracle/play.ts'

test('random histories', async () => {
  const oracles = await openOracles()
  try {
    const builds = await oracles.playRandom({
      seed: Number(process.env['ORACLE_SEED'] ?? 2),
      numRuns: Number(process.env['ORACLE_RUNS'] ?? 1000),
      mostMs: 15 * 60_000,
    })
    expect(builds).toBeGreaterThan(0)
  } finally {
    await oracles.close()
  }
})
