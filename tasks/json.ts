/** Checks an annotation file and places it as it is. Knows nothing of the images that it names: tasks/images.ts looks for those. */

import { join } from 'node:path'
import { copy, linkOrCopy } from '../lib/io/disk.ts'
import type { JsonReading, JsonSummary } from '../lib/io/json-stream.ts'
import { imagesFolder, type JsonParams, readAllowance } from '../lib/model/annotation.ts'
import { integer, notation, object, optional, text, type ValueOf } from '../lib/model/grammar.ts'
import { BegunAnew } from '../lib/model/growing-file.ts'
import { type Place, Problem, withContext } from '../lib/model/problem.ts'
import type { Input, TaskKind, Workbench } from '../lib/model/task.ts'
import { formatCount, plural } from '../lib/model/units.ts'
import { askedItself, resultAt, transformFields, transformParams } from './transform/params.ts'

const grammar = object(
  {
    records: optional(
      integer({
        minimum: 0,
        about: 'How many records the file holds; the build fails when it holds another number.',
      }),
    ),
    images: optional(
      text({
        about:
          'The folder that `image` values are relative to: below the target, or from the root with a leading slash.',
        examples: ['images', '/'],
        check: path => (path.split('/').includes('..') ? 'leads out of the playground' : undefined),
      }),
    ),
    allow_missing: optional(
      notation({
        about:
          'How many of the images may be missing: a number, or a share of them. With more, the build fails when all else is there, and so does `verify`.',
        examples: ['0', '1%'],
        expected: 'a number of files such as 12, or a share such as 0.5%',
        pattern: String.raw`^(\d+|\d+(\.\d+)?\s*%)$`,
        number: true,
        read: readAllowance,
      }),
    ),
    ...transformFields,
  },
  {
    about:
      'An annotation: a JSON array of records, an object of them, or one a line. What is made of it lies beside it.',
    orNothing: true,
    beside: { seed: ['sample'] },
    needs: { drop_missing: { one: ['images'], for: 'where the images lie' } },
  },
)

const disk = 'Nothing was placed.'

export const json: TaskKind<JsonParams> = {
  name: 'json',
  version: 1,
  lane: 'core',
  takesGrowing: 'again',
  consumes: true,
  source: {
    key: 'json',
    grammar,
    endings: ['.json'],
    params: request => {
      const { target, fileName, from, size } = request
      const written = (request.written ?? {}) as ValueOf<typeof grammar>
      const { records, images, allow_missing } = written
      const asked = askedItself(target, written)
      const isPlain = images !== undefined && resultAt(request) === undefined
      const folder = isPlain ? imagesFolder(target, images) : asked
      return {
        target,
        fileName,
        from,
        bytes: size,
        ...(records !== undefined && { records: { count: records, place: request.placeOf('records') } }),
        // Images are looked for by what is made of it, where there is such a thing.
        ...(folder !== undefined && { images: folder }),
        ...(asked !== undefined && { mayMiss: true }),
        ...(written.cast_id !== undefined && { castsIds: true }),
        ...(allow_missing !== undefined && { allowMissing: allow_missing }),
        ...(folder !== undefined && { places: placesOf(written, key => request.placeOf(key)) }),
      }
    },
    derives: { kind: 'transform', at: resultAt, params: transformParams },
  },

  // Not pinned by the source's digest: a pinned result counts as right without another look, and `records` asks for one.
  outline: ({ target, fileName, from, bytes, records, images, sample }) => ({
    name: `${target}/${fileName}`,
    ...(images !== undefined && { refersBelow: images }),
    fingerprint: [
      ...(records ? [{ name: 'records', value: records.count, place: records.place }] : []),
      ...(sample === undefined ? [] : [{ name: 'sample', value: sample }]),
    ],
    takes: [from],
    gives: { form: 'file', at: `${target}/${fileName}`, lasting: true },
    ...(sample !== undefined && { isExcerpt: true }),
    forecast: { bytes: sample === undefined ? bytes : sampleBytes(sample, bytes, records), files: 1 },
  }),

  reworks: changes => changes.every(({ ingredient }) => ingredient !== 'sample'),
  sampled: (params, sample) => ({ ...params, sample }),
  demands: ['records'],
  refers: ({ fileName, images, allowMissing, mayMiss, places = {} }) =>
    images === undefined || mayMiss ? undefined : { name: fileName, images, allowMissing, places },

  async run(params, bench) {
    const input = bench.inputs[0] as Input
    // What the spec names later need not wait for a file that comes slowly, where the two do not meet.
    bench.foretell({ count: 1, path: () => params.fileName })
    if (params.sample !== undefined) return draw(params, params.sample, input, bench)
    const { check } = await import('./json/check.ts')
    const { sourceOf } = await import('./json/on-its-way.ts')
    // Another count is wanted of the file that lies there: no need to fetch it again.
    const source = liesThere(input, bench) ? bench.final : sourceOf(input, bench.signal)
    const reading = readingOf(params, input, bench)
    const { summary, told } = await right(params, input, () =>
      check(source, reading, params.castsIds === true),
    )
    const whole = await wholeOf(input, summary, bench)
    bench.remark('records', summary.records)
    for (const diagnostic of told) bench.tell(diagnostic)
    if (liesThere(whole, bench)) return bench.keep(params.fileName)
    const put = whole.sole ? linkOrCopy : copy
    put(whole.path, join(bench.staging, params.fileName))
    bench.record(params.fileName, whole.manifest.size(0), whole.manifest.sha256(0))
  },
}

const placesOf = (written: object, placeOf: (key: string) => Place): Record<string, Place> =>
  Object.fromEntries(Object.keys(written).map(key => [key, placeOf(key)]))

/** About, where the spec tells how many there are: records of one file are alike. */
const sampleBytes = (sample: number, bytes: number | undefined, records: JsonParams['records']) =>
  bytes && records?.count ? Math.round(bytes * Math.min(1, sample / records.count)) : undefined

/** Some of the records, in a file of the same name. */
async function draw(params: JsonParams, sample: number, input: Input, bench: Workbench): Promise<void> {
  const { strataOf, writeSample } = await import('./json/sample.ts')
  const { sourceOf } = await import('./json/on-its-way.ts')
  const given = input.absent ? bench.want(params.from) : input
  const reading = (pass: number): JsonReading => readingOf(params, given, bench, { pass, of: 2 })
  const strata = await right(params, given, () => strataOf(sourceOf(given, bench.signal), reading(0)))
  const { path } = await wholeOf(given, strata.summary, bench)
  const name = params.fileName
  bench.remark('records', await writeSample({ path, reading: reading(1), name }, strata, sample, bench))
}

/** What lies at the final place is what it takes. */
const liesThere = ({ growing, manifest }: Input, { previous }: Workbench): boolean =>
  growing === undefined && previous?.manifest.sha256(0) === manifest.sha256(0)

/** What was read, once it is proven. */
async function wholeOf(input: Input, { bytes }: JsonSummary, bench: Workbench): Promise<Input> {
  const whole = await bench.whole(input)
  if (input.growing && whole.manifest.bytes !== bytes) throw new BegunAnew(`${input.path} went on`)
  return whole
}

/** The file is read `of` times. */
const readingOf = (
  { fileName }: JsonParams,
  { growing, manifest }: Input,
  bench: Workbench,
  { pass, of } = { pass: 0, of: 1 },
): JsonReading & { readonly name: string } => ({
  name: fileName,
  onBytes(read) {
    bench.signal.throwIfAborted()
    const bytes = growing ? growing.bytes : manifest.bytes
    if (bytes === undefined) bench.progress(read, undefined, 'bytes')
    else bench.progress(pass * bytes + read, of * bytes, 'bytes')
  },
})

/** Reads it, and refuses what the spec did not ask for. */
async function right<T extends { readonly summary: JsonSummary }>(
  params: JsonParams,
  input: Input,
  read: () => Promise<T>,
): Promise<T> {
  const { blamed } = await import('./json/on-its-way.ts')
  try {
    return await blamed(input, async () => {
      const found = await read()
      const { oneArray } = await import('../lib/io/json/words.ts')
      if (found.summary.isOneArray) throw oneArray(params.fileName)
      refuseOtherType(params, found.summary)
      refuseOtherCount(params, found.summary)
      return found
    })
  } catch (error) {
    throw error instanceof Problem ? withContext(error, { disk }) : error
  }
}

function refuseOtherType({ fileName }: JsonParams, { type }: JsonSummary): void {
  if (type === 'array' || type === 'object') return
  throw new Problem({
    code: 'not-an-array',
    message: `${fileName} is JSON, but has no records.`,
    evidence: [
      { label: 'wanted', text: 'an array of records, an object of them, or one a line' },
      { label: 'found', text: type === 'null' ? type : `a ${type}` },
    ],
    disk,
    next: `if that is how it should be, place it unchecked: write \`file: ${fileName}\` instead of \`json:\`.`,
  })
}

function refuseOtherCount({ fileName, records: wanted }: JsonParams, { records }: JsonSummary): void {
  if (wanted === undefined || wanted.count === records) return
  throw new Problem({
    code: 'wrong-record-count',
    message: `${fileName} holds ${plural(records, 'record')}, not the ${formatCount(wanted.count)} that the spec says.`,
    place: wanted.place,
    evidence: [
      { label: 'wanted', text: plural(wanted.count, 'record'), from: wanted.place },
      { label: 'found', text: plural(records, 'record') },
    ],
    disk,
    next: `if it is the file that you want, write \`records: ${records}\`; if not, name another revision of it.`,
  })
}
