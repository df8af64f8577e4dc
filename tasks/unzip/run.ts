/** The ways to unpack a zip: all of it, a few files again that were damaged, or what annotations refer to. */

import type { Workbench } from '../../lib/model/task.ts'
import { unpackNeeded } from './needed.ts'
import { isNeeded, type UnzipParams } from './pieces.ts'
import { repair } from './repair.ts'
import { unpack } from './unpack.ts'

export async function run(params: UnzipParams, bench: Workbench): Promise<void> {
  if (isNeeded(params)) return unpackNeeded(params, bench)
  const isMissing = bench.inputs[0]?.absent === true
  if (!isMissing) return unpack(params, bench)
  if (!(await repair(params, bench))) bench.want(params.from)
}
