/**
 * Which files of a target's trees are no image, empty or cut short, by head and tail of each. Files that a source places one by
 * one, such as annotations, are something else on purpose and not looked at.
 */

import { join } from 'node:path'
import { errorCode } from '../../lib/io/disk.ts'
import { glimpseOf } from '../../lib/io/glimpse.ts'
import { keepListing } from '../../lib/io/listing.ts'
import { Turns } from '../../lib/io/turns.ts'
import { fewRows } from '../../lib/model/few.ts'
import { imageFlawOf, inWords } from '../../lib/model/image-flaw.ts'
import { belowRoot } from '../../lib/model/layout.ts'
import type { ExpectParams } from '../../lib/model/params.ts'
import type { DiagnosticDraft, Evidence } from '../../lib/model/problem.ts'
import { formatCount, plural } from '../../lib/model/units.ts'
import { distinctFiles, type Part, pathOf, type Watch } from './parts.ts'

interface Flawed {
  /** Below the target. */
  readonly path: string
  readonly form: 'no-image' | 'empty' | 'truncated' | 'gone'
  readonly why: string
}

export async function wrongImages(
  params: ExpectParams,
  parts: readonly Part[],
  watch: Watch,
): Promise<DiagnosticDraft | undefined> {
  const except = new Set(params.images?.except)
  const trees = parts.filter(({ artifact: { form, task } }) => form === 'tree' && !except.has(task))
  const flawed = await flawedIn(params.target, trees, watch)
  const list = watch.shelf === undefined ? undefined : keepListing(watch.shelf, 'not-images.ndjson', flawed)
  return flawed.length === 0 ? undefined : draft(params, flawed, distinctFiles(trees), list)
}

async function flawedIn(target: string, trees: readonly Part[], watch: Watch): Promise<readonly Flawed[]> {
  const { signal, progress } = watch
  const total = trees.reduce((sum, { manifest }) => sum + manifest.count, 0)
  const flawed = new Map<string, Flawed>()
  const turns = new Turns()
  let done = 0
  for (const tree of trees)
    for (let i = 0; i < tree.manifest.count; i += 1) {
      const flaw = flawAt(join(tree.path, tree.manifest.path(i)), tree.manifest.size(i))
      if (flaw) {
        const path = pathOf(tree, i).slice(target.length + 1)
        flawed.set(path, { path, ...flaw })
      }
      done += 1
      if (!turns.isOver) continue
      signal.throwIfAborted()
      progress?.(done, total, 'files')
      await turns.next()
    }
  return [...flawed.values()]
}

function flawAt(path: string, bytes: number): Omit<Flawed, 'path'> | undefined {
  try {
    const flaw = glimpseOf(path, bytes, imageFlawOf)
    return flaw && { form: flaw.form, why: inWords(flaw) }
  } catch (error) {
    // Where records are trusted (`--check record`) nobody looked before.
    if (errorCode(error) !== 'ENOENT') throw error
    return { form: 'gone', why: 'not there' }
  }
}

const namesListed = 10
const forms = {
  'no-image': 'not an image',
  empty: 'an empty file',
  truncated: 'an image that is cut short',
  gone: 'not there',
} as const

function draft(
  { target, images }: ExpectParams,
  flawed: readonly Flawed[],
  total: number,
  list: string | undefined,
): DiagnosticDraft {
  const place = images?.place
  return {
    code: 'not-images',
    ...(place && { place }),
    message: `${target} holds ${plural(flawed.length, 'file')} that ${flawed.length === 1 ? 'is no whole image' : 'are no whole images'}, of ${formatCount(total)}.`,
    evidence: [
      { label: 'wanted', text: 'images, by their content', ...(place && { from: place }) },
      ...countsOf(flawed),
      ...fewRows('such as', flawed, ({ path, why }) => `${path}: ${why}`, namesListed),
      ...(list === undefined ? [] : [{ label: 'all', text: belowRoot(list) }]),
    ],
    disk: 'The files were placed and stay where they are.',
    next: 'name a source that has them whole, or take `images: true` out.',
  }
}

function countsOf(flawed: readonly Flawed[]): readonly Evidence[] {
  const counts = (Object.keys(forms) as (keyof typeof forms)[])
    .map(form => ({ form, count: flawed.filter(each => each.form === form).length }))
    .filter(({ count }) => count > 0)
  return fewRows('found', counts, ({ form, count }) => `${formatCount(count)}: ${forms[form]}`)
}
