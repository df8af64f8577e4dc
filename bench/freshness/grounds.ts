/**
 * The playgrounds that are looked at, each built by the real command line when it is first asked for, once a run, and
 * what the peers need to look at the same files. Knows no contestant.
 */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { formatBytes, formatSeconds } from '../../lib/model/units.ts'
import { corporaIn, forecast } from '../archive/corpora.ts'
import { writeZip } from '../archive/zip-file.ts'
import { ending } from '../ending.ts'
import { frontDoor } from '../entrants.ts'
import { footprintOf } from '../footprint.ts'
import type { Amount } from '../playing.ts'
import type { Fresh } from '../rounds.ts'
import { readyForTasks, readyForTree } from './peers.ts'
import { entriesOf, shelvesOf } from './tree.ts'

export type GroundName = 'tree' | 'tasks' | 'manyTasks' | 'bytes'

export interface Ground {
  readonly spec: string
  /** What is built, and below it the state. */
  readonly root: string
  /** Directories of the targets, below the root. */
  readonly targets: readonly string[]
  /** Where the peers keep their rules and what they remember. */
  readonly peers: string
  /** A folder to begin commands in that are not measured. */
  readonly aside: string
}

export interface Amounts {
  /** Files of the tree. */
  readonly files: number
  /** Of the larger of the two graphs; the other has a tenth. */
  readonly tasks: number
  /** Of the tree that is hashed. */
  readonly bytes: number
}

/** Generous. */
export function amountOf(name: GroundName, { files, tasks, bytes }: Amounts): Amount {
  switch (name) {
    case 'tree':
      return { bytes: files * (4096 + 1000), files: files + 20_000 }
    case 'tasks':
      return amountOf('manyTasks', { files, bytes, tasks: tasks / 10 })
    case 'manyTasks':
      // A source and a result for two tasks of ours; an input and an output for each of the others.
      return { bytes: tasks * 4 * 5000, files: tasks * 4 }
    case 'bytes': {
      const { archive, tree } = forecast('stored', { large: bytes, small: 0, entries: 0 })
      return { bytes: archive.bytes + tree.bytes, files: tree.files + 1 }
    }
  }
}

/** Makes each only once. */
export function groundsIn(folder: string, amounts: Amounts): (name: GroundName) => Promise<Ground> {
  const made = new Map<GroundName, Promise<Ground>>()
  return name => {
    const ground = made.get(name) ?? make(join(folder, `ground-${name}`), name, amounts)
    made.set(name, ground)
    return ground
  }
}

function make(folder: string, name: GroundName, { files, tasks, bytes }: Amounts): Promise<Ground> {
  mkdirSync(folder)
  switch (name) {
    case 'tree':
      return makeTree(folder, files)
    case 'tasks':
      return makeTasks(folder, Math.round(tasks / 10))
    case 'manyTasks':
      return makeTasks(folder, tasks)
    case 'bytes':
      return makeBytes(folder, bytes)
  }
}

async function makeTree(folder: string, files: number): Promise<Ground> {
  const ground = groundIn(folder)
  const shelves = shelvesOf(files)
  for (const shelf of shelves) {
    ending.throwIfAborted()
    await writeZip(join(folder, archiveOf(shelf.target)), entriesOf(shelf))
  }
  const lines = shelves.map(
    ({ target, files }) => `  ${target}:
    sources: [{ url: ${archiveOf(target)}, unzip: }]
    expect: { files: ${files} }`,
  )
  const built = await build(
    ground,
    shelves.map(({ target }) => target),
    lines,
  )
  await readyForTree(built, shelves)
  return built
}

const archiveOf = (target: string): string => `published/${target.replace('/', '-')}.zip`

/** Half of the tasks fetch a small file, the others place it: nothing smaller is a target. */
async function makeTasks(folder: string, tasks: number): Promise<Ground> {
  const ground = groundIn(folder)
  const targets = Array.from({ length: Math.ceil(tasks / 2) }, (_, i) => `set${i % 100}/target${i}`)
  const lines = targets.map((target, i) => {
    writeFileSync(join(folder, 'published', String(i)), String(i))
    return `  ${target}: { sources: [{ url: published/${i}, file: file }] }`
  })
  const built = await build(ground, targets, lines)
  await readyForTasks(built, tasks)
  return built
}

async function makeBytes(folder: string, bytes: number): Promise<Ground> {
  const ground = groundIn(folder)
  await corporaIn(join(folder, 'published'), { large: bytes, small: 0, entries: 0 })('stored')
  return build(ground, ['pictures'], ['  pictures: { sources: [{ url: published/stored.zip, unzip: }] }'])
}

function groundIn(folder: string): Ground {
  const [peers, aside] = [join(folder, 'peers'), join(folder, 'aside')]
  for (const made of [join(folder, 'published'), peers, aside]) mkdirSync(made)
  return { spec: join(folder, 'datasets.yaml'), root: join(folder, 'data'), targets: [], peers, aside }
}

async function build(ground: Ground, targets: readonly string[], lines: readonly string[]): Promise<Ground> {
  writeSpec(ground.spec, lines)
  const { seconds, togetherBytes } = await footprintOf(commandOf(ground, 'build'), ground.aside)
  console.log(`  all built, in ${formatSeconds(seconds)} and ${formatBytes(togetherBytes)} of memory`)
  await settle(ground)
  return { ...ground, targets }
}

const writeSpec = (path: string, targets: readonly string[]): void =>
  writeFileSync(path, ['version: 1', 'root: data', 'targets:', ...targets, ''].join('\n'))

/** The whole command line. */
export const commandOf = ({ spec }: Pick<Ground, 'spec'>, ...words: readonly string[]): Fresh['command'] => [
  ...frontDoor,
  ...words,
  '--spec',
  spec,
]

/** Builds until there is nothing to do, and nothing was written a moment ago. */
export async function settle(ground: Ground): Promise<void> {
  for (let tries = 0; tries < 3; tries += 1) {
    ending.throwIfAborted()
    await footprintOf(commandOf(ground, 'build'), ground.aside)
    if (readFileSync(join(ground.aside, 'messages.txt'), 'utf8').includes('Nothing to do')) return
  }
  throw new Error(`${ground.root} does not come to rest`)
}
