/**
 * How fast one file and many small ones are fetched, against curl, wget and aria2c, from servers of this machine.
 * `BENCH_BYTES` and `BENCH_PICTURES` make it smaller.
 */

import { formatBytes, formatCount } from '../lib/model/units.ts'
import { enter } from './entrants.ts'
import { fastest, figures, memoryColumn, ratioColumn, timeColumns } from './figures.ts'
import { verdicts } from './goals.ts'
import { numberFrom, playAll, rounds } from './playing.ts'
import { present } from './programs.ts'
import { weighed } from './rounds.ts'
import { type Scenario, scenarios } from './transfer/scenarios.ts'
import { type Amounts, bytesOf, type Stage, withStage } from './transfer/stage.ts'

const amounts: Amounts = {
  file: numberFrom('BENCH_BYTES', 1.8e9),
  pictures: numberFrom('BENCH_PICTURES', 20_000),
}

export const transferring = (): Promise<void> =>
  playAll({
    name: 'transfer',
    scenarios,
    needs: ['nginx', 'curl', 'bash'],
    writes: true,
    knobs: 'BENCH_BYTES, BENCH_PICTURES',
    published: () => ({ bytes: amounts.file * 1.5, files: amounts.pictures }),
    left: ({ entrants, content }) => ({
      bytes: entrants.length * bytesOf(content, amounts),
      files: entrants.length * (content === 'list' ? amounts.pictures : 1),
    }),
    withStage: (folder, use) => withStage(folder, amounts, use),
    play,
  })

async function play(scenario: Scenario, stage: Stage): Promise<void> {
  const { name, line, content, server, entrants, goals } = scenario
  const what =
    content === 'list' ? `${formatCount(amounts.pictures)} files` : formatBytes(bytesOf(content, amounts))
  console.log(`transfer ${name}: ${what}, ${line}; median of ${rounds} rounds (least–most)`)
  if (server !== 'nginx') await stage.sayServed()
  const errand = await stage.errand(scenario)
  const here = present(entrants)
  const measured = await weighed(
    here.map(entrant => enter(entrant, errand)),
    rounds,
  )
  const peers = here.filter(({ role }) => role === 'peer').map(entrant => entrant.name)
  const columns = [...timeColumns, memoryColumn('peakBytes'), ratioColumn('ratio', fastest(measured, peers))]
  console.log(figures(measured, columns))
  for (const verdict of verdicts(goals, measured)) console.log(verdict)
}
