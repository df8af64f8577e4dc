/**
 * Plays the scenarios of a bench one after the other, in a folder that is gone afterwards, however it ends. Knows
 * neither what is published nor who runs. `BENCH_ONLY` (names of scenarios) and `BENCH_ROUNDS` make it shorter.
 */

import { chmodSync, mkdirSync, mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { formatBytes, formatCount } from '../lib/model/units.ts'
import { diskRate, probeBytes } from './machine.ts'
import { howToGet, isThere } from './programs.ts'

export interface Bill<S extends { readonly name: string }, T> {
  readonly name: string
  readonly scenarios: readonly S[]
  /** Programs without which nothing of it can be measured. */
  readonly needs: readonly string[]
  /** Whether contestants write so much that the disk may be what is measured: then its rate is told. */
  readonly writes: boolean
  /** Variables that make it smaller. */
  readonly knobs: string
  /** What is published for these scenarios, and stays to the end. */
  readonly published: (chosen: readonly S[]) => Amount
  /** What one round of a scenario leaves until the scenario is over. */
  readonly left: (scenario: S) => Amount
  /** Sets up what all scenarios share, for as long as `use` runs. */
  readonly withStage: (folder: string, use: (stage: T) => Promise<void>) => Promise<void>
  readonly play: (scenario: S, stage: T) => Promise<void>
}

export interface Amount {
  readonly bytes: number
  readonly files: number
}

export const numberFrom = (variable: string, usual: number): number => Number(process.env[variable] ?? usual)

export const rounds = numberFrom('BENCH_ROUNDS', 3)

export async function playAll<S extends { readonly name: string }, T>(bill: Bill<S, T>): Promise<void> {
  const { name, scenarios, needs, writes } = bill
  const lacking = needs.filter(program => !isThere(program))
  if (lacking.length > 0) return console.log(`${name}: skipped, ${howToGet(lacking)}`)
  const only = process.env['BENCH_ONLY']?.split(/[ ,]+/)
  const chosen = scenarios.filter(scenario => only?.includes(scenario.name) ?? true)
  if (chosen.length === 0)
    return console.log(`${name}: BENCH_ONLY names none of ${scenarios.map(({ name }) => name).join(', ')}`)
  const folder = mkdtempSync(join(tmpdir(), `groundwork-${name}-`))
  // Where nginx is started by root, its workers are somebody else.
  chmodSync(folder, 0o755)
  try {
    if (!hasRoom(folder, bill, chosen)) return
    await bill.withStage(folder, async stage => {
      const played: string[] = []
      for (const scenario of chosen) {
        if (!isRoomFor(scenario, bill, folder)) for (const done of played.splice(0)) discard(done)
        const written = join(folder, scenario.name)
        mkdirSync(written)
        const before = writes ? diskRate(written) : 0
        await bill.play(scenario, stage)
        if (writes) sayDisk(before, diskRate(written))
        played.push(written)
      }
    })
  } finally {
    // What was killed a moment ago may still be writing.
    rmSync(folder, { recursive: true, maxRetries: 5, retryDelay: 200 })
  }
}

/** Only where it has to be: for five minutes ext4 looks for other inodes than those that became free, which slows the next writer down. */
function discard(folder: string): void {
  console.log('  (deleted to make room; who makes files in the next minutes is slower for it)')
  rmSync(folder, { recursive: true })
}

function isRoomFor<S extends { readonly name: string }, T>(
  scenario: S,
  { left }: Bill<S, T>,
  folder: string,
): boolean {
  const { bavail, bsize, ffree } = statfsSync(folder)
  const { bytes, files } = left(scenario)
  return bavail * bsize > (rounds + 1) * bytes + 2 * probeBytes && ffree > (rounds + 1) * files
}

function hasRoom<S extends { readonly name: string }, T>(
  folder: string,
  { name, knobs, published, left }: Bill<S, T>,
  chosen: readonly S[],
): boolean {
  const { bavail, bsize, ffree } = statfsSync(folder)
  const needed = (key: keyof Amount): number =>
    published(chosen)[key] + (rounds + 1) * Math.max(...chosen.map(scenario => left(scenario)[key]))
  const bytes = needed('bytes') + 2 * probeBytes
  const isRoom = bavail * bsize > bytes && ffree > needed('files')
  console.log(
    `${name}: needs ${formatBytes(bytes)} and ${formatCount(needed('files'))} files below ${folder};` +
      ` ${formatBytes(bavail * bsize)} and ${formatCount(ffree)} files are free` +
      (isRoom ? '' : `. Skipped; ${knobs}, BENCH_ROUNDS, BENCH_ONLY or TMPDIR change that`),
  )
  return isRoom
}

/** What is built is synced before it is called built, and waits for the disk; most peers do not. */
function sayDisk(before: number, after: number): void {
  console.log(
    `  the disk took ${formatBytes(before)}/s before, ${formatBytes(after)}/s after; contestants without sync wait for none of it`,
  )
}
