/** Tells which images an annotation names that are not in the playground, and why: what a training run would crash on. */

import { join } from 'node:path'
import { errorCode } from '../../lib/io/disk.ts'
import { keepListing } from '../../lib/io/listing.ts'
import { allowanceInWords, allowedOf, imagesFolder, type JsonParams } from '../../lib/model/annotation.ts'
import { fewRows } from '../../lib/model/few.ts'
import { stateFolder } from '../../lib/model/layout.ts'
import type { Diagnostic } from '../../lib/model/problem.ts'
import type { Placed } from '../../lib/model/task.ts'
import { formatCount, plural } from '../../lib/model/units.ts'
import { type Absence, inWords, ofMany } from './absence.ts'
import { type Named, namedImages } from './named.ts'
import { absencesOf } from './search.ts'

/** Nothing where the spec does not say what the images are relative to. Reads the file once. */
export async function findMissingImages(params: JsonParams, placed: Placed): Promise<readonly Diagnostic[]> {
  const { images, fileName } = params
  if (images === undefined) return []
  const { root, path, signal } = placed
  const standing = await placed.standing()
  const built = standing.flatMap(({ folder, manifest, isIntact }) =>
    manifest && isIntact ? [{ folder, manifest }] : [],
  )
  const named = await namedImages({ root, file: path, name: fileName, images, built, signal })
  const absences = absencesOf(named.lost, standing)
  const list = keepList(params, root, named, absences)
  return named.lost.length === 0 ? [] : [describe(params, named, absences, list)]
}

/** Below the root; undefined where it cannot be written, as in a playground that is only for reading. */
function keepList(
  { target, fileName }: JsonParams,
  root: string,
  { lost }: Named,
  absences: readonly Absence[],
): string | undefined {
  const folder = `${stateFolder}/missing/${target}`
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
  params: JsonParams,
  { count, lost, prefixes, textOnly }: Named,
  absences: readonly Absence[],
  list: string | undefined,
): Diagnostic {
  const allowed = allowedOf(params.allowMissing, count)
  const folder = params.images === '' ? 'the root' : imagesFolder('', `/${params.images}`)
  const gaps = [...prefixes]
    .filter(([, { named, found }]) => found < named)
    .toSorted((a, b) => b[1].named - b[1].found - (a[1].named - a[1].found))
  const reasons = new Map<string, number>()
  for (const absence of absences) reasons.set(ofMany(absence), (reasons.get(ofMany(absence)) ?? 0) + 1)
  return {
    severity: lost.length > allowed ? 'error' : 'warning',
    code: 'images-missing',
    subject: `${params.target}: json`,
    message: `${params.fileName} names ${plural(lost.length, 'image')} that ${lost.length === 1 ? 'is' : 'are'} missing or empty, of ${formatCount(count)}.`,
    evidence: [
      { label: 'allowed', text: allowanceText(params, allowed) },
      ...fewRows('below', gaps, gapInWords, 10),
      ...fewRows(
        'why',
        [...reasons].toSorted((a, b) => b[1] - a[1]),
        ([why, many]) => `${formatCount(many)} ${why}`,
      ),
      ...fewRows(
        'such as',
        lost
          .slice(0, 5)
          .map(
            ({ image, record }, i) =>
              `${image} ${inWords(absences[i] as Absence)} (record ${formatCount(record)})`,
          ),
        String,
      ),
      ...(list === undefined ? [] : [{ label: 'all', text: list }]),
    ],
    disk: `Looked for below ${folder} of the playground.${textOnly > 0 ? ` ${plural(textOnly, 'record')} without an image.` : ''}`,
    next: 'build the targets that these images belong to; if they are really lost, allow them with `allow_missing`.',
  }
}

const allowanceText = ({ allowMissing }: JsonParams, allowed: number): string =>
  allowMissing?.form === 'share'
    ? `${formatCount(allowed)} (${allowanceInWords(allowMissing)})`
    : formatCount(allowed)

const gapInWords = ([prefix, { named, found }]: readonly [
  string,
  { named: number; found: number },
]): string => `${prefix || '.'}: ${formatCount(found)} of ${formatCount(named)} found`
