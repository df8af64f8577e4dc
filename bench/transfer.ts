/**
 * How fast one file and many small ones are fetched, against curl, wget and aria2c, from servers of this machine.
 * `BENCH_ROUNDS`, `BENCH_BYTES`, `BENCH_PICTURES` and `BENCH_ONLY` (names of scenarios) make it shorter.
 */

import { chmodSync, mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { formatBytes, formatCount } from '../lib/model/units.ts'
import { diskRate, probeBytes } from './machine.ts'
import { weighed } from './rounds.ts'
import { enter } from './transfer/contestants.ts'
import { footprints, verdicts } from './transfer/goals.ts'
import { howToGet, isThere, present } from './transfer/programs.ts'
import { rates, type Scenario, scenarios } from './transfer/scenarios.ts'
import { type Amounts, bytesOf, type Stage, setStage } from './transfer/stage.ts'

const numberFrom = (variable: string, usual: number): number => Number(process.env[variable] ?? usual)
const rounds = numberFrom('BENCH_ROUNDS', 3)
const amounts: Amounts = {
  file: numberFrom('BENCH_BYTES', 1.8e9),
  pictures: numberFrom('BENCH_PICTURES', 20_000),
}
/** Bytes a second. What serves less may itself be what is measured. */
const leastServed = 700e6

export async function transferring(): Promise<void> {
  const lacking = ['nginx', 'bash'].filter(program => !isThere(program))
  if (lacking.length > 0) return console.log(`transfer: skipped, ${howToGet(lacking)}`)
  const only = process.env['BENCH_ONLY']?.split(/[ ,]+/)
  const chosen = scenarios.filter(({ name }) => only?.includes(name) ?? true)
  if (chosen.length === 0)
    return console.log(`transfer: BENCH_ONLY names none of ${scenarios.map(({ name }) => name).join(', ')}`)
  const folder = mkdtempSync(join(tmpdir(), 'groundwork-transfer-'))
  // Where nginx is started by root, its workers are somebody else.
  chmodSync(folder, 0o755)
  try {
    if (!hasRoom(folder, chosen)) return
    const stage = await setStage(folder, amounts, rates)
    try {
      for (const scenario of chosen) {
        const before = diskRate(folder)
        await play(scenario, stage)
        sayDisk(before, diskRate(folder))
        // Not between rounds: deleting makes the next writer slow.
        rmSync(join(folder, scenario.name), { recursive: true, force: true })
      }
    } finally {
      await stage.close()
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function hasRoom(folder: string, chosen: readonly Scenario[]): boolean {
  const { bavail, bsize } = statfsSync(folder)
  const written = chosen.map(({ entrants, content }) => entrants.length * bytesOf(content, amounts))
  const needed = amounts.file * 1.5 + 2 * probeBytes * chosen.length + (rounds + 1) * Math.max(...written)
  const isRoom = bavail * bsize > needed
  console.log(
    `transfer: needs ${formatBytes(needed)} below ${folder}; ${formatBytes(bavail * bsize)} are free` +
      (isRoom ? '' : '. Skipped; BENCH_BYTES, BENCH_ROUNDS, BENCH_ONLY or TMPDIR change that'),
  )
  return isRoom
}

async function play(scenario: Scenario, stage: Stage): Promise<void> {
  const { name, line, content, server, entrants, goals } = scenario
  const what =
    content === 'list' ? `${formatCount(amounts.pictures)} files` : formatBytes(bytesOf(content, amounts))
  console.log(`transfer ${name}: ${what}, ${line}; median of ${rounds} rounds (least–most)`)
  if (server !== 'nginx') sayServed(await stage.served())
  const errand = await stage.errand(scenario)
  const here = present(entrants)
  const measured = await weighed(
    here.map(entrant => enter(entrant, errand)),
    rounds,
  )
  const peers = here.filter(({ spec }) => !spec).map(entrant => entrant.name)
  console.log(footprints(measured, peers))
  for (const verdict of verdicts(goals, measured)) console.log(verdict)
}

/** What is built is synced before it is called built, and waits for the disk; what curl fetched does not. */
function sayDisk(before: number, after: number): void {
  console.log(
    `  the disk took ${formatBytes(before)}/s before, ${formatBytes(after)}/s after; contestants without sync wait for none of it`,
  )
}

function sayServed(bytesPerSecond: number): void {
  const isEnough = bytesPerSecond >= leastServed
  console.log(
    `  the throttling server, not throttled: ${formatBytes(bytesPerSecond)}/s` +
      (isEnough ? '' : `; less than ${formatBytes(leastServed)}/s: it may be what is measured here`),
  )
}
