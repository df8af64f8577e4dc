/** The kind that unpacks a tar, compressed or not, or one compressed file. The work is in untar/unpack.ts. */

import { tarEndings } from '../lib/io/compression.ts'
import type { TaskKind } from '../lib/model/task.ts'
import { type UntarParams, untarLacks, untarOutline, untarParams } from './untar/params.ts'
import { unpackGrammar } from './unzip/params.ts'

export const untar: TaskKind<UntarParams> = {
  name: 'untar',
  version: 1,
  lane: 'core',
  source: { key: 'untar', grammar: unpackGrammar, endings: tarEndings, params: untarParams },
  takesGrowing: 'again',
  outline: untarOutline,
  lacks: untarLacks,
  // Loaded when there is work: a build that has nothing to do starts in the time of its own modules.
  run: async (params, bench) => (await import('./untar/unpack.ts')).unpack(params, bench),
}
