/** Says what a file looks like that should be a zip and is none. Looks at its first bytes only. */

import { Problem } from '../../model/problem.ts'
import { formatBytes } from '../../model/units.ts'
import { beginningOf, type Resemblance, resemblanceOf, resemblingBytes } from '../resemblance.ts'
import { corrupt, fetchAgain } from './corrupt.ts'
import type { RandomAccess } from './random-access.ts'

/** The problem of a file without the record that ends every zip. */
export async function notAZip(source: RandomAccess): Promise<Problem> {
  const head = await source.read(0, Math.min(source.bytes, resemblingBytes))
  const resembles = resemblanceOf(head)
  if (resembles?.key === 'unzip')
    return corrupt(source.name, 'it begins like one, but the directory at its end is missing', [
      { label: 'found', text: `${formatBytes(source.bytes)} in all` },
    ])
  return new Problem({
    code: 'not-a-zip',
    message: `${source.name} is not a zip archive.`,
    evidence: [
      { label: 'wanted', text: 'the end record of a zip' },
      { label: 'found', text: beginningOf(head) },
    ],
    next: resembles ? nextFor(resembles) : fetchAgain,
  })
}

function nextFor({ next, key }: Resemblance): string {
  if (next !== undefined) return next
  return key === 'untar'
    ? 'write untar: instead of unzip: in the spec.'
    : 'name a source that publishes a zip.'
}
