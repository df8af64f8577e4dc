/** What peers need before they can look at a playground: rules, an index, a program. Each made only where its peer is. */

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { formatSeconds } from '../../lib/model/units.ts'
import { ending } from '../ending.ts'
import { footprintOf } from '../footprint.ts'
import { isThere } from '../programs.ts'
import type { Fresh } from '../rounds.ts'
import type { Ground } from './grounds.ts'
import { pathsBelow, type Shelf } from './tree.ts'

/** As it comes: no configuration of whoever runs the bench, so neither fsmonitor nor an untracked cache. */
export const gitOf = ({ root, peers }: Ground, ...words: readonly string[]): Fresh['command'] => [
  'env',
  'GIT_CONFIG_GLOBAL=/dev/null',
  'GIT_CONFIG_NOSYSTEM=1',
  'git',
  `--git-dir=${join(peers, 'git')}`,
  `--work-tree=${root}`,
  ...words,
]

export const ninjaOf = ({ root, peers }: Ground, ...words: readonly string[]): Fresh['command'] => [
  'ninja',
  '-C',
  root,
  '-f',
  join(peers, 'build.ninja'),
  ...words,
]

/** Without its built-in rules: it would look for a source of every file. */
export const makeOf = ({ root, peers }: Ground, ...words: readonly string[]): Fresh['command'] => [
  'make',
  '-rR',
  '-C',
  root,
  '-f',
  join(peers, 'Makefile'),
  ...words,
]

/** One node a file, all of them inputs of one stamp; a repository with as many files committed; a sorted list. */
export async function readyForTree(ground: Ground, shelves: readonly Shelf[]): Promise<void> {
  const { peers } = ground
  const paths = [...pathsBelow(shelves)]
  writeFileSync(join(peers, 'list'), paths.map(path => `${path}\0`).join(''))
  writeFileSync(join(peers, 'build.ninja'), ninjaWithInputs(paths))
  writeFileSync(join(peers, 'Makefile'), makeWithInputs(paths))
  if (isThere('cc')) await compileLimit(peers)
  if (isThere('git')) await commit(ground)
  await settlePeers(ground)
}

/** The program that does nothing but look, in C. */
export const limitOf = ({ peers, root }: Ground): Fresh['command'] => [
  join(peers, 'limit'),
  root,
  join(peers, 'list'),
]

async function compileLimit(peers: string): Promise<void> {
  const source = fileURLToPath(new URL('limit.c', import.meta.url))
  await execa('cc', ['-O2', '-pthread', '-o', join(peers, 'limit'), source], { cancelSignal: ending })
}

async function commit(ground: Ground): Promise<void> {
  const { peers, aside } = ground
  await footprintOf(gitOf(ground, 'init', '-q'), aside)
  writeFileSync(join(peers, 'git/info/exclude'), '/.groundwork/\n')
  const { seconds } = await footprintOf(gitOf(ground, 'add', '-A'), aside)
  const author = ['-c', 'user.name=bench', '-c', 'user.email=bench@example.org', '-c', 'gc.auto=0']
  await footprintOf(gitOf(ground, ...author, 'commit', '-q', '-m', 'All'), aside)
  console.log(`  git add of the same tree in ${formatSeconds(seconds)}, once`)
}

/** Peers take the tree as it is now for what it should be. */
export async function settlePeers(ground: Ground): Promise<void> {
  const { aside } = ground
  if (isThere('git')) await footprintOf(gitOf(ground, 'update-index', '-q', '--refresh'), aside)
  if (isThere('ninja')) await footprintOf(ninjaOf(ground), aside)
  if (isThere('make')) await footprintOf(makeOf(ground), aside)
}

/** Relative to the root, where they run. */
const stamp = '../peers/ninja.stamp'

const ninjaWithInputs = (paths: readonly string[]): string =>
  [
    'builddir = ../peers',
    'rule touch',
    '  command = touch $out',
    `build ${stamp}: touch $`,
    paths.map(path => `  ${path}`).join(' $\n'),
    '',
  ].join('\n')

const makeStamp = '../peers/make.stamp'

const makeWithInputs = (paths: readonly string[]): string =>
  [
    `${makeStamp}:`,
    '\ttouch $@',
    // As many a line as are quick to read.
    ...Array.from(
      { length: Math.ceil(paths.length / 1000) },
      (_, i) => `${makeStamp}: ${paths.slice(i * 1000, (i + 1) * 1000).join(' ')}`,
    ),
    '',
  ].join('\n')

/** One output of one input a task. Whatever is built is there already; who keeps records makes them. */
export async function readyForTasks(ground: Ground, tasks: number): Promise<void> {
  const { peers, aside } = ground
  const numbers = Array.from({ length: tasks }, (_, i) => i)
  for (const folder of ['in', 'out']) {
    mkdirSync(join(peers, folder))
    for (const i of numbers) writeFileSync(join(peers, folder, String(i)), String(i))
  }
  const write = (name: string, lines: readonly string[]): void =>
    writeFileSync(join(peers, name), `${lines.join('\n')}\n`)
  write('build.ninja', ['rule keep', '  command = :', ...numbers.map(i => `build out/${i}: keep in/${i}`)])
  write('Makefile', [
    `all: ${numbers.map(i => `out/${i}`).join(' ')}`,
    ...numbers.map(i => `out/${i}: in/${i}\n\ttouch $@`),
  ])
  write('dodo.py', [
    'def keep():',
    '    pass',
    'def task_keep():',
    `    for i in range(${tasks}):`,
    '        yield {"name": str(i), "file_dep": [f"in/{i}"], "targets": [f"out/{i}"], "actions": [keep]}',
  ])
  write('Snakefile', [
    'rule all:',
    `    input: expand("out/{i}", i=range(${tasks}))`,
    'rule keep:',
    '    input: "in/{i}"',
    '    output: "out/{i}"',
    '    shell: "cp {input} {output}"',
  ])
  if (isThere('ninja')) await footprintOf(['ninja', '-C', peers], aside)
  if (isThere('doit')) await footprintOf(doitOf(ground), aside)
}

export const doitOf = ({ peers }: Ground): Fresh['command'] => [
  'doit',
  '-f',
  join(peers, 'dodo.py'),
  '-d',
  peers,
]
