/** Which images a result names that are not in the playground, as the check of any annotation has it. */

import { join } from 'node:path'
import { filesBelow } from '../../lib/io/disk.ts'
import type { Diagnostic } from '../../lib/model/problem.ts'
import type { Placed } from '../../lib/model/task.ts'
import { findMissingImages } from '../json/missing-images.ts'
import type { TransformParams } from './params.ts'

/** Nothing where the spec does not say what the images are relative to. */
export async function missingImages(params: TransformParams, placed: Placed): Promise<readonly Diagnostic[]> {
  const { target, images, allowMissing } = params
  if (images === undefined) return []
  const found: Diagnostic[] = []
  for (const { name, fileName } of filesIn(params, placed)) {
    const told = {
      target,
      fileName,
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

/** `name`: below the result, or nothing where it is the file. */
function filesIn(
  { as, split, dropMissing }: TransformParams,
  { path }: Placed,
): readonly { readonly name: string; readonly fileName: string }[] {
  if (!split) return [{ name: dropMissing ? as : '', fileName: as }]
  const names = [...filesBelow(path)].filter(name => /\.jsonl?$/.test(name)).toSorted()
  return names.map(name => ({ name, fileName: `${as}/${name}` }))
}
