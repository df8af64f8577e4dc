/** The task kind `urls`: one file per address of a list. The work is in urls/run.ts. */

import type { Patience } from '../lib/io/http.ts'
import { formatOfName } from '../lib/io/list/formats.ts'
import { onDemand } from '../lib/io/on-demand.ts'
import { allowanceInWords } from '../lib/model/annotation.ts'
import type { Ingredient } from '../lib/model/fingerprint.ts'
import type { UrlsParams } from '../lib/model/params.ts'
import { Problem } from '../lib/model/problem.ts'
import type { Outline, TaskKind } from '../lib/model/task.ts'

// Loaded when there is work, as their libraries are.
const running = onDemand(() => import('./urls/run.ts'))

/** With another clock (milliseconds since 1970) or patience than the usual, for tests. */
export interface UrlsOptions {
  readonly now?: () => number
  readonly patience?: Patience
}

export const urls = urlsKind()

export function urlsKind(options: UrlsOptions = {}): TaskKind<UrlsParams> {
  return {
    name: 'urls',
    version: 1,
    lane: 'network',
    staging: 'shelf-and-place',
    demands: ['allow_missing'],
    outline,
    failures: async shelf => (await import('./urls/failures.ts')).failuresOn(shelf),
    run: async (params, bench) => (await running()).run(params, bench, options),
  }
}

function outline(params: UrlsParams): Outline {
  const { target, at, lasting, from, listName, format, fill, files, places } = params
  const written = { format, key: params.key, address: params.address, name: params.name }
  const place = places['format']
  if (format === undefined && formatOfName(listName) === undefined)
    throw new Problem({
      code: 'bad-value',
      ...(place && { place }),
      message: `The name ${listName} does not tell the format of the list.`,
      next: 'write `format: json`, jsonl, csv or text beside `from:`.',
    })
  return {
    name: target,
    fingerprint: [
      ...Object.entries(written).map(([name, value]) => ingredient(name, value ?? null, params)),
      ingredient('allow_missing', allowanceInWords(params.allowMissing), params),
      ...(fill ? [ingredient('fill', fill.identity, params), ...unpackIngredients(fill.unpack)] : []),
    ],
    takes: [from],
    ...(fill && { mayTake: [fill.from] }),
    gives: { form: 'tree', at, lasting },
    forecast: { files, download: { host: `addresses in ${listName}`, bytes: undefined } },
  }
}

function ingredient(name: string, value: Ingredient['value'], { places }: UrlsParams): Ingredient {
  const place = places[name]
  return { name, value, ...(place && { place }) }
}

/** Which part of the archive is taken, where the parameters of its kind say so. */
function unpackIngredients(unpack: unknown): readonly Ingredient[] {
  const { root, into, inner } = unpack as Readonly<Record<'root' | 'into' | 'inner', unknown>>
  return [
    { name: 'fill.root', value: JSON.stringify(root ?? null) },
    { name: 'fill.into', value: JSON.stringify(into ?? null) },
    ...(inner === undefined ? [] : [{ name: 'fill.inner', value: JSON.stringify(inner) }]),
  ]
}
