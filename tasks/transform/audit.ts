/** Which images a result names that are not in the playground, as the check of any annotation has it. */

import { join } from 'node:path'
import { filesBelow } from '../../lib/io/disk.ts'
import type { Diagnostic } from '../../lib/model/problem.ts'
import type { Placed } from '../../lib/model/task.ts'
import { findMissingImages } from '../json/missing-images.ts'
import type { TransformParams } from './params.ts'

/** Nothing where the spec does not say what the images are relative to. */
export async function missingImages(params: TransformParams, placed: Placed): Promise<readonly Diagnostic[]> {
  const { target, as, images, allowMissing, split } = params
  if (images === undefined) return []
  const found: Diagnostic[] = []
  for (const name of split ? [...filesBelow(placed.path)].toSorted() : ['']) {
    const told = {
      target,
      fileName: join(as, name),
      from: '',
      bytes: undefined,
      images,
      ...(allowMissing && { allowMissing }),
    }
    const missing = await findMissingImages(told, { ...placed, path: join(placed.path, name) })
    found.push(...missing.map(diagnostic => ({ ...diagnostic, subject: `${target}: transform` })))
  }
  return found
}
