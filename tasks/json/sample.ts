/**
 * `--sample`: some records of an annotation instead of all. Drawn by lot, of each folder of images its share, so that a small
 * playground has something of every dataset. Knows no spec.
 */

import { join } from 'node:path'
import { type JsonReading, type JsonSource, type JsonSummary, recordsOf } from '../../lib/io/json-stream.ts'
import { prefixOf } from '../../lib/model/annotation.ts'
import type { Workbench } from '../../lib/model/task.ts'
import { Lots } from '../transform/lots.ts'
import { Output } from '../transform/output.ts'

const heldBytes = 1 << 20
/** Never another one: who asks twice for as many records gets the same. */
const seed = 0

/** The stratum of a record that is too long to be held: nobody draws it. */
const tooLong = 0xffffffff

/** What each record of an annotation belongs to. */
interface Strata {
  /** Of record `i + 1`. */
  readonly of: Uint32Array
  readonly counts: readonly number[]
  readonly summary: JsonSummary
}

/** Reads all of the annotation first. Throws `invalid-json`. */
export async function strataOf(source: JsonSource, reading: JsonReading): Promise<Strata> {
  const numbers = new Map<string, number>()
  const counts: number[] = []
  let of = new Uint32Array(1 << 16)
  const batches = recordsOf(source, reading)
  for (;;) {
    const { done, value: batch } = await batches.next()
    if (done) return { of: of.subarray(0, batch.records), counts, summary: batch }
    for (let i = 0; i < batch.count; i += 1) {
      const at = batch.first + i - 1
      if (at >= of.length) of = grown(of)
      of[at] = tooLong
      if (batch.passed) continue
      const [image] = batch.images(i)
      // Without images they are one of the datasets, too.
      const prefix = image === undefined ? '' : `/${prefixOf(image)}`
      const stratum = numbers.get(prefix) ?? numbers.size
      numbers.set(prefix, stratum)
      counts[stratum] = (counts[stratum] ?? 0) + 1
      of[at] = stratum
    }
  }
}

function grown(of: Uint32Array): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(2 * of.length)
  larger.set(of)
  return larger
}

/** How many of each, `wanted` together or all there are: its share, by the largest remainders, and one where that can be. */
export function sharesOf(counts: readonly number[], wanted: number): readonly number[] {
  if (wanted >= sum(counts)) return counts
  // Those whose share is less than one have one, and what is left is shared by the others.
  const shares = counts.map(() => 1)
  let open = counts.map((_, i) => i)
  let share = shareOf(open)
  while (wanted >= counts.length && open.some(i => of(i) * share < 1)) {
    open = open.filter(i => of(i) * share >= 1)
    share = shareOf(open)
  }
  for (const i of open) shares[i] = Math.floor(of(i) * share)
  const remainder = (i: number): number => (of(i) * share) % 1
  open.sort((a, b) => remainder(b) - remainder(a) || a - b)
  for (const i of open.slice(0, wanted - sum(shares))) shares[i] = (shares[i] as number) + 1
  return shares

  function of(i: number): number {
    return counts[i] as number
  }
  /** Of one record. */
  function shareOf(among: readonly number[]): number {
    return (wanted - counts.length + among.length) / sum(among.map(of))
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)

/** The numbers of the records that are drawn, in their order. */
export function drawnOf({ of, counts }: Pick<Strata, 'of' | 'counts'>, wanted: number): Float64Array {
  const lots = sharesOf(counts, wanted).map(share => new Lots(share, seed))
  for (let i = 0; i < of.length; i += 1) lots[of[i] as number]?.add(i + 1)
  return Float64Array.from(lots.flatMap(drawing => [...drawing.drawn()])).sort()
}

/** Writes those records into `bench.staging`, each as it was published. Returns how many. */
export async function writeSample(
  { path, reading, name }: { readonly path: string; readonly reading: JsonReading; readonly name: string },
  { of, counts, summary }: Strata,
  wanted: number,
  bench: Pick<Workbench, 'staging' | 'wrote' | 'record'>,
): Promise<number> {
  const numbers = drawnOf({ of, counts }, wanted)
  const format = summary.form === 'lines' ? 'jsonl' : summary.form === 'object' ? 'members' : 'json'
  const output = new Output(join(bench.staging, name), format, heldBytes, bench.wrote)
  let next = 0
  for await (const batch of recordsOf(path, reading)) {
    for (let i = 0; i < batch.count; i += 1) {
      if (numbers[next] !== batch.first + i) continue
      next += 1
      output.record(batch.bytes, batch.keyFrom[i] as number, batch.to[i] as number, [])
    }
  }
  const { bytes, sha256, records } = output.end()
  bench.record(name, bytes, sha256)
  return records
}
