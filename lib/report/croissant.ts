/** A playground, or a part of it, as a dataset of Croissant 1.0 (JSON-LD), from its records alone. Reads no file. */

import type { JsonParams } from '../model/annotation.ts'
import { redact } from '../model/redact.ts'
import type { Spec, Target } from '../model/spec.ts'
import type { Task } from '../model/task.ts'
import { formatBytes, plural } from '../model/units.ts'
import { croissantContext, croissantVersion } from './croissant/context.ts'
import { creatorsOf, licensesOf } from './croissant/credits.ts'
import { addressesOf, Distribution, type Recorded } from './croissant/distribution.ts'
import { recordSetOf } from './croissant/records.ts'

export interface Described extends Recorded {
  readonly spec: Spec
  /** As it was asked for: `playground`; none for everything. */
  readonly names: readonly string[]
  /** What is described: fresh, in the order of the spec; at least one. */
  readonly targets: readonly string[]
}

/** Addresses of files in it are relative to the root. Two runs over the same records give the same text. */
export function croissantText(described: Described): string {
  return `${JSON.stringify(croissantOf(described), undefined, 2)}\n`
}

function croissantOf(described: Described): object {
  const { spec, targets } = described
  const wanted = new Set(targets)
  const placed = [...described.graph.tasks.values()].filter(
    ({ gives, target }) => gives?.lasting === true && wanted.has(target),
  )
  const distribution = new Distribution(described)
  const recordSets: object[] = []
  for (const task of placed) {
    if (task.gives?.form === 'tree') distribution.tree(task)
    else recordSets.push(...recordsOf(task, distribution.file(task), described))
  }
  const asked = targets.flatMap(name => spec.targets[name] ?? [])
  const pages = pagesOf(asked, placed, described)
  return {
    '@context': croissantContext,
    '@type': 'sc:Dataset',
    name: nameOf(described, asked),
    description: descriptionOf(described, asked, placed),
    conformsTo: croissantVersion,
    license: one(licensesOf(asked)),
    url: pages[0],
    creator: one(creatorsOf(pages)),
    datePublished: newest(placed, described),
    distribution: distribution.resources,
    ...(recordSets.length > 0 && { recordSet: recordSets }),
  }
}

/** Of an annotation alone: what other files hold, nobody said. */
function recordsOf(
  { id, kind, params, gives }: Task,
  file: string,
  { receiptOf }: Recorded,
): readonly object[] {
  if (kind.name !== 'json') return []
  const records = receiptOf(id)?.remarks['records']
  return [
    recordSetOf({
      file,
      name: gives?.at ?? '',
      images: (params as JsonParams).images,
      records: typeof records === 'number' ? records : undefined,
    }),
  ]
}

function nameOf({ names, spec }: Described, asked: readonly Target[]): string {
  const title = asked.length === 1 && names.length === 1 ? asked[0]?.title : undefined
  const file = spec.file.slice(spec.file.lastIndexOf('/') + 1).replace(/\.ya?ml$/, '')
  return title ?? (names.length > 0 ? names.join(', ') : file)
}

function descriptionOf(
  { targets, receiptOf }: Described,
  asked: readonly Target[],
  placed: readonly Task[],
): string {
  const receipts = placed.flatMap(({ id }) => receiptOf(id) ?? [])
  const sum = (of: 'files' | 'bytes'): number => receipts.reduce((total, receipt) => total + receipt[of], 0)
  const titles = asked.map(({ title }, i) => redact(title ?? targets[i] ?? ''))
  return `${titles.join('; ')}. ${plural(sum('files'), 'file')}, ${formatBytes(sum('bytes'))}, assembled by Groundwork.`
}

/** About the data: homepages first, then where the bytes come from. */
function pagesOf(
  asked: readonly Target[],
  placed: readonly Task[],
  { graph, root }: Recorded,
): readonly string[] {
  const homepages = asked.flatMap(({ homepage }) => (homepage === undefined ? [] : [redact(homepage)]))
  if (homepages.length > 0) return homepages
  const makers = placed.flatMap(({ outline }) => outline.takes.flatMap(id => graph.tasks.get(id) ?? []))
  const fetched = makers.flatMap(maker => [
    maker,
    ...maker.outline.takes.flatMap(id => graph.tasks.get(id) ?? []),
  ])
  return fetched.flatMap(task => addressesOf(task, root)).filter(address => URL.canParse(address))
}

/** The day on which the last of it was finished. */
const newest = (placed: readonly Task[], { receiptOf }: Recorded): string | undefined =>
  placed
    .flatMap(({ id }) => receiptOf(id)?.finished.slice(0, 10) ?? [])
    .toSorted()
    .at(-1)

const one = <T>(values: readonly T[]): T | readonly T[] | undefined =>
  values.length > 1 ? values : values[0]
