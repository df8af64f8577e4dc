/** Which images an annotation names that are not in the playground: what a training run would crash on. */

import { join } from 'node:path'
import { look } from '../../lib/io/disk.ts'
import { allowedOf, imagesFolder, type JsonParams } from '../../lib/model/annotation.ts'
import { fewRows } from '../../lib/model/few.ts'
import type { Diagnostic } from '../../lib/model/problem.ts'
import type { Placed } from '../../lib/model/task.ts'
import { formatCount, plural } from '../../lib/model/units.ts'

interface Prefix {
  named: number
  missing: number
}

/** Nothing where the spec does not say what the images are relative to. Reads the file once; flat in its size. */
export async function findMissingImages(params: JsonParams, placed: Placed): Promise<readonly Diagnostic[]> {
  const { images } = params
  if (images === undefined) return []
  const { checkJson } = await import('../../lib/io/json-stream.ts')
  const seen = new Set<string>()
  const missing: string[] = []
  const prefixes = new Map<string, Prefix>()
  const onImages = (paths: readonly string[]): void => {
    for (const path of paths) {
      if (seen.has(path)) continue
      seen.add(path)
      const prefix = prefixes.get(prefixOf(path)) ?? { named: 0, missing: 0 }
      prefixes.set(prefixOf(path), prefix)
      prefix.named += 1
      const stats = look(join(placed.root, images, path))
      if (stats?.isFile() && stats.size > 0) continue
      prefix.missing += 1
      missing.push(path)
    }
  }
  await checkJson(placed.path, {
    name: params.fileName,
    onImages,
    onBytes: () => placed.signal.throwIfAborted(),
  })
  return missing.length === 0 ? [] : [describe(params, seen.size, missing, prefixes)]
}

/** `coco/train2017` of `coco/train2017/000000033471.jpg`; files at the top have none. */
const prefixOf = (path: string): string => path.split('/').slice(0, -1).slice(0, 2).join('/')

function describe(
  params: JsonParams,
  named: number,
  missing: readonly string[],
  prefixes: ReadonlyMap<string, Prefix>,
): Diagnostic {
  const allowed = allowedOf(params.allowMissing, named)
  const folder = params.images === '' ? 'the root' : imagesFolder('', `/${params.images}`)
  const gaps = [...prefixes]
    .filter(([, prefix]) => prefix.missing > 0)
    .toSorted((a, b) => b[1].missing - a[1].missing)
  return {
    severity: missing.length > allowed ? 'error' : 'warning',
    code: 'images-missing',
    subject: `${params.target}: json`,
    message: `${params.fileName} names ${plural(missing.length, 'image')} that ${missing.length === 1 ? 'is' : 'are'} missing or empty, of ${formatCount(named)}.`,
    evidence: [
      { label: 'allowed', text: formatCount(allowed) },
      ...fewRows('below', gaps, gapInWords, 10),
      ...fewRows('such as', missing.slice(0, 5), String),
    ],
    disk: `Looked for below ${folder} of the playground.`,
    next: 'build the targets that these images belong to; if they are really lost, allow them with `allow_missing`.',
  }
}

const gapInWords = ([prefix, { named, missing }]: readonly [string, Prefix]): string =>
  `${prefix || '.'}: ${formatCount(missing)} of ${formatCount(named)} missing`
