/** The lines that are tried, who runs on each, and what is to be reached there. Measures nothing. */

import type { Entrant } from '../entrants.ts'
import type { Goal } from '../goals.ts'
import { aria2c, aria2cList, curl, curlOnDisk, ourList, ours, wget } from './contestants.ts'

export interface Scenario {
  /** For `BENCH_ONLY`. */
  readonly name: string
  readonly line: string
  readonly server: 'nginx' | 'connection' | 'total'
  readonly content: 'file' | 'half' | 'list'
  readonly entrants: readonly Entrant[]
  readonly goals: readonly Goal[]
}

export const lines = { connection: { each: 40e6 }, total: { all: 200e6 } }

const [eight, sixteen] = [ours(8), ours(16)]
const [curious, many] = [aria2c(8, '--checksum'), aria2c(16, '--checksum')]
const onTheFly = 'SHA-256 on the fly'
const [fewLines, manyLines, lean] = [aria2c(8), aria2c(16), aria2c(16, 'no space ahead')]
const [listOfOthers, ownList] = [aria2cList(16), ourList(16)]

const ratio = (what: string, own: Entrant, peer: Entrant, most: number): Goal => ({
  form: 'ratio',
  what,
  ours: own.name,
  peer: peer.name,
  most,
})
const memoryOf = ({ name }: Entrant): Goal => ({
  form: 'limit',
  what: 'memory',
  ours: name,
  of: 'peakBytes',
  most: 200e6,
})
const memory = [eight, sixteen].map(memoryOf)

export const scenarios: readonly Scenario[] = [
  {
    name: 'unthrottled',
    line: 'nginx over loopback, unthrottled',
    server: 'nginx',
    content: 'file',
    entrants: [curl, curlOnDisk, wget, fewLines, curious, many, eight, sixteen],
    goals: [
      ...[eight, sixteen].flatMap(own => [
        ratio(onTheFly, own, curl, 1),
        ratio('and as safe on disk', own, curlOnDisk, 1),
        ratio(onTheFly, own, curious, 0.45),
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
      ratio('same connections', eight, fewLines, 1.1),
      ratio('same connections', sixteen, manyLines, 1.1),
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
    goals: [ratio('1.5 times as fast', ownList, listOfOthers, 1 / 1.5), memoryOf(ownList)],
  },
]
