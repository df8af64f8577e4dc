/** Times commands in turns, so that what the machine does meanwhile falls on all alike. */

import { execa } from 'execa'

export interface Contestant {
  readonly name: string
  readonly command: readonly [file: string, ...words: string[]]
  readonly cwd?: string
}

export interface Timing {
  readonly name: string
  /** Seconds. */
  readonly median: number
  readonly least: number
  readonly most: number
}

/** One unmeasured round, then `rounds` of them. A command that fails ends the bench. */
export async function timed(contestants: readonly Contestant[], rounds: number): Promise<readonly Timing[]> {
  const seconds = new Map(contestants.map(({ name }) => [name, [] as number[]]))
  for (let round = -1; round < rounds; round += 1) {
    for (const { name, command, cwd } of contestants) {
      const [file, ...words] = command
      const { durationMs } = await execa(file, words, { ...(cwd && { cwd }), stdout: 'ignore' })
      if (round >= 0) seconds.get(name)?.push(durationMs / 1000)
    }
  }
  return [...seconds].map(([name, all]) => {
    const sorted = all.toSorted((a, b) => a - b)
    return { name, median: sorted[sorted.length >> 1] ?? 0, least: sorted[0] ?? 0, most: sorted.at(-1) ?? 0 }
  })
}

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
