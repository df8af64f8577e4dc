/** The archives and lines that are tried, who runs on each, and what is to be reached there. Measures nothing. */

import type { Goal } from '../goals.ts'
import type { Unpacker } from './contestants.ts'
import * as entrants from './contestants.ts'
import type { CorpusName } from './corpora.ts'

export interface Scenario {
  /** For `BENCH_ONLY`. */
  readonly name: string
  readonly about: string
  readonly corpus: CorpusName
  /** Where it is fetched; undefined: it lies on disk. */
  readonly server: 'nginx' | keyof typeof lines | undefined
  readonly entrants: readonly Unpacker[]
  /** The longest of these is the shortest that a build could take. */
  readonly ideal: readonly Unpacker[]
  /** `treeBytes`: what the unpacked files take on disk. */
  readonly goals: (treeBytes: number) => readonly Goal[]
}

/** Bytes a second, in all. */
export const lines = { fast: { all: 200e6 }, slow: { all: 60e6 } }

const { buildFromAddress, buildFromPath, unpackingAlone, networkAlone, ourDirectory } = entrants
const { unzip, unzipOnDisk, sevenZip, bsdtar, zipfile } = entrants

const ratio = (own: Unpacker, peer: Unpacker, most: number): Goal => ({
  form: 'ratio',
  what: 'time',
  ours: own.name,
  peer: peer.name,
  most,
})

const frugal = (own: Unpacker, treeBytes: number): readonly Goal[] => [
  { form: 'limit', what: 'memory', ours: own.name, of: 'togetherBytes', most: 400e6 },
  { form: 'limit', what: 'disk, 1.1x of the tree', ours: own.name, of: 'diskBytes', most: treeBytes * 1.1 },
]

/** The whole command, and what of it is unpacking. */
const both = (peer: Unpacker, most: number): readonly Goal[] =>
  [buildFromPath, unpackingAlone].map(own => ratio(own, peer, most))

const onDisk = {
  server: undefined,
  entrants: [unzip, unzipOnDisk, sevenZip, bsdtar, zipfile, unpackingAlone, buildFromPath],
  ideal: [unpackingAlone],
}

const fetched = {
  entrants: [
    networkAlone,
    entrants.aria2cThenUnzip,
    entrants.curlThenBsdtar,
    entrants.curlIntoBsdtar,
    unpackingAlone,
    buildFromAddress,
  ],
  ideal: [networkAlone, unpackingAlone],
}

const throttled = {
  ...fetched,
  corpus: 'deflated',
  goals: (treeBytes: number) => [
    ratio(buildFromAddress, networkAlone, 1.08),
    ...frugal(buildFromAddress, treeBytes),
  ],
} as const

export const scenarios: readonly Scenario[] = [
  {
    ...onDisk,
    name: 'deflated',
    about: 'deflated, on disk',
    corpus: 'deflated',
    goals: treeBytes => [...both(unzip, 0.45), ...both(bsdtar, 0.65), ...frugal(buildFromPath, treeBytes)],
  },
  {
    ...onDisk,
    name: 'stored',
    about: 'stored, on disk',
    corpus: 'stored',
    goals: treeBytes => [...both(unzip, 0.2), ...both(sevenZip, 0.75), ...frugal(buildFromPath, treeBytes)],
  },
  {
    ...onDisk,
    name: 'small',
    about: 'small files, deflated, on disk',
    corpus: 'small',
    entrants: onDisk.entrants.filter(entrant => entrant !== unzipOnDisk),
    goals: treeBytes => frugal(buildFromPath, treeBytes),
  },
  {
    ...fetched,
    name: 'unthrottled',
    about: 'deflated, nginx over loopback, unthrottled',
    corpus: 'deflated',
    server: 'nginx',
    goals: treeBytes => [
      ratio(buildFromAddress, entrants.aria2cThenUnzip, 0.42),
      ...frugal(buildFromAddress, treeBytes),
    ],
  },
  { ...throttled, name: 'fast', about: 'deflated, 200 MB/s in all', server: 'fast' },
  { ...throttled, name: 'slow', about: 'deflated, 60 MB/s in all', server: 'slow' },
  {
    name: 'directory',
    about: 'the directory alone',
    corpus: 'directory',
    server: undefined,
    entrants: [ourDirectory, entrants.unzipperDirectory, entrants.zipfileDirectory],
    ideal: [],
    goals: () => [
      { form: 'limit', what: 'time', ours: ourDirectory.name, of: 'median', most: 1 },
      { form: 'limit', what: 'memory', ours: ourDirectory.name, of: 'togetherBytes', most: 200e6 },
    ],
  },
]
