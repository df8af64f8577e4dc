/** The ways to unpack a zip: all of it, or a few files again that were damaged. */

import type { Workbench } from '../../lib/model/task.ts'
import type { UnzipParams } from './pieces.ts'
import { repair } from './repair.ts'
import { unpack } from './unpack.ts'

export async function run(params: UnzipParams, bench: Workbench): Promise<void> {
  const isMissing = bench.inputs[0]?.absent === true
  if (!isMissing) return unpack(params, bench)
  if (!(await repair(params, bench))) bench.want(params.from)
}
