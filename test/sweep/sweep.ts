/**
 * Strikes a build at its first, second, … call to the disk until it survives, and holds what is left after each strike
 * against what a build without one gives. Knows scenes, not what a build does.
 */

import { cpSync, existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { filesBelow } from '../../lib/io/disk.ts'
import { ByteRanges } from '../../lib/model/byte-ranges.ts'
import { readNote } from '../../tasks/download/note.ts'
import { type Fault, isTearable, type Strike } from '../rig/faults.ts'
import { Builder, type Outcome } from './builder.ts'
import type { Scene } from './scenes.ts'
import { asideOf, passingOf, playgroundOf, type Tree } from './tree.ts'
import { makeWorld, type World } from './world.ts'

export interface SweepOptions {
  /** Only each so-many-th call, for a short sweep. */
  readonly every?: number
  readonly first?: number
}

export interface Swept {
  /** Builds that were struck. */
  readonly strikes: number
  /** Codes that were told, with how often. */
  readonly codes: Readonly<Record<string, number>>
}

/** A scene on stage: its world, what it begins with and what it has to end with. */
interface Stage {
  readonly scene: Scene
  readonly world: World
  readonly builder: Builder
  readonly start: Tree
  /** Of a build that nothing disturbed; of another one they may come in another order. */
  readonly calls: readonly string[]
  /** After a build that nothing disturbed. */
  readonly end: Tree
}

const nameOf = (call = ''): string => call.split(' ', 1)[0] ?? ''

export async function sweep(scene: Scene, strike: Strike, options: SweepOptions = {}): Promise<Swept> {
  const stage = await setUp(scene)
  const codes: Record<string, number> = {}
  let strikes = 0
  try {
    for (let at = options.first ?? 1; ; at += options.every ?? 1) {
      // Elsewhere the middle is the beginning.
      if (strike === 'tear' && at <= stage.calls.length && !isTearable(nameOf(stage.calls[at - 1]))) continue
      const outcome = await play(stage, strike, at)
      if (!outcome.struck) return { strikes, codes }
      strikes += 1
      for (const code of codesOf(outcome)) codes[code] = (codes[code] ?? 0) + 1
    }
  } finally {
    stage.builder.close()
    await stage.world.close()
  }
}

async function setUp(scene: Scene): Promise<Stage> {
  const world = await makeWorld()
  const builder = new Builder()
  const isLarge = scene.archive !== undefined
  if (scene.before) {
    scene.before(world)
    expectDone(await build(builder, world, { isLarge }), 'the build before')
  }
  scene.change(world)
  keep(world)
  const start = playgroundOf(world.root)
  const undisturbed = await build(builder, world, { isLarge })
  expectDone(undisturbed, 'the build that nothing disturbs')
  const end = playgroundOf(world.root)
  const clean = join(world.folder, 'clean')
  expectDone(await build(builder, { ...world, root: clean }, { isLarge }), 'the build into an empty folder')
  expect(end).toMatchObject(playgroundOf(clean))
  return { scene, world, builder, start, end, calls: undisturbed.calls }
}

const keptAt = (world: World): string => join(world.folder, 'kept')
const copying = { recursive: true, preserveTimestamps: true, verbatimSymlinks: true } as const

function keep(world: World): void {
  rmSync(keptAt(world), { recursive: true, force: true })
  cpSync(world.root, keptAt(world), { ...copying })
}

function restore(world: World): void {
  rmSync(world.root, { recursive: true, force: true })
  cpSync(keptAt(world), world.root, { ...copying })
}

interface BuildOptions {
  readonly fault?: Fault
  readonly dryRun?: boolean
  readonly isLarge?: boolean
}

export const build = (
  builder: Builder,
  { spec, root }: World,
  { fault, dryRun = false, isLarge = false }: BuildOptions = {},
): Promise<Outcome> =>
  builder.run({
    argv: [
      'build',
      '--json',
      '--jobs',
      '1',
      '--spec',
      spec,
      '--root',
      root,
      ...(dryRun ? ['--dry-run'] : []),
    ],
    folder: root,
    isLarge,
    ...(fault && { fault }),
  })

async function play(stage: Stage, strike: Strike, at: Fault['at']): Promise<Outcome> {
  const { scene, world, builder, end } = stage
  const isLarge = scene.archive !== undefined
  restore(world)
  const outcome = await build(builder, world, { fault: { at, strike }, isLarge })
  const call = `${strike} at call ${at}: ${(typeof at === 'number' && outcome.calls[at - 1]) || 'not told'}`
  if (outcome.struck && !outcome.killed) expectToldFailure(outcome, call)
  expectNothingHalf(stage, call)
  expectNothingLost(stage, call)

  const kept = keptBelow(world.root)
  const isRenamed = Object.keys(playgroundOf(world.root)).some(path => scene.renamed?.(path))
  const again = await build(builder, world, { isLarge })
  expectDone(again, `${call}, then built again`)
  // Between the placing of renamed files and their record nothing else is left of them: they are made anew.
  const isMadeAnew =
    isRenamed && again.events.some(({ event, kind }) => event === 'task-started' && kind === 'rename')
  if (scene.archive && !isMadeAnew)
    expectNotTwice(scene.archive.length, kept, again, `${call}, then built again`)
  expect(playgroundOf(world.root), `${call}, then built again`).toEqual(end)
  expect(passingOf(world.root), `${call}, then built again: left in the state`).toEqual({})
  expectNothingLost(stage, `${call}, then built again`)

  const idle = await build(builder, world, { isLarge })
  expect(idle.summary, `${call}, then built twice`).toMatchObject({ ran: 0, requests: 0, exitCode: 0 })
  expect(idle.calls, `${call}, then built twice`).toEqual([])
  return outcome
}

function expectDone(outcome: Outcome, when: string): void {
  const told = outcome.events.filter(({ event }) => event === 'diagnostic')
  expect({ exitCode: outcome.exitCode, told: outcome.exitCode === 0 ? [] : told }, when).toEqual({
    exitCode: 0,
    told: [],
  })
}

/** A failure is told with a code of the list, in words, and is no mistake of ours. A fault that harms nothing may pass. */
export function expectToldFailure(outcome: Outcome, when: string): void {
  expect([0, 1, 3], when).toContain(outcome.exitCode)
  expect(outcome.stderr, when).toBe('')
  expect(codesOf(outcome), `${when}\n${outcome.stdout}`).not.toContain('bug')
  expect(outcome.stdout, when).not.toMatch(/\n\s+at |\\n\s+at /)
  if (outcome.exitCode !== 0) expect(codesOf(outcome).length, when).toBeGreaterThan(0)
}

export const codesOf = ({ events }: Outcome): readonly string[] =>
  events.flatMap(({ event, code }) => (event === 'diagnostic' && code !== undefined ? [code] : []))

/** Bytes that the note beside a partial download names: given back or not. */
function keptBelow(root: string): number {
  const shelf = join(root, '.groundwork/shelf')
  const notes = existsSync(shelf) ? [...filesBelow(shelf)].filter(path => path.endsWith('/note.json')) : []
  return Math.max(0, ...notes.map(path => new ByteRanges(readNote(join(shelf, path))?.kept ?? []).bytes()))
}

/** Requests bring more than they were for where another connection took over the rest: less than a claim of each. */
const mostBytesTooMany = 6 * (128 << 10)

function expectNotTwice(bytes: number, kept: number, { summary }: Outcome, when: string): void {
  expect(summary.bytesDownloaded, `${when}: ${kept} were kept`).toBeLessThanOrEqual(
    bytes - kept + mostBytesTooMany,
  )
}

/** Each file is as it was before, or as it will be. */
function expectNothingHalf({ world, start, end }: Stage, when: string): void {
  for (const [path, digest] of Object.entries(playgroundOf(world.root)))
    expect([start[path], end[path]], `${when}: ${path}`).toContain(digest)
}

/** What a person wrote is where it was, or set aside. */
function expectNothingLost({ scene, world, start }: Stage, when: string): void {
  const there = Object.values({ ...playgroundOf(world.root), ...asideOf(world.root) })
  for (const path of scene.personal ?? []) expect(there, `${when}: ${path}`).toContain(start[path])
}
