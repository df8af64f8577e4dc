/** The annotations that are read, who reads each, and what is to be reached there. Measures nothing. */

import type { Goal } from '../goals.ts'
import type { Reader } from './contestants.ts'
import * as entrants from './contestants.ts'
import type { Style } from './mix.ts'

export interface Scenario {
  /** For `BENCH_ONLY`. */
  readonly name: string
  /** Times as long as mix665k. */
  readonly scale: number
  readonly style: Style
  readonly entrants: readonly Reader[]
  readonly goals: readonly Goal[]
  /** Ours may not be slower here than there, next to openssl. */
  readonly asQuickAs?: string
}

const { openssl, python, jqLength, jqImages, streamJson, jsonParse } = entrants
const { scan, check, prefix, castId, dropMissing, sample } = entrants

const transforms = [prefix, castId, dropMissing, sample]
const ours: readonly Reader[] = [scan, check, ...transforms]

const ratio = (what: string, own: Reader, peer: Reader, most: number): Goal => ({
  form: 'ratio',
  what,
  ours: own.name,
  peer: peer.name,
  most,
})

/** Times as fast. */
const speed = (own: Reader, peer: Reader, least: number): Goal =>
  ratio(`${least} times as fast`, own, peer, 1 / least)

const frugal: Goal = {
  form: 'limit',
  what: 'memory',
  ours: check.name,
  of: 'togetherBytes',
  most: 300e6,
}

const goals: readonly Goal[] = [
  ratio('time', check, python, 0.12),
  ratio('time', check, openssl, 3),
  frugal,
  ...transforms.map(own => speed(own, scan, 0.3)),
]

/** Where the slowest take part they take most of the time: once is enough. */
const quickOnes = [openssl, python, ...ours]

export const scenarios: readonly Scenario[] = [
  {
    name: 'mix',
    scale: 1,
    style: 'compact',
    entrants: [openssl, python, jqLength, jqImages, streamJson, jsonParse, ...ours],
    goals,
  },
  { name: 'mix-pretty', scale: 1, style: 'pretty', entrants: quickOnes, goals },
  { name: 'large', scale: 1.64 / 1.03, style: 'compact', entrants: quickOnes, goals, asQuickAs: 'mix' },
  {
    name: 'large-pretty',
    scale: 1.64 / 1.03,
    style: 'pretty',
    entrants: quickOnes,
    goals,
    asQuickAs: 'mix-pretty',
  },
]

/** Differences below this are noise. */
const noise = 1.15

/** Of footprints whose medians are ratios to openssl, and whose names have that of the scenario behind them. */
export const evenGoals = ({ name, asQuickAs }: Scenario): readonly Goal[] =>
  asQuickAs === undefined
    ? []
    : ours.map(own => ({
        form: 'ratio',
        what: 'time, as a ratio to openssl',
        ours: inScenario(own.name, name),
        peer: inScenario(own.name, asQuickAs),
        most: noise,
      }))

export const inScenario = (name: string, scenario: string): string => `${name} (${scenario})`
