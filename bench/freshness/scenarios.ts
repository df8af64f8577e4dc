/** What is looked at, who looks, and what is to be reached there. Measures nothing. */

import type { Goal } from '../goals.ts'
import type { Looker } from './contestants.ts'
import * as entrants from './contestants.ts'
import type { GroundName } from './grounds.ts'
import type { Harm } from './harms.ts'

export interface Scenario {
  /** For `BENCH_ONLY`. */
  readonly name: string
  readonly about: string
  readonly ground: GroundName
  readonly harm?: Harm
  readonly entrants: readonly Looker[]
  /** Nobody who does the whole errand can be faster. */
  readonly ideal: readonly Looker[]
  readonly goals: readonly Goal[]
}

const { build, dryRun, status, verify, checkHash, manifests } = entrants
const { start, limit, find, git, gitEachTime, ninja, ninjaDry, make, makeDry, scandir } = entrants
const { ninjaTasks, makeTasks, doit, snakemake, sha256sum, openssl } = entrants

const ratio = (own: Looker, peer: Looker, most: number, what = 'time'): Goal => ({
  form: 'ratio',
  what,
  ours: own.name,
  peer: peer.name,
  most,
})

const frugal = (own: Looker): Goal => ({
  form: 'limit',
  what: 'memory',
  ours: own.name,
  of: 'togetherBytes',
  most: 450e6,
})

const harmed = (harm: Harm, about: string, ...more: readonly Looker[]): Scenario => ({
  name: harm,
  about: `${about}; nobody writes`,
  ground: 'tree',
  harm,
  entrants: [limit, find, gitEachTime, scandir, ...more, dryRun, status],
  ideal: [limit],
  goals: [dryRun, status].flatMap(own => [
    ratio(own, find, 0.75),
    ratio(own, gitEachTime, 1),
    ...(more.includes(ninjaDry) ? [ratio(own, ninjaDry, 0.65)] : []),
    frugal(own),
  ]),
})

/** Ours have one file for two tasks, because fetching leaves none; the others one for each. */
const graph = (name: string, ground: GroundName, about: string, ...more: readonly Looker[]): Scenario => ({
  name,
  about,
  ground,
  entrants: [ninjaTasks, makeTasks, doit, ...more, build],
  ideal: [],
  goals: [ratio(build, ninjaTasks, 1.5), ...[doit, ...more].map(peer => ratio(build, peer, 0.5))],
})

/** Times as fast. */
const speed = (own: Looker, peer: Looker, least: number): Goal =>
  ratio(own, peer, 1 / least, `${least} times as fast`)

export const scenarios: readonly Scenario[] = [
  {
    name: 'null',
    about: 'nothing to do',
    ground: 'tree',
    entrants: [start, limit, find, git, ninja, make, scandir, build],
    ideal: [limit],
    goals: [
      ratio(build, ninja, 0.65),
      ratio(build, find, 0.75),
      ratio(build, git, 1),
      ratio(build, limit, 2.2),
      frugal(build),
    ],
  },
  harmed('touched', 'one file touched', ninjaDry, makeDry),
  harmed('edited', 'one file edited, of the same size', ninjaDry, makeDry),
  // Those that stop at the first file that is missing have not looked at the others.
  harmed('missing', 'ten files missing'),
  {
    name: 'manifest',
    about: 'all manifests loaded',
    ground: 'tree',
    entrants: [manifests],
    ideal: [],
    goals: [{ form: 'limit', what: 'time', ours: manifests.name, of: 'median', most: 0.4 }],
  },
  graph('tasks', 'tasks', 'nothing to do', snakemake),
  graph('many-tasks', 'manyTasks', 'nothing to do'),
  {
    name: 'rehash',
    about: 'every byte read',
    ground: 'bytes',
    entrants: [sha256sum, openssl, verify, checkHash],
    ideal: [],
    goals: [speed(verify, openssl, 0.8), speed(checkHash, openssl, 0.8)],
  },
]
