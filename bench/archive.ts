/**
 * How fast zips are unpacked, from disk and while they arrive, and what that takes in memory and on disk, against
 * unzip, 7z, bsdtar and Python. `BENCH_BYTES`, `BENCH_PICTURES` and `BENCH_ENTRIES` make it smaller.
 */

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { formatBytes, formatCount } from '../lib/model/units.ts'
import type { Unpacker } from './archive/contestants.ts'
import { type Amounts, type Corpus, type CorpusName, corporaIn, forecast } from './archive/corpora.ts'
import { lines, type Scenario, scenarios } from './archive/scenarios.ts'
import { enter } from './entrants.ts'
import { type Column, fastest, figures, memoryColumn, ratioColumn, timeColumns } from './figures.ts'
import { verdicts } from './goals.ts'
import { type Hosts, withHosts } from './hosts.ts'
import { type Amount, numberFrom, playAll, rounds } from './playing.ts'
import { present } from './programs.ts'
import { type Footprint, weighed } from './rounds.ts'

const amounts: Amounts = {
  large: numberFrom('BENCH_BYTES', 1.8e9),
  small: numberFrom('BENCH_PICTURES', 200_000),
  entries: numberFrom('BENCH_ENTRIES', 558_128),
}

interface Stage {
  readonly folder: string
  readonly hosts: Hosts<keyof typeof lines>
  readonly corpus: (name: CorpusName) => Promise<Corpus>
}

export const archiving = (): Promise<void> =>
  playAll<Scenario, Stage>({
    name: 'archive',
    scenarios,
    needs: ['nginx', 'curl', 'bash'],
    writes: true,
    knobs: 'BENCH_BYTES, BENCH_PICTURES, BENCH_ENTRIES',
    published: chosen =>
      sum([...new Set(chosen.map(({ corpus }) => corpus))].map(name => forecast(name, amounts).archive)),
    left: ({ corpus, entrants }) => sum(entrants.map(({ leaves }) => leftBy(leaves, corpus))),
    async withStage(folder, use) {
      const published = join(folder, 'published')
      mkdirSync(published)
      const corpus = corporaIn(published, amounts)
      await withHosts(folder, published, lines, hosts => use({ folder, hosts, corpus }))
    },
    play,
  })

function leftBy(leaves: Unpacker['leaves'], corpus: CorpusName): Amount {
  const { archive, tree } = forecast(corpus, amounts)
  switch (leaves) {
    case 'tree':
      return tree
    case 'archive':
      return archive
    case 'both':
      return sum([archive, tree])
    case 'nothing':
      return sum([])
  }
}

const sum = (all: readonly Amount[]): Amount => ({
  bytes: all.reduce((total, { bytes }) => total + bytes, 0),
  files: all.reduce((total, { files }) => total + files, 0),
})

async function play(scenario: Scenario, { folder, hosts, corpus }: Stage): Promise<void> {
  const { name, about, server, entrants, goals } = scenario
  const { path, bytes, sha256, files, treeBytes } = await corpus(scenario.corpus)
  console.log(
    `archive ${name}: ${formatBytes(bytes)}, ${formatCount(files)} files, ${about}; median of ${rounds} rounds (least–most)`,
  )
  const file = `${scenario.corpus}.zip`
  if (server !== undefined && server !== 'nginx') await hosts.sayServed(file)
  const url = server === undefined ? '' : `${hosts.at[server]}/${file}`
  const here = present(entrants)
  const measured = await weighed(
    here.map(entrant => enter(entrant, { url, sha256, path, folder: join(folder, name) })),
    rounds,
  )
  console.log(figures(measured, columnsFor(scenario, measured, treeBytes)))
  sayStray(measured, treeBytes)
  for (const verdict of verdicts(goals(treeBytes), measured)) console.log(verdict)
}

/** Room on disk is what the filesystem says of all its writers. */
function sayStray(measured: readonly Footprint[], treeBytes: number): void {
  const stray = Math.max(...measured.map(({ strayBytes }) => strayBytes))
  if (stray > treeBytes / 50)
    console.log(
      `  somebody else wrote or deleted ${formatBytes(stray)} meanwhile: disk/tree is off by as much`,
    )
}

function columnsFor(
  { entrants, ideal }: Scenario,
  measured: readonly Footprint[],
  treeBytes: number,
): readonly Column[] {
  const peers = entrants.filter(({ role }) => role === 'peer').map(({ name }) => name)
  const shortest = Math.max(...ideal.map(({ name }) => fastest(measured, [name])))
  const disk: Column = {
    title: 'disk/tree',
    width: 11,
    cell: ({ diskBytes }) => `${(diskBytes / treeBytes).toFixed(2)}x`,
  }
  return [
    ...timeColumns,
    memoryColumn('togetherBytes'),
    ...(entrants.some(({ leaves }) => leaves !== 'nothing') ? [disk] : []),
    ratioColumn('best peer', fastest(measured, peers)),
    ...(ideal.length > 0 ? [ratioColumn('ideal', shortest)] : []),
  ]
}
