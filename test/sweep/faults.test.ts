/** Each call to the disk fails once, in each scene. */

import { describe, expect, test } from 'vitest'
import { scenes } from './scenes.ts'
import { sweep } from './sweep.ts'

describe.each(Object.values(scenes))('$name', scene => {
  test.each([
    ['EIO', 'disk-error'],
    ['ENOSPC', 'disk-full'],
  ] as const)('each call fails with %s', async (strike, code) => {
    const { strikes, codes } = await sweep(scene, strike)
    expect(strikes).toBeGreaterThan(50)
    expect([code, 'edited-by-hand']).toEqual(expect.arrayContaining(Object.keys(codes)))
    // The others harmed nothing: to begin with, what only tidies up.
    expect(codes[code]).toBeGreaterThan(0.9 * strikes)
  })
})
