/** Lets the mirror misbehave, and holds what is left against a build from a mirror that behaves. Knows no request. */

import { mkdirSync, rmSync } from 'node:fs'
import { expect } from 'vitest'
import type { Behaviour } from '../../demo/behaviour.ts'
import type { Code } from '../../lib/model/codes.ts'
import { Builder, type Outcome } from './builder.ts'
import { scenes } from './scenes.ts'
import { build, codesOf, expectToldFailure } from './sweep.ts'
import { passingOf, playgroundOf, type Tree } from './tree.ts'
import { makeWorld, type World } from './world.ts'

export interface Misbehaviour {
  readonly name: string
  readonly does: Behaviour
  /** In how many requests in a row. */
  readonly times: number
  /** What the build fails with; undefined where it heals. */
  readonly told?: Code
}

const busy: Behaviour = { does: 'status', status: 503, retryAfter: '1' }
const longer = 20

export const misbehaviours: readonly Misbehaviour[] = [
  { name: 'cuts after the first byte', does: { does: 'cut', after: 1 }, times: 1 },
  { name: 'cuts each answer after some bytes', does: { does: 'cut', after: 20 }, times: 10 },
  { name: 'cuts and ignores ranges', does: { does: 'cut', after: 20, ranges: 'ignored' }, times: 3 },
  {
    name: 'cuts before the first byte',
    does: { does: 'cut', after: 0 },
    times: longer,
    told: 'connection-cut',
  },
  { name: 'stalls once', does: { does: 'stall', after: 20 }, times: 1 },
  { name: 'stalls each time', does: { does: 'stall', after: 0 }, times: longer, told: 'stalled' },
  { name: 'is busy twice', does: busy, times: 2 },
  { name: 'is busy for long', does: busy, times: longer, told: 'server-error' },
  { name: 'is asked too often', does: { does: 'status', status: 429 }, times: longer, told: 'rate-limited' },
  { name: 'has lost the file', does: { does: 'status', status: 404 }, times: 1, told: 'not-found' },
  { name: 'wants a password', does: { does: 'status', status: 403 }, times: 1, told: 'unauthorized' },
  { name: 'sends other bytes', does: { does: 'wrong-bytes' }, times: 1, told: 'digest-mismatch' },
  { name: 'sends a page', does: { does: 'html', title: 'Log in' }, times: 1, told: 'html-instead-of-data' },
  { name: 'redirects in a circle', does: { does: 'redirect-loop' }, times: longer, told: 'bad-redirect' },
]

/** What the mirror is asked for. */
const asked = ['beta.zip', 'shared.zip', 'notes.json'] as const

/** Each file that the mirror is asked for meets each of these. Returns how many builds that were. */
export async function sweepNetwork(sorts: readonly Misbehaviour[]): Promise<number> {
  const world = await makeWorld()
  const builder = new Builder()
  try {
    scenes.first.change(world)
    expect((await build(builder, world)).exitCode).toBe(0)
    const end = playgroundOf(world.root)
    const meetings = sorts.flatMap(sort => asked.map(file => ({ sort, file })))
    for (const { sort, file } of meetings) {
      empty(world)
      world.mirror.script(
        `/${file}`,
        Array.from({ length: sort.times }, () => sort.does),
      )
      const outcome = await build(builder, world)
      expectWeathered(world, end, outcome, sort.told, `${file}: the mirror ${sort.name}`)
      world.publish(file, 1)
      await expectHealed(world, builder, end, `${file}: the mirror ${sort.name}, then built again`)
    }
    return meetings.length
  } finally {
    builder.close()
    await world.close()
  }
}

function empty({ root }: World): void {
  rmSync(root, { recursive: true, force: true })
  mkdirSync(root)
}

function expectWeathered(
  { root }: World,
  end: Tree,
  outcome: Outcome,
  told: Code | undefined,
  when: string,
): void {
  expectToldFailure(outcome, when)
  expect(outcome.exitCode, `${when}; told: ${codesOf(outcome).join()}`).toBe(told === undefined ? 0 : 1)
  const tree = playgroundOf(root)
  if (told === undefined) return expect(tree, when).toEqual(end)
  expect(codesOf(outcome), when).toContain(told)
  expect(end, when).toMatchObject(tree)
}

async function expectHealed(world: World, builder: Builder, end: Tree, when: string): Promise<void> {
  const outcome = await build(builder, world)
  expect(outcome.exitCode, `${when}; told: ${codesOf(outcome).join()}`).toBe(0)
  expect(playgroundOf(world.root), when).toEqual(end)
  expect(passingOf(world.root), `${when}: left in the state`).toEqual({})
  const idle = await build(builder, world)
  expect(idle.summary, when).toMatchObject({ ran: 0, requests: 0 })
}
