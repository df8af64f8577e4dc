/**
 * The process is killed right before calls to the disk, and in the middle of them, in each scene: at every third one, or
 * as `SWEEP_EVERY` says (1 takes long and misses none).
 */

import { describe, expect, test } from 'vitest'
import { scenes } from './scenes.ts'
import { sweep } from './sweep.ts'

const every = Number(process.env['SWEEP_EVERY'] ?? 3)

describe.each(Object.values(scenes))('$name', scene => {
  test.each(['kill', 'tear'] as const)('calls: %s', async strike => {
    const { strikes } = await sweep(scene, strike, { every })
    expect(strikes).toBeGreaterThan(15 / every)
  })
})
