/**
 * Makes another annotation of one that is placed, or one of several, in one pass over them; where records are drawn by lot, in two.
 * Memory does not grow with the files.
 */

import { basename, join } from 'node:path'
import type { Batch } from '../../lib/io/json/batch.ts'
import { type JsonSummary, recordsOf } from '../../lib/io/json-stream.ts'
import { Problem, withContext } from '../../lib/model/problem.ts'
import type { Input, Workbench } from '../../lib/model/task.ts'
import { DroppedList } from './dropped.ts'
import { filesFor } from './files.ts'
import { Lots } from './lots.ts'
import { droppedName, type TransformParams, takesOf } from './params.ts'
import { presenceIn } from './present.ts'
import { Changes } from './record.ts'
import { disk, tooLong, tooSmall, unchanged, wrongCount, wrongType } from './words.ts'

export async function transformAll(params: TransformParams, bench: Workbench): Promise<void> {
  const { sample, rewrite } = params
  const reading = new Reading(params, bench)
  const changes = new Changes(params)
  const missing = params.dropMissing ? missingOf(params, changes, bench) : undefined
  const chosen = sample === undefined ? undefined : await choose(params, sample, reading, missing)
  if (sample !== undefined && chosen && chosen.length < sample)
    bench.tell(tooSmall(params, sample, chosen.length))
  const list = missing && new DroppedList(params.split ? '_dropped.txt' : droppedName(params), bench)
  const files = filesFor(params, bench)
  let images = 0
  let next = 0
  for await (const { batch, before } of reading.batches()) {
    if (batch.passed) throw new Problem(tooLong(params, before + batch.first))
    for (let i = 0; i < batch.count; i += 1) {
      const number = before + batch.first + i
      const lost = missing?.(batch, i) ?? []
      if (lost.length > 0) list?.add(number, lost)
      if (lost.length > 0 || (chosen && chosen[next] !== number)) continue
      next += 1
      if (batch.imageTo[i] !== 0) images += 1
      const edits = changes.editsOf(batch, i)
      const first = params.split ? batch.images(i)[0] : undefined
      const output = files.of(first === undefined ? undefined : changes.pathOf(first))
      output.record(batch.bytes, batch.from[i] as number, batch.to[i] as number, edits)
    }
  }
  bench.remark('records', files.end())
  list?.end()
  if (list) bench.remark('dropped', list.count)
  for (const [i, rule] of rewrite.entries())
    if (images > 0 && changes.changed[i] === 0) bench.tell(unchanged(params, rule, i, images))
}

/** Of a record, its images that are not there. */
type MissingOf = (batch: Batch, i: number) => readonly string[]

const none: readonly string[] = []
const quote = 0x22

function missingOf({ originals, images }: TransformParams, changes: Changes, bench: Workbench): MissingOf {
  const own = new Set(originals.map(({ task }) => task))
  const given = bench.inputs.filter(({ artifact }) => !own.has(artifact.task))
  const presence = presenceIn(given, images ?? '')
  // Nearly all records have one image, and it is there: then its path need not become a string.
  const isThere = ({ bytes, passed, imageFrom, imageTo }: Batch, i: number): boolean => {
    const [from, to] = [imageFrom[i] as number, imageTo[i] as number]
    return !passed && from < to && bytes[from] === quote && presence.lists(bytes, from + 1, to - 1)
  }
  return (batch, i) =>
    changes.keepsPaths && isThere(batch, i)
      ? none
      : batch
          .images(i)
          .map(path => changes.pathOf(path))
          .filter(path => !presence.has(path))
}

/** Of all records that stay, as many as are asked for, or all. */
async function choose(
  { seed }: TransformParams,
  sample: number,
  reading: Reading,
  missing: MissingOf | undefined,
): Promise<Float64Array> {
  const lots = new Lots(sample, seed)
  for await (const { batch, before } of reading.batches())
    for (let i = 0; i < batch.count; i += 1)
      if (missing === undefined || missing(batch, i).length === 0) lots.add(before + batch.first + i)
  return lots.drawn()
}

/** The originals, one after the other, as often as they are read. */
class Reading {
  readonly #params: TransformParams
  readonly #bench: Workbench
  readonly #bytes: number
  #passes = 0

  constructor(params: TransformParams, bench: Workbench) {
    this.#params = params
    this.#bench = bench
    this.#bytes = params.originals.reduce(
      (sum, _, i) => sum + this.#input(i).manifest.size(this.#entry(i)),
      0,
    )
  }

  /** `before`: records of the originals before this one. Throws where one is no annotation, or they hold another number. */
  async *batches(): AsyncGenerator<{ readonly batch: Batch; readonly before: number }> {
    const { originals, records, sample } = this.#params
    const passes = sample === undefined ? 1 : 2
    const done = this.#passes * this.#bytes
    this.#passes += 1
    let [before, read] = [0, 0]
    for (const [i, { at }] of originals.entries()) {
      const onBytes = (bytes: number): void => {
        this.#bench.signal.throwIfAborted()
        this.#bench.progress(done + read + bytes, passes * this.#bytes, 'bytes')
      }
      const batches = recordsOf(this.#pathOf(i), { name: basename(at), onBytes })
      const summary = yield* numbered(batches, before)
      if (summary.form !== 'array' && summary.form !== 'lines') throw new Problem(wrongType(at, summary))
      before += summary.records
      read += summary.bytes
    }
    if (records && before !== records.count) throw new Problem(wrongCount(this.#params, records, before))
  }

  #input(i: number): Input {
    const at = takesOf(this.#params).indexOf(this.#params.originals[i]?.task ?? '')
    return this.#bench.inputs[at] as Input
  }

  /** Below the folder of the input, where that is a tree. */
  #nameOf(i: number): string {
    return this.#params.originals[i]?.at.slice(this.#input(i).artifact.at.length + 1) ?? ''
  }

  #entry(i: number): number {
    const { artifact, manifest } = this.#input(i)
    return artifact.form === 'file' ? 0 : manifest.find(this.#nameOf(i))
  }

  #pathOf(i: number): string {
    const { artifact, path } = this.#input(i)
    return artifact.form === 'file' ? path : join(path, this.#nameOf(i))
  }
}

async function* numbered(
  batches: AsyncGenerator<Batch, JsonSummary>,
  before: number,
): AsyncGenerator<{ readonly batch: Batch; readonly before: number }, JsonSummary> {
  try {
    for (;;) {
      const { done, value } = await batches.next()
      if (done) return value
      yield { batch: value, before }
    }
  } catch (error) {
    throw error instanceof Problem ? withContext(error, { disk }) : error
  } finally {
    await batches.return(undefined as never)
  }
}
