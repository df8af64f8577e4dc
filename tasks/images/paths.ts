/**
 * Tells of an annotation what training stumbles over though no image is missing: what stands under `image` and is no path, and
 * paths that it reads in another way. Pure.
 */

import type { ImagesParams } from '../../lib/model/annotation.ts'
import { fewRows } from '../../lib/model/few.ts'
import type { DiagnosticDraft } from '../../lib/model/problem.ts'
import { formatCount, plural } from '../../lib/model/units.ts'
import type { Named, Odd, Rooted } from './named.ts'

/** Warnings. */
export function aboutPaths(
  params: Pick<ImagesParams, 'images' | 'places'>,
  fileName: string,
  named: Named,
): readonly DiagnosticDraft[] {
  const place = params.places['images']
  return [
    ...(named.odd.length > 0 ? [odd(fileName, named)] : []),
    ...(named.rooted ? [rooted(fileName, named.rooted, params.images)] : []),
  ].map(draft => ({ ...draft, ...(place && { place }) }))
}

function odd(fileName: string, { odd, records, textOnly }: Named): DiagnosticDraft {
  const count = odd.reduce((sum, each) => sum + each.count, 0)
  const withPaths = records - count - textOnly
  return {
    code: 'odd-images',
    message: `${plural(count, 'record')} of ${fileName} ${count === 1 ? 'has' : 'have'} something under \`image\` that is no path, of ${formatCount(records)}.`,
    evidence: [
      ...fewRows('found', odd, oddInWords),
      {
        label: 'others',
        text: `${formatCount(withPaths)} with paths alone, ${formatCount(textOnly)} without \`image\``,
      },
    ],
    disk: 'The annotation is in place as it is. Paths that stand in a list beside such things were looked for.',
    next: 'take the key out of these records in a copy, and name that: training that asks only whether a record has `image` crashes on them.',
  }
}

const oddInWords = ({ what, count, record }: Odd): string =>
  count === 1
    ? `${what}, in record ${formatCount(record)}`
    : `${what}, in ${plural(count, 'record')}, the first is ${formatCount(record)}`

function rooted(fileName: string, { count, image, record }: Rooted, images: string): DiagnosticDraft {
  return {
    code: 'rooted-images',
    message: `${plural(count, 'image path')} of ${fileName} ${count === 1 ? 'begins' : 'begin'} with a slash.`,
    evidence: [{ label: 'such as', text: `${image} (record ${formatCount(record)})` }],
    disk: `Such a path was looked for below ${images === '' ? 'the root' : `${images}/`} of the playground as if there were no slash; what joins paths as Python does (os.path.join, pathlib) leaves the image folder, and looks at the root of the disk.`,
    next: `\`${withoutSlash}\` makes an annotation without the slash; nothing, where training puts folder and path behind one another as texts.`,
  }
}

const withoutSlash = "rewrite: [{ match: '^/+', to: '' }]"
