/** The process is killed right before each call to the disk, and in the middle of it, in each scene. */

import { describe, expect, test } from 'vitest'
import { scenes } from './scenes.ts'
import { sweep } from './sweep.ts'

describe.each(Object.values(scenes))('$name', scene => {
  test.each(['kill', 'tear'] as const)('each call: %s', async strike => {
    const { strikes } = await sweep(scene, strike)
    expect(strikes).toBeGreaterThan(20)
  })
})
