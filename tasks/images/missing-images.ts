/** Tells which images an annotation names that are not in the playground, and why: what a training run would crash on. */

import { join } from 'node:path'
import { errorCode, filesBelow } from '../../lib/io/disk.ts'
import { keepListing } from '../../lib/io/listing.ts'
import { allowanceInWords, allowedOf, type ImagesParams } from '../../lib/model/annotation.ts'
import { fewRows } from '../../lib/model/few.ts'
import { missingFolder, stateFolder } from '../../lib/model/layout.ts'
import { PathTable } from '../../lib/model/path-table.ts'
import type { DiagnosticDraft } from '../../lib/model/problem.ts'
import type { Placed, TaskId } from '../../lib/model/task.ts'
import { formatCount, plural } from '../../lib/model/units.ts'
import { type Absence, inWords, ofMany } from './absence.ts'
import { type Lost, type Named, namedImages } from './named.ts'
import { nextFor } from './next.ts'
import { aboutPaths } from './paths.ts'
import { absencesOf } from './search.ts'

/** `path`: absolute, of what the annotation's task gives. */
export interface Looking extends Pick<Placed, 'root' | 'path' | 'signal' | 'standing'> {
  /** Also for what is named as an image and is none, by its first bytes. */
  readonly looksInside: boolean
  /** Whether one that is missing is only told, and not counted. */
  isExcused(absence: Absence): boolean
}

export interface Sought {
  /** Distinct ones, of each annotation. */
  readonly images: number
  readonly missing: number
  /** Whose results hold all the images; undefined where some are missing, or no record has them. */
  readonly holders: ReadonlySet<TaskId> | undefined
  /** More are missing than may be; else all that is told of them. */
  readonly errors: readonly DiagnosticDraft[]
  /** Also of what is there: paths that are none, or that training reads in another way. */
  readonly warnings: readonly DiagnosticDraft[]
}

/** Reads each annotation of the task once, and keeps the whole list of what is missing. */
export async function lookForImages(params: ImagesParams, looking: Looking): Promise<Sought> {
  const { root, path, signal, looksInside } = looking
  const built = (await looking.standing(params.sees)).flatMap(({ task, folder, manifest, isIntact }) =>
    manifest && isIntact ? [{ task, folder, manifest }] : [],
  )
  // One table, and one search for what lies elsewhere, however many files the annotation was split into.
  const table = new PathTable(built)
  const read: { readonly name: string; readonly named: Named }[] = []
  for (const { file, name } of filesOf(params, path))
    read.push({
      name,
      named: await namedImages({ root, file, name, images: params.images, table, looksInside, signal }),
    })
  const lost = read.flatMap(({ named }) => named.lost)
  const all = lost.length === 0 ? [] : absencesOf(lost, await looking.standing(), params.target, root)
  const errors: DiagnosticDraft[] = []
  const warnings: DiagnosticDraft[] = []
  let before = 0
  for (const { name, named } of read) {
    const absences = all.slice(before, before + named.lost.length)
    before += named.lost.length
    warnings.push(...aboutPaths(params, name, named))
    const list = keepList(params.target, name, root, named, absences)
    if (absences.length === 0) continue
    const counted = absences.filter(absence => !looking.isExcused(absence)).length
    const allowed = allowedOf(params.allowMissing, named.count)
    const told = counted > allowed ? errors : warnings
    told.push(describe(params, name, named, absences, { allowed, list }))
  }
  return { ...soughtIn(read, built), errors, warnings }
}

function soughtIn(
  read: readonly { readonly named: Named }[],
  built: readonly { readonly task: TaskId }[],
): Pick<Sought, 'images' | 'missing' | 'holders'> {
  const holders = new Set<TaskId>()
  let [images, missing, unrecorded] = [0, 0, 0]
  for (const { named } of read) {
    images += named.count
    missing += named.lost.length
    unrecorded += named.unrecorded
    for (const i of named.holders) holders.add(built[i]?.task ?? '')
  }
  // What is missing may come with any of the others; and what lies there unrecorded may go.
  return { images, missing, holders: missing + unrecorded === 0 ? holders : undefined }
}

/** `file`: absolute; `name`: below the target. */
function filesOf(
  { name, within }: ImagesParams,
  path: string,
): readonly { readonly file: string; readonly name: string }[] {
  if (within === undefined) return [{ file: path, name }]
  if (within !== '') return [{ file: join(path, within), name }]
  const names = [...filesBelow(path)].filter(below => /\.jsonl?$/.test(below)).toSorted()
  return names.map(below => ({ file: join(path, below), name: `${name}/${below}` }))
}

/** Below the root; undefined where it cannot be written, as in a playground that is only for reading. */
function keepList(
  target: string,
  fileName: string,
  root: string,
  { lost }: Named,
  absences: readonly Absence[],
): string | undefined {
  const folder = `${stateFolder}/${missingFolder}/${target}`
  const rows = lost.map(({ image, record }, i) => {
    const { why, ...evidence } = absences[i] as Absence
    return { image, record, why, ...evidence }
  })
  try {
    keepListing(join(root, folder), `${fileName}.ndjson`, rows)
    return `${folder}/${fileName}.ndjson`
  } catch (error) {
    if (['EROFS', 'EACCES', 'EPERM'].includes(errorCode(error) ?? '')) return undefined
    throw error
  }
}

function describe(
  params: ImagesParams,
  fileName: string,
  { count, lost, prefixes, textOnly }: Named,
  absences: readonly Absence[],
  { allowed, list }: { readonly allowed: number; readonly list: string | undefined },
): DiagnosticDraft {
  const { allowMissing, images, places } = params
  const folder = images === '' ? 'the root' : `${images}/`
  const place = places['allow_missing'] ?? places['images']
  const gaps = [...prefixes]
    .filter(([, { named, found }]) => found < named)
    .toSorted((a, b) => b[1].named - b[1].found - (a[1].named - a[1].found))
  const reasons = reasonsOf(absences)
  return {
    code: 'images-missing',
    ...(place && { place }),
    message: `${fileName} names ${plural(lost.length, 'image')} that ${lost.length === 1 ? 'is' : 'are'} ${absences.some(({ why }) => why === 'no-image') ? 'missing, empty or no image' : 'missing or empty'}, of ${formatCount(count)}.`,
    evidence: [
      { label: 'allowed', text: allowanceText(allowMissing, allowed) },
      ...fewRows('below', gaps, gapInWords, 10),
      ...fewRows('why', reasons, ({ why, count }) => `${formatCount(count)} ${why}`),
      ...fewRows('such as', examplesOf(reasons, lost.length), i => {
        const { image, record } = lost[i] as Lost
        return `${image} ${inWords(absences[i] as Absence)} (record ${formatCount(record)})`
      }),
      ...(list === undefined ? [] : [{ label: 'all', text: list }]),
    ],
    disk: `The annotation is in place; its images were looked for below ${folder} of the playground.${textOnly > 0 ? ` ${plural(textOnly, 'record')} without an image.` : ''}`,
    next: nextFor(
      params,
      lost.map(({ image }, i) => ({ image, absence: absences[i] as Absence })),
    ),
  }
}

interface Alike {
  /** In words for a count of many. */
  readonly why: string
  readonly count: number
  /** Of the first one. */
  readonly first: number
}

/** The most frequent first. */
function reasonsOf(absences: readonly Absence[]): readonly Alike[] {
  const reasons = new Map<string, Alike>()
  for (const [i, absence] of absences.entries()) {
    const why = ofMany(absence)
    const { count, first } = reasons.get(why) ?? { count: 0, first: i }
    reasons.set(why, { why, count: count + 1, first })
  }
  return [...reasons.values()].toSorted((a, b) => b.count - a.count)
}

const mostExamples = 5

/** One of each of the most frequent reasons, then whatever comes first; in their order. */
function examplesOf(reasons: readonly Alike[], count: number): readonly number[] {
  const chosen = new Set(reasons.slice(0, mostExamples).map(({ first }) => first))
  for (let i = 0; i < count && chosen.size < mostExamples; i += 1) chosen.add(i)
  return [...chosen].toSorted((a, b) => a - b)
}

const allowanceText = (allowMissing: ImagesParams['allowMissing'], allowed: number): string =>
  allowMissing?.form === 'share'
    ? `${formatCount(allowed)} (${allowanceInWords(allowMissing)})`
    : formatCount(allowed)

const gapInWords = ([prefix, { named, found }]: readonly [
  string,
  { named: number; found: number },
]): string => `${prefix || '.'}: ${formatCount(found)} of ${formatCount(named)} found`
