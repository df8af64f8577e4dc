/** The kind that unpacks a tar, compressed or not, or one compressed file. The work is in untar/unpack.ts. */

import { tarEndings } from '../lib/io/compression.ts'
import { onDemand } from '../lib/io/on-demand.ts'
import type { TaskKind } from '../lib/model/task.ts'
import { type UntarParams, untarLacks, untarOutline, untarParams } from './untar/params.ts'
import { unpackGrammar } from './unzip/params.ts'

// Loaded when there is work, as their libraries are.
const unpacking = onDemand(() => import('./untar/unpack.ts'))

export const untar: TaskKind<UntarParams> = {
  name: 'untar',
  version: 1,
  lane: 'core',
  source: { key: 'untar', grammar: unpackGrammar, endings: tarEndings, params: untarParams },
  takesGrowing: 'again',
  outline: untarOutline,
  lacks: untarLacks,
  run: async (params, bench) => (await unpacking()).unpack(params, bench),
}
