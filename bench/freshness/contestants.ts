/** Who is measured: commands that find out whether a playground, or as many files and tasks, is as it should be. */

import { join } from 'node:path'
import { stateFolder } from '../../lib/model/layout.ts'
import { type Entrant, emptyProgram, ownProgram, pythonItself, shell } from '../entrants.ts'
import { commandOf, type Ground } from './grounds.ts'
import { doitOf, gitOf, limitOf, makeOf, ninjaOf } from './peers.ts'

export type Looker = Entrant<Ground>

type Words = readonly string[]

const ours = (name: string, ...words: Words): Looker => ({
  name,
  role: 'ours',
  needs: [],
  command: ground => commandOf(ground, ...words),
})

const peer = (name: string, needs: Words, command: Looker['command']): Looker => ({
  name,
  role: 'peer',
  needs,
  command,
})

/** The whole command, from the start of tsx. */
export const build = ours('build', 'build')
export const dryRun = ours('build --dry-run', 'build', '--dry-run')
export const status = ours('build status', 'status')
export const verify = ours('build verify', 'verify')
export const checkHash = ours('build --check hash', 'build', '--check', 'hash')

export const find = peer('find -printf', ['find'], ({ root, targets }) =>
  shell(`cd "$1" && find "\${@:2}" -printf '%s %T@\\n' >/dev/null`, root, ...targets),
)
export const git = peer('git status -uno', ['git'], ground => gitOf(ground, 'status', '-uno'))
/** So that it does not write what it learns into its index. */
export const gitEachTime = peer('git status -uno, not kept', ['git'], ground =>
  gitOf(ground, '--no-optional-locks', 'status', '-uno'),
)
export const ninja = peer('ninja', ['ninja'], ground => ninjaOf(ground))
export const ninjaDry = peer('ninja -n', ['ninja'], ground => ninjaOf(ground, '-n'))
export const make = peer('make', ['make'], ground => makeOf(ground))
export const makeDry = peer('make -n', ['make'], ground => makeOf(ground, '-n'))
export const scandir = peer('python scandir, stat', ['python3'], ({ root, targets }) => [
  pythonItself(),
  '-c',
  `import os, sys
def walk(folder):
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False): walk(entry.path)
            else: entry.stat(follow_symlinks=False)
for target in sys.argv[2:]: walk(os.path.join(sys.argv[1], target))`,
  root,
  ...targets,
])

/** The list is known, and nothing is compared. */
export const limit: Looker = {
  name: 'C, openat + fstatat, 2 threads',
  role: 'part',
  needs: ['cc'],
  command: limitOf,
}

/** No program of ours is sooner there. */
export const start: Looker = {
  name: 'tsx, empty program',
  role: 'part',
  needs: [],
  command: () => emptyProgram,
}

export const manifests: Looker = {
  name: 'our manifests',
  role: 'part',
  needs: [],
  command: ({ root }) =>
    ownProgram(new URL('our-manifests.ts', import.meta.url), join(root, stateFolder, 'manifests')),
}

export const ninjaTasks = peer('ninja', ['ninja'], ({ peers }) => ['ninja', '-C', peers])
export const makeTasks = peer('make', ['make'], ({ peers }) => ['make', '-rR', '-C', peers])
export const doit = peer('doit', ['doit'], doitOf)
export const snakemake = peer('snakemake', ['snakemake'], ({ peers }) => [
  'env',
  `XDG_CACHE_HOME=${join(peers, 'cache')}`,
  ...['snakemake', '--quiet', '-c1', '-d', peers, '-s', join(peers, 'Snakefile')],
])

const hashing = (name: string, program: string, line: string): Looker =>
  peer(name, ['find', 'xargs', program], ({ root, targets }) =>
    shell(
      `cd "$1" && find "\${@:2}" -type f -print0 | xargs -0 -P2 -n256 ${line} >/dev/null`,
      root,
      ...targets,
    ),
  )
export const sha256sum = hashing('xargs -P2 sha256sum', 'sha256sum', 'sha256sum')
export const openssl = hashing('xargs -P2 openssl dgst', 'openssl', 'openssl dgst -sha256')
