/** The kind that unpacks a zip: how a source asks for it, and what it gives. The work is in unzip/unpack.ts. */

import type { TaskKind } from '../lib/model/task.ts'
import { unzipGrammar } from './unzip/params.ts'
import { onlyNeeded, type UnzipParams, unzipOutline, unzipParams } from './unzip/pieces.ts'

export const unzip: TaskKind<UnzipParams> = {
  name: 'unzip',
  version: 1,
  lane: 'core',
  staging: 'shelf',
  takesGrowing: 'once',
  source: {
    key: 'unzip',
    grammar: unzipGrammar,
    endings: ['.zip'],
    fills: true,
    params: unzipParams,
  },
  outline: unzipOutline,
  onlyNeeded,
  needed: async (params, annotations) => ({
    files: (await (await import('./unzip/needed.ts')).neededPaths(params, annotations)).size,
    of: params.files,
  }),
  inquireDirectory: async (params, inquiry, folder) =>
    (await import('./unzip/inquire.ts')).inquireDirectory(params, inquiry, folder),
  contents: async (params, inquiry) => (await import('./unzip/contents.ts')).contents(params, inquiry),
  // Loaded when there is work: a build that has nothing to do starts in the time of its own modules.
  run: async (params, bench) => (await import('./unzip/run.ts')).run(params, bench),
}
