/** Times commands in turns, so that what the machine does meanwhile falls on all alike. */

import { execa } from 'execa'
import { ending } from './ending.ts'
import { footprintOf, type Usage } from './footprint.ts'

export interface Contestant {
  readonly name: string
  readonly command: readonly [file: string, ...words: string[]]
  readonly cwd?: string
}

/** A contestant that runs in another folder each time: `prepare` makes it, unmeasured. */
export interface Fresh extends Omit<Contestant, 'cwd'> {
  prepare(): Promise<string>
}

export interface Timing {
  readonly name: string
  /** Seconds. */
  readonly median: number
  readonly least: number
  readonly most: number
}

/** Medians, each by itself. */
export interface Footprint extends Timing, Omit<Usage, 'seconds'> {}

/** One unmeasured round, then `rounds` of them. A command that fails ends the bench. */
export async function timed(contestants: readonly Contestant[], rounds: number): Promise<readonly Timing[]> {
  const all = await inTurns(contestants, rounds, async ({ command: [file, ...words], cwd }) => {
    const { durationMs } = await execa(file, words, {
      ...(cwd && { cwd }),
      stdout: 'ignore',
      cancelSignal: ending,
    })
    return durationMs / 1000
  })
  return all.map(([{ name }, seconds]) => timingOf(name, seconds))
}

/** The same, with what else it costs. */
export async function weighed(contestants: readonly Fresh[], rounds: number): Promise<readonly Footprint[]> {
  const all = await inTurns(contestants, rounds, async contestant =>
    footprintOf(contestant.command, await contestant.prepare()),
  )
  return all.map(([{ name }, usages]) => {
    const medianOf = (key: keyof Usage): number => median(usages.map(usage => usage[key]))
    return {
      ...timingOf(
        name,
        usages.map(({ seconds }) => seconds),
      ),
      cpuSeconds: medianOf('cpuSeconds'),
      peakBytes: medianOf('peakBytes'),
      togetherBytes: medianOf('togetherBytes'),
      diskBytes: medianOf('diskBytes'),
      strayBytes: medianOf('strayBytes'),
    }
  })
}

async function inTurns<C, T>(
  contestants: readonly C[],
  rounds: number,
  run: (contestant: C) => Promise<T>,
): Promise<readonly (readonly [C, readonly T[]])[]> {
  const all = contestants.map(contestant => [contestant, [] as T[]] as const)
  for (let round = -1; round < rounds; round += 1) {
    for (const [contestant, results] of all) {
      const result = await run(contestant)
      if (round >= 0) results.push(result)
    }
  }
  return all
}

const timingOf = (name: string, seconds: readonly number[]): Timing => ({
  name,
  median: median(seconds),
  least: Math.min(...seconds),
  most: Math.max(...seconds),
})

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0

/** A table with the ratio of each to the first. */
export function table(timings: readonly Timing[]): string {
  const base = timings[0]?.median ?? 1
  const width = timings.reduce((most, { name }) => Math.max(most, name.length), 0)
  const rows = timings.map(
    ({ name, median, least, most }) =>
      `  ${name.padEnd(width)}  ${median.toFixed(3)} s (${least.toFixed(3)}–${most.toFixed(3)})  ${(median / base).toFixed(2)}x`,
  )
  return rows.join('\n')
}
