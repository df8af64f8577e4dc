/** What the spec says of a file before it is there, as the fixed result of a task. Pure. */

import type { Place } from '../../lib/model/problem.ts'
import type { Download } from '../../lib/model/spec.ts'
import type { Pins } from '../../lib/model/task.ts'

export function pinsOf(
  { sha256, md5, size }: Pick<Download, 'sha256' | 'md5' | 'size'>,
  places: Readonly<Record<string, Place>>,
): Pins {
  const bytes = size?.exact ? size.bytes : undefined
  const key = sha256 !== undefined ? 'sha256' : md5 !== undefined ? 'md5' : 'size'
  const place = places[key]
  return {
    ...(sha256 !== undefined && { sha256 }),
    ...(md5 !== undefined && { md5 }),
    ...(bytes !== undefined && { bytes }),
    ...(place && (key !== 'size' || bytes !== undefined) && { place }),
  }
}
