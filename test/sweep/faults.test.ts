/** Calls to the disk fail, in each scene: every third one, or as `SWEEP_EVERY` says (1 takes long and misses none). */

import { describe, expect, test } from 'vitest'
import { scenes } from './scenes.ts'
import { sweep } from './sweep.ts'

const every = Number(process.env['SWEEP_EVERY'] ?? 3)

describe.each(Object.values(scenes))('$name', scene => {
  test.each([
    ['EIO', 'disk-error'],
    ['ENOSPC', 'disk-full'],
  ] as const)('calls fail with %s', async (strike, code) => {
    const { strikes, codes } = await sweep(scene, strike, { every })
    expect(strikes).toBeGreaterThan(60 / every)
    expect([code, 'edited-by-hand', 'addresses-failed']).toEqual(expect.arrayContaining(Object.keys(codes)))
    // The others harmed nothing: what only tidies up.
    expect(codes[code]).toBeGreaterThan(0.9 * strikes)
  })
})
