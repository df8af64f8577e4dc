/** Adopting is struck at each of its calls to the disk: nothing of a person is lost, nothing is half there, and again it succeeds. */

import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { filesBelow } from '../../lib/io/disk.ts'
import type { Strike } from '../rig/faults.ts'
import { Builder, type Outcome } from '../sweep/builder.ts'
import { codesOf, expectToldFailure } from '../sweep/sweep.ts'
import { playgroundOf } from '../sweep/tree.ts'
import { makeWorld, pin, type World } from '../sweep/world.ts'

/** Each so-many-th call; 1 takes minutes and misses none. */
const every = Number(process.env['SWEEP_EVERY'] ?? 13)

let builder = new Builder()
afterAll(() => builder.close())

const specOf = ({ mirror }: World): string => `version: 1
root: data
targets:
  a:
    sources:
      - { url: '${mirror.url}/alpha.zip', unzip: { root: wrap } }
      - { url: '${mirror.url}/notes.json', sha256: ${pin('notes.json', 1)}, json: { records: 2 } }
    expect: { files: 4 }
`

/** As the archive has them; one is missing, one is another. */
const mine: Readonly<Record<string, string>> = {
  'one.jpg': 'one'.repeat(9),
  'sub/two.png': 'two'.repeat(9),
  'three.gif': 'THREE'.repeat(9),
  'notes.json': '[{"image":"one.jpg"},{"image":"a.png"}]',
}

function lay({ folder, root }: World): void {
  rmSync(root, { recursive: true, force: true })
  mkdirSync(root)
  for (const [path, text] of Object.entries(mine)) {
    mkdirSync(join(folder, 'mine', path, '..'), { recursive: true })
    writeFileSync(join(folder, 'mine', path), text)
  }
}

test.each(['kill', 'EIO', 'ENOSPC'] as const)('%s', async strike => {
  const world = await makeWorld()
  try {
    world.write(specOf(world))
    const expected = await undisturbed(world)
    let strikes = 0
    for (let at = 2; await survives(world, strike, at, expected); at += every) strikes += 1
    expect(strikes).toBeGreaterThan(60 / every)
  } finally {
    await world.close()
  }
})

const run = (
  world: World,
  words: readonly string[],
  fault?: { strike: Strike; at: number },
): Promise<Outcome> =>
  builder.run({
    argv: [...words, '--json', '--jobs', '1', '--spec', world.spec, '--root', world.root],
    folder: world.root,
    ...(fault && { fault }),
  })

const adopt = (world: World): readonly string[] => [
  'adopt',
  'a',
  '--from',
  join(world.folder, 'mine'),
  '--link',
  'hard',
]

/** What the playground holds in the end. */
async function undisturbed(world: World): Promise<ReturnType<typeof playgroundOf>> {
  lay(world)
  expect((await run(world, adopt(world))).exitCode).toBe(0)
  expect((await run(world, ['build'])).summary).toMatchObject({ failed: 0, exitCode: 0 })
  return playgroundOf(world.root)
}

/** False where there is no such call. */
async function survives(
  world: World,
  strike: Strike,
  at: number,
  expected: ReturnType<typeof playgroundOf>,
): Promise<boolean> {
  lay(world)
  const personal = playgroundOf(join(world.folder, 'mine'))
  const struck = await run(world, adopt(world), { strike, at })
  if (!struck.struck) return false
  const when = `${strike} at call ${at}: ${struck.calls[at - 1] ?? 'not told'}`
  if (!struck.killed) expectToldFailure(struck, when)
  for (const [path, digest] of Object.entries(playgroundOf(world.root)))
    expect(expected[path], `${when}: ${path}`).toBe(digest)

  // A lock that could not be given back is held until its process is gone.
  if (struck.calls[at - 1]?.startsWith('rmSync .groundwork/lock') === true) {
    builder.close()
    builder = new Builder()
  }
  const again = await run(world, adopt(world))
  expect({ exitCode: again.exitCode, codes: codesOf(again) }, when).toEqual({ exitCode: 0, codes: [] })
  expect((await run(world, ['build'])).summary, when).toMatchObject({ failed: 0, exitCode: 0 })
  expect(playgroundOf(world.root), when).toEqual(expected)
  expect((await run(world, ['build'])).summary, when).toMatchObject({ ran: 0, requests: 0 })
  expect(playgroundOf(join(world.folder, 'mine')), when).toEqual(personal)
  expect([...filesBelow(join(world.folder, 'mine'))], when).toHaveLength(Object.keys(mine).length)
  return true
}
