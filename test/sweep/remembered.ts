/** Histories that once went wrong, as short as they could be made, and what was wrong. Played before any random one. */

import type { Act } from './acts.ts'
import type { TargetWish } from './wish.ts'

const wish = (sources: readonly number[], rule = 0): TargetWish => ({
  sources,
  rule,
  expect: undefined,
  title: 0,
})
const want = (target: string, ...rest: Parameters<typeof wish>): Act => ({
  act: 'want',
  target,
  wish: wish(...rest),
})
const build: Act = { act: 'build' }
const killed = (at: number): Act => ({ act: 'crash', at, strike: 'kill' })

/** A kill at one call may come at another moment than it did then: each is played at several, the likely one first. */
const around = (call: number): readonly number[] => [0, 3, -3, 6, -6, 15, -15].map(more => call + more)

export const remembered: Readonly<Record<string, readonly (readonly Act[])[]>> = {
  // Files that were on their way at the kill stayed for ever, because nobody knew them.
  'killed while placing, then a rename rule': around(75).map(at => [
    want('deep/b', [0]),
    killed(at),
    want('deep/b', [0], 1),
    build,
  ]),
  // The archive of before was unpacked once more, and the build ended well.
  'killed before unpacking, then another version': around(100).map(at => [
    want('a', [3, 0]),
    killed(at),
    { act: 'publish', name: 'shared.zip', version: 2 },
    build,
  ]),
  // A pinned file under a new address was never made, and read.
  'an annotation that moves to another address': [
    [want('a', [8]), build, { act: 'change', target: 'a', to: { sources: [5] } }, build],
  ],
  // The rework took the edited file for the part that had been unpacked there before.
  'another rule while a file of before is edited': Array.from({ length: 9 }, (_, file) => [
    want('a', [1], 2),
    build,
    want('a', [1]),
    build,
    want('a', [1], 1),
    { act: 'edit', file, how: 'flip' },
    build,
  ]),
  // The two exchanged their folders, and the second removed what the first had just placed.
  'sources change places while a file is damaged': [
    [want('a', [0, 1], 1), build, { act: 'swap', target: 'a' }, { act: 'edit', file: 0, how: 'flip' }, build],
  ],
}
