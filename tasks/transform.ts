/**
 * The kind that makes another annotation of one that is placed, or one of several: what it depends on, and what it gives. The
 * originals stay as they are. See transform/run.ts.
 */

import type { Fingerprint } from '../lib/model/fingerprint.ts'
import type { TaskKind } from '../lib/model/task.ts'
import { droppedName, type TransformParams, takesOf } from './transform/params.ts'

export const transform: TaskKind<TransformParams> = {
  name: 'transform',
  version: 1,
  lane: 'core',

  outline: params => {
    const { target, as, bytes, images, split, sample, dropMissing } = params
    const at = `${target}/${as}`
    const list = `${target}/${droppedName(params)}`
    return {
      name: `${target}/${as}`,
      // A split tree is no file that could be asked what it refers to; what depends on the images cannot choose them.
      ...(images !== undefined && !split && !dropMissing && { refersBelow: images }),
      fingerprint: ingredientsOf(params),
      takes: takesOf(params),
      gives: split
        ? { form: 'tree', at, lasting: true }
        : dropMissing
          ? { form: 'tree', at: target, lasting: true, holds: [at, list] }
          : { form: 'file', at, lasting: true },
      forecast: {
        bytes: sample === undefined ? bytes : undefined,
        files: split ? undefined : dropMissing ? 2 : 1,
      },
    }
  },

  refers: ({ as, images, allowMissing, split, dropMissing, places }) =>
    images === undefined
      ? undefined
      : {
          name: as,
          ...(split ? { within: '' } : dropMissing && { within: as }),
          images,
          allowMissing,
          places,
        },
  run: async (params, bench) => (await import('./transform/run.ts')).transformAll(params, bench),
}

/** One for each key, so that a change of it has a name. */
function ingredientsOf(params: TransformParams): Fingerprint {
  const { originals, isMerge, rewrite, prefix, castId, sample, seed, split, format, places } = params
  const { images, dropMissing } = params
  const named = (name: string, value: string | number | boolean, key = name) => {
    const place = places[key]
    return { name, value, ...(place && { place }) }
  }
  return [
    ...originals.flatMap(({ at, place }, i) => (isMerge ? [{ name: `merge[${i}]`, value: at, place }] : [])),
    ...rewrite.flatMap(({ match, to }, i) => [
      named(`rewrite[${i}].match`, match),
      named(`rewrite[${i}].to`, to),
    ]),
    ...(prefix === '' ? [] : [named('prefix', prefix)]),
    ...(castId ? [named('cast_id', 'string')] : []),
    ...(dropMissing ? [named('drop_missing', true), named('images', images ?? '')] : []),
    ...(sample === undefined ? [] : [named('sample', sample), named('seed', seed)]),
    ...(split ? [named('split', split)] : []),
    named('format', format),
  ]
}
