/** What is to be reached: ratios of medians and limits of our own, each reached or not. Pure. */

import { formatBytes } from '../lib/model/units.ts'
import type { Footprint } from './rounds.ts'

export type Goal =
  | {
      readonly form: 'ratio'
      readonly what: string
      readonly ours: string
      readonly peer: string
      /** Our seconds over those of the peer, at most. */
      readonly most: number
    }
  | {
      readonly form: 'limit'
      readonly what: string
      readonly ours: string
      readonly of: 'median' | 'peakBytes' | 'togetherBytes' | 'diskBytes'
      /** Seconds for `median`, otherwise bytes. */
      readonly most: number
    }

/** A line a goal; one whose peer is not there is not judged. */
export function verdicts(goals: readonly Goal[], measured: readonly Footprint[]): readonly string[] {
  const of = (name: string): Footprint | undefined => measured.find(entry => entry.name === name)
  return goals.map(goal => {
    const { what, ours, most } = goal
    const own = of(ours)
    if (!own) return line(undefined, `${ours}: not measured`)
    switch (goal.form) {
      case 'limit': {
        const write = goal.of === 'median' ? seconds : formatBytes
        return line(own[goal.of] <= most, `${what}: ${ours} = ${write(own[goal.of])}`, write(most))
      }
      case 'ratio': {
        const { peer } = goal
        const other = of(peer)
        if (!other) return line(undefined, `${ours} / ${peer}: not measured`)
        const ratio = own.median / other.median
        return line(ratio <= most, `${what}: ${ours} / ${peer} = ${times(ratio)}`, times(most))
      }
    }
  })
}

const times = (ratio: number): string => `${ratio.toFixed(2)}x`
const seconds = (value: number): string => `${value.toFixed(2)} s`

const line = (isReached: boolean | undefined, text: string, limit?: string): string =>
  `  ${isReached === undefined ? '–  ' : isReached ? 'yes' : 'NO '}  ${text}${limit === undefined ? '' : ` (at most ${limit})`}`
