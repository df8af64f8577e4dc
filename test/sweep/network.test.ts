/** The mirror misbehaves in each way, at each file that it is asked for. */

import { expect, test } from 'vitest'
import { misbehaviours, sweepNetwork } from './network.ts'

test('a mirror that misbehaves', async () => {
  expect(await sweepNetwork(misbehaviours)).toBe(3 * misbehaviours.length)
})
