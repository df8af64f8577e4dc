/** The lines that are tried, who runs on each, and what is to be reached there. Measures nothing. */

import { aria2c, aria2cList, curl, curlOnDisk, type Entrant, ourList, ours, wget } from './contestants.ts'
import type { Goal } from './goals.ts'

export interface Scenario {
  /** For `BENCH_ONLY`. */
  readonly name: string
  readonly line: string
  readonly server: 'nginx' | 'connection' | 'total'
  readonly content: 'file' | 'half' | 'list'
  readonly entrants: readonly Entrant[]
  readonly goals: readonly Goal[]
}

/** Bytes a second. */
export const rates = { connection: 40e6, total: 200e6 }

const [eight, sixteen] = [ours(8), ours(16)]
const [curious, many] = [aria2c(8, '--checksum'), aria2c(16, '--checksum')]
const onTheFly = 'SHA-256 on the fly'
const [fewLines, manyLines, lean] = [aria2c(8), aria2c(16), aria2c(16, 'no space ahead')]
const [listOfOthers, ownList] = [aria2cList(16), ourList(16)]

const memory = [eight, sixteen].map(({ name }) => ({ what: 'memory', ours: name }))

export const scenarios: readonly Scenario[] = [
  {
    name: 'unthrottled',
    line: 'nginx over loopback, unthrottled',
    server: 'nginx',
    content: 'file',
    entrants: [curl, curlOnDisk, wget, fewLines, curious, many, eight, sixteen],
    goals: [
      ...[eight, sixteen].flatMap(({ name }) => [
        { what: onTheFly, ours: name, peer: curl.name, mostRatio: 1 },
        { what: 'and as safe on disk', ours: name, peer: curlOnDisk.name, mostRatio: 1 },
        { what: onTheFly, ours: name, peer: curious.name, mostRatio: 0.45 },
      ]),
      ...memory,
    ],
  },
  {
    name: 'connection',
    line: '40 MB/s for each connection',
    server: 'connection',
    content: 'file',
    entrants: [curl, fewLines, manyLines, lean, eight, sixteen],
    goals: [
      { what: 'same connections', ours: eight.name, peer: fewLines.name, mostRatio: 1.1 },
      { what: 'same connections', ours: sixteen.name, peer: manyLines.name, mostRatio: 1.1 },
      ...memory,
    ],
  },
  {
    name: 'total',
    line: '200 MB/s in all',
    server: 'total',
    content: 'half',
    entrants: [curl, wget, fewLines, many, eight, sixteen],
    goals: memory,
  },
  {
    name: 'list',
    line: 'small pictures by a list of addresses, nginx over loopback',
    server: 'nginx',
    content: 'list',
    entrants: [listOfOthers, ownList],
    goals: [
      { what: '1.5 times as fast', ours: ownList.name, peer: listOfOthers.name, mostRatio: 1 / 1.5 },
      { what: 'memory', ours: ownList.name },
    ],
  },
]
