/** What is to be reached: ratios of medians, each with its limit. Pure. */

import { formatBytes } from '../../lib/model/units.ts'
import type { Footprint } from '../rounds.ts'

export interface Goal {
  readonly what: string
  readonly ours: string
  /** Undefined: a limit for our memory alone. */
  readonly peer?: string
  /** Our seconds over those of the peer, at most. */
  readonly mostRatio?: number
}

const mostBytes = 200e6

/** A line a goal; one whose peer is not there is not judged. */
export function verdicts(goals: readonly Goal[], measured: readonly Footprint[]): readonly string[] {
  const of = (name: string | undefined): Footprint | undefined => measured.find(entry => entry.name === name)
  return goals.map(({ what, ours, peer, mostRatio = 0 }) => {
    const own = of(ours)
    const other = of(peer)
    if (!own) return line(undefined, `${ours}: not measured`)
    if (peer === undefined)
      return line(own.peakBytes <= mostBytes, `${ours}: ${formatBytes(own.peakBytes)} of memory`, '200 MB')
    if (!other) return line(undefined, `${ours} / ${peer}: not measured`)
    const ratio = own.median / other.median
    return line(
      ratio <= mostRatio,
      `${what}: ${ours} / ${peer} = ${ratio.toFixed(2)}x`,
      `${mostRatio.toFixed(2)}x`,
    )
  })
}

const line = (isReached: boolean | undefined, text: string, limit?: string): string =>
  `  ${isReached === undefined ? '–  ' : isReached ? 'yes' : 'NO '}  ${text}${limit === undefined ? '' : ` (at most ${limit})`}`

/** Wall and processor seconds, memory, and how many times as long as the fastest peer. */
export function footprints(measured: readonly Footprint[], peers: readonly string[]): string {
  const best = Math.min(...measured.filter(({ name }) => peers.includes(name)).map(({ median }) => median))
  const width = Math.max(...measured.map(({ name }) => name.length))
  const row = (cells: readonly string[]): string =>
    cells.map((cell, i) => (i === 0 ? cell.padEnd(width) : cell.padStart(i === 2 ? 13 : 9))).join('')
  const rows = measured.map(({ name, median, least, most, cpuSeconds, peakBytes }) =>
    row([
      name,
      median.toFixed(2),
      `${least.toFixed(2)}–${most.toFixed(2)}`,
      cpuSeconds.toFixed(2),
      String(Math.round(peakBytes / 1e6)),
      Number.isFinite(best) ? `${(median / best).toFixed(2)}x` : '–',
    ]),
  )
  return [row(['', 'wall s', '', 'CPU s', 'RSS MB', 'ratio']), ...rows].map(text => `  ${text}`).join('\n')
}
