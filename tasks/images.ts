/**
 * The kind that looks for the images which an annotation names, once all that can hold them is there: how many are missing, and
 * why. Makes nothing. See images/missing-images.ts.
 */

import { allowanceInWords, type ImagesParams } from '../lib/model/annotation.ts'
import { Problem } from '../lib/model/problem.ts'
import { imagesMark, missingMark } from '../lib/model/receipt.ts'
import type { TaskKind } from '../lib/model/task.ts'

export const images: TaskKind<ImagesParams> = {
  name: 'images',
  version: 1,
  lane: 'core',

  outline: ({ target, name, from, images: folder, allowMissing, sees, places }) => ({
    name: `${target}/${name}`,
    fingerprint: [
      { name: 'images', value: `/${folder}`, ...placed(places['images']) },
      ...(allowMissing === undefined
        ? []
        : [
            {
              name: 'allow_missing',
              value: allowanceInWords(allowMissing),
              ...placed(places['allow_missing']),
            },
          ]),
    ],
    takes: [from],
    sees,
    forecast: {},
  }),

  async run(params, bench) {
    const [input] = bench.inputs
    if (input === undefined) throw new Error(`${params.name} was to be read before it was made`)
    const { lookForImages } = await import('./images/missing-images.ts')
    const { images, missing, holders, errors, warnings } = await lookForImages(params, {
      root: bench.final,
      path: input.path,
      signal: bench.signal,
      standing: only => bench.standing(only),
      looksInside: false,
      // Nobody can expect images of what is not built, or that no target of the spec can give: those are told, no more.
      isExcused: ({ why }) => why === 'not-built' || params.sees.length === 0,
    })
    for (const draft of warnings) bench.tell({ severity: 'warning', ...draft })
    const [first, ...others] = errors
    if (first) throw new Problem(first, ...others)
    bench.remark(imagesMark, images)
    bench.remark(missingMark, missing)
    if (holders) bench.saw(holders)
  },

  audit: async (params, placed) => {
    const { root, signal, inputs } = placed
    const [input] = inputs
    if (input === undefined) return []
    const { lookForImages } = await import('./images/missing-images.ts')
    const { errors, warnings } = await lookForImages(params, {
      root,
      path: input.path,
      signal,
      standing: only => placed.standing(only),
      looksInside: true,
      isExcused: () => false,
    })
    const subject = `${params.target}: images`
    return [
      ...errors.map(draft => ({ subject, severity: 'error' as const, ...draft })),
      ...warnings.map(draft => ({ subject, severity: 'warning' as const, ...draft })),
    ]
  },
}

const placed = (place: ImagesParams['places'][string]) => place && { place }
