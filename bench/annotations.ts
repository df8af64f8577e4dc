/**
 * How fast annotations of a gigabyte and more are read, held against the images of a playground and transformed, against jq,
 * Python, stream-json and JSON.parse. `BENCH_BYTES` and `BENCH_FILES` make it smaller.
 */

import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { formatBytes, formatCount, formatSeconds } from '../lib/model/units.ts'
import { type Annotation, openssl, type Reader } from './annotations/contestants.ts'
import { usual, writeMix } from './annotations/mix.ts'
import { evenGoals, inScenario, type Scenario, scenarios } from './annotations/scenarios.ts'
import { type Shelf, shelvesOf, writeManifests } from './annotations/shelves.ts'
import { ending } from './ending.ts'
import { type Column, fastest, figures, memoryColumn, ratioColumn, timeColumns } from './figures.ts'
import { verdicts } from './goals.ts'
import { readThrough, warmMemory } from './machine.ts'
import { numberFrom, playAll, rounds } from './playing.ts'
import { present } from './programs.ts'
import { type Footprint, type Fresh, weighed } from './rounds.ts'

const amounts = {
  bytes: numberFrom('BENCH_BYTES', usual.bytes),
  files: numberFrom('BENCH_FILES', 1_200_000),
}

interface Stage {
  readonly folder: string
  readonly shelves: readonly Shelf[]
  readonly manifests: string
  /** Of the scenarios so far: times as long as openssl (without it: seconds a byte), under the name of contestant and scenario. */
  readonly rates: Footprint[]
}

export const annotating = (): Promise<void> =>
  playAll<Scenario, Stage>({
    name: 'annotations',
    scenarios,
    needs: ['bash'],
    writes: false,
    knobs: 'BENCH_BYTES, BENCH_FILES',
    published: chosen => ({
      bytes: chosen.reduce((sum, scenario) => sum + bytesOf(scenario), 0) + amounts.files * 200,
      files: 100,
    }),
    // A transform deletes what it made as soon as it is measured.
    left: scenario => ({ bytes: bytesOf(scenario), files: 100 }),
    async withStage(folder, use) {
      // Only now: later it would drive out the annotations, which are read warm.
      await warmMemory(folder)
      const shelves = shelvesOf(amounts.files)
      const manifests = join(folder, 'manifests')
      writeManifests(manifests, shelves)
      await use({ folder, shelves, manifests, rates: [] })
    },
    play,
  })

const bytesOf = ({ scale }: Scenario): number => Math.round(amounts.bytes * scale)

async function play(scenario: Scenario, stage: Stage): Promise<void> {
  const { name, style, entrants, goals } = scenario
  const annotation = await make(scenario, stage)
  console.log(
    `annotations ${name}: ${formatBytes(annotation.bytes)}, ${formatCount(annotation.records)} records, ${style}, ` +
      `${formatCount(amounts.files)} files in manifests; median of ${rounds} rounds (least–most)`,
  )
  const here = present(fitting(entrants, annotation.bytes))
  const measured = await weighed(
    here.map(entrant => begin(entrant, annotation, join(stage.folder, name))),
    rounds,
  )
  const peers = here.filter(({ role }) => role === 'peer').map(entrant => entrant.name)
  const columns = [
    ...timeColumns,
    rateColumn(annotation.bytes),
    memoryColumn('togetherBytes'),
    ratioColumn('best peer', fastest(measured, peers)),
    ratioColumn('openssl', fastest(measured, [openssl.name])),
  ]
  console.log(figures(measured, columns))
  for (const verdict of verdicts(goals, measured)) console.log(verdict)
  // The machine, too, is quicker with one file than with another: only ratios are compared.
  const scale = fastest(measured, [openssl.name])
  const unit = Number.isFinite(scale) ? scale : annotation.bytes
  stage.rates.push(...measured.map(footprint => per(unit, footprint, name)))
  for (const verdict of verdicts(evenGoals(scenario), stage.rates)) console.log(verdict)
}

async function make(scenario: Scenario, { folder, shelves, manifests }: Stage): Promise<Annotation> {
  const path = join(folder, `${scenario.name}.json`)
  const wanted = bytesOf(scenario)
  const records = Math.max(1, Math.round((usual.records * wanted) / usual.bytes))
  const startMs = performance.now()
  const content = await writeMix(path, { records, bytes: wanted, style: scenario.style }, shelves)
  const { size } = statSync(path)
  console.log(`  ${formatBytes(size)} written in ${formatSeconds((performance.now() - startMs) / 1000)}`)
  return { ...content, path, bytes: size, manifests }
}

/** Says who is left out. */
function fitting(entrants: readonly Reader[], bytes: number): readonly Reader[] {
  return entrants.filter(({ name, mostBytes = Number.POSITIVE_INFINITY }) => {
    const fits = bytes <= mostBytes
    if (!fits) console.log(`  ${name}: skipped, the file does not fit into ${formatBytes(mostBytes)}`)
    return fits
  })
}

/** In a folder of its own, for its messages and what it makes; what the one before left to the disk is written first. */
function begin({ name, command }: Reader, annotation: Annotation, folder: string): Fresh {
  const own = join(folder, name.replace(/\W+/g, '-'))
  return {
    name,
    command: command(annotation),
    async prepare() {
      mkdirSync(own, { recursive: true })
      await execa('sync', ['-f', own], { cancelSignal: ending })
      await readThrough(annotation.path)
      return own
    },
  }
}

const rateColumn = (bytes: number): Column => ({
  title: 'MB/s',
  width: 9,
  cell: ({ median }) => (bytes / 1e6 / median).toFixed(0),
})

const per = (unit: number, footprint: Footprint, scenario: string): Footprint => ({
  ...footprint,
  name: inScenario(footprint.name, scenario),
  median: footprint.median / unit,
})
