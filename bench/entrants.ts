/** What a contestant is: a command that does one errand, in a folder made for that round. Measures nothing. */

import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { ending } from './ending.ts'
import { readThrough, warmMemory } from './machine.ts'
import type { Fresh } from './rounds.ts'

export interface Errand {
  /** Where it is fetched. */
  readonly url: string
  readonly sha256: string
  /** Where it lies: read once before each round. */
  readonly path: string
  /** New folders are made here, and left. */
  readonly folder: string
}

/** `E`: what a command has to be told. */
export interface Entrant<E = Errand> {
  readonly name: string
  /** `part`: does not do the whole errand. */
  readonly role: 'peer' | 'ours' | 'part'
  /** Programs that it cannot do without. */
  readonly needs: readonly string[]
  readonly command: (errand: E) => Fresh['command']
  /** What is written as `datasets.yaml` into the folder. */
  readonly spec?: (errand: E) => string
}

const tsx = fileURLToPath(new URL('../node_modules/.bin/tsx', import.meta.url))

const underTsx = (file: URL): Fresh['command'] => [tsx, fileURLToPath(file)]

/** From the start of tsx. */
export const frontDoor: Fresh['command'] = underTsx(new URL('../build.ts', import.meta.url))

/** What of a command is the start of tsx. */
export const emptyProgram: Fresh['command'] = underTsx(new URL('empty.ts', import.meta.url))

/** The whole command line. */
export const buildCommand: Fresh['command'] = [...frontDoor, 'build']

/** A program of the bench, without what tsx adds in processes; it tells its seconds itself. */
export const ownProgram = (file: URL, ...words: readonly string[]): Fresh['command'] => [
  'node',
  '--import',
  import.meta.resolve('tsx'),
  fileURLToPath(file),
  ...words,
]

/** `$1`, `$2`, … of the line are the words. A pipe fails as soon as one of its programs does. */
export const shell = (line: string, ...words: readonly string[]): Fresh['command'] => [
  'bash',
  '-o',
  'pipefail',
  '-c',
  line,
  'bash',
  ...words,
]

/** Behind the launchers that choose between versions. */
export const pythonItself = (): string =>
  execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim()

/** One target of one source, whose archive is not kept. */
export const specOf = (connections: number, source: readonly string[]): string =>
  `version: 1
root: data
archives: discard
hosts: { 127.0.0.1: { connections: ${connections} } }
targets:
  fetched:
    sources:
      - ${source.join('\n        ')}
`

/** Each round in a folder of its own, with memory that is there; what the round before left to the disk is written first. */
export function enter({ name, command, spec }: Entrant, errand: Errand): Fresh {
  let rounds = 0
  return {
    name,
    command: command(errand),
    async prepare() {
      const folder = join(errand.folder, `${name.replace(/\W+/g, '-')}-${(rounds += 1)}`)
      mkdirSync(folder, { recursive: true })
      if (spec) writeFileSync(join(folder, 'datasets.yaml'), spec(errand))
      await execa('sync', ['-f', folder], { cancelSignal: ending })
      await warmMemory(errand.folder)
      await readThrough(errand.path)
      return folder
    },
  }
}
