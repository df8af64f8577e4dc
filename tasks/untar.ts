/** The kind that will unpack tar archives: asked for as `unzip` is, refused until it is built. */

import { Problem } from '../lib/model/problem.ts'
import type { TaskKind } from '../lib/model/task.ts'
import { type UnpackParams, unpackGrammar, unpackOutline, unpackParams } from './unzip/params.ts'

const missing = 'tar archives'

export const untar: TaskKind<UnpackParams> = {
  name: 'untar',
  version: 1,
  lane: 'core',
  source: {
    key: 'untar',
    grammar: unpackGrammar,
    endings: ['.tar', '.tar.gz', '.tgz', '.tar.bz2', '.tar.xz', '.tar.zst'],
    params: unpackParams,
  },
  outline: unpackOutline,
  notYet: () => missing,
  run: params =>
    Promise.reject(
      new Problem({
        code: 'not-yet',
        place: params.places.root,
        message: `Groundwork cannot unpack ${missing} yet.`,
        next: 'unpack it yourself and take the files over: npx tsx build adopt TARGET --from DIR',
      }),
    ),
}
