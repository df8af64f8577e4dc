/**
 * How long it takes to find that nothing is to do, or how little, at a million files and a hundred thousand tasks, against
 * find, git, ninja, make and others. `BENCH_FILES`, `BENCH_TASKS` and `BENCH_BYTES` make it smaller.
 */

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { formatBytes, formatCount } from '../lib/model/units.ts'
import { fastest, figures, memoryColumn, ratioColumn, timeColumns } from './figures.ts'
import type { Looker } from './freshness/contestants.ts'
import { type Amounts, amountOf, type Ground, type GroundName, groundsIn } from './freshness/grounds.ts'
import { doHarm } from './freshness/harms.ts'
import { type Scenario, scenarios } from './freshness/scenarios.ts'
import { shelvesOf } from './freshness/tree.ts'
import { verdicts } from './goals.ts'
import { warmMemory } from './machine.ts'
import { numberFrom, playAll, rounds } from './playing.ts'
import { present } from './programs.ts'
import { type Fresh, weighed } from './rounds.ts'

const amounts: Amounts = {
  files: numberFrom('BENCH_FILES', 1_200_000),
  tasks: numberFrom('BENCH_TASKS', 100_000),
  bytes: numberFrom('BENCH_BYTES', 4e9),
}

interface Stage {
  readonly folder: string
  readonly ground: (name: GroundName) => Promise<Ground>
}

export const checking = (): Promise<void> =>
  playAll<Scenario, Stage>({
    name: 'freshness',
    scenarios,
    needs: ['bash'],
    writes: false,
    knobs: 'BENCH_FILES, BENCH_TASKS, BENCH_BYTES',
    published(chosen) {
      const names = [...new Set(chosen.map(({ ground }) => ground))]
      const all = names.map(name => amountOf(name, amounts))
      return {
        bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
        files: all.reduce((sum, { files }) => sum + files, 0),
      }
    },
    left: () => ({ bytes: 0, files: 0 }),
    async withStage(folder, use) {
      // Only now: later it would drive out what is known of a million files, which is looked at warm.
      await warmMemory(folder)
      await use({ folder, ground: groundsIn(folder, amounts) })
    },
    play,
  })

async function play(scenario: Scenario, stage: Stage): Promise<void> {
  const { name, about, harm, entrants, ideal, goals } = scenario
  console.log(
    `freshness ${name}: ${sizeOf(scenario.ground)}, ${about}; median of ${rounds} rounds (least–most)`,
  )
  const ground = await stage.ground(scenario.ground)
  const heal = harm && doHarm(harm, ground, shelvesOf(amounts.files))
  const here = present(entrants)
  const measured = await weighed(
    here.map(entrant => begin(entrant, ground, join(stage.folder, name))),
    rounds,
  )
  await heal?.()
  const peers = here.filter(({ role }) => role === 'peer').map(entrant => entrant.name)
  const columns = [
    ...timeColumns,
    memoryColumn('togetherBytes'),
    ...(peers.length > 0 ? [ratioColumn('best peer', fastest(measured, peers))] : []),
    ...ideal.map(entrant => ratioColumn('C limit', fastest(measured, [entrant.name]))),
  ]
  console.log(figures(measured, columns))
  for (const verdict of verdicts(goals, measured)) console.log(verdict)
}

function sizeOf(ground: GroundName): string {
  switch (ground) {
    case 'tree':
      return `${formatCount(amounts.files)} files`
    case 'tasks':
      return `${formatCount(Math.round(amounts.tasks / 10))} tasks`
    case 'manyTasks':
      return `${formatCount(amounts.tasks)} tasks`
    case 'bytes':
      return formatBytes(amounts.bytes)
  }
}

/** In a folder of its own, for its messages. */
function begin({ name, command }: Looker, ground: Ground, folder: string): Fresh {
  return {
    name,
    command: command(ground),
    async prepare() {
      const own = join(folder, name.replace(/\W+/g, '-'))
      mkdirSync(own, { recursive: true })
      return own
    },
  }
}
