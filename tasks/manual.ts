/** The task kind `manual`: a file that a person fetches and lays down for us. The work is in manual/take.ts. */

import { onDemand } from '../lib/io/on-demand.ts'
import type { ManualParams } from '../lib/model/params.ts'
import type { TaskKind } from '../lib/model/task.ts'
import { pinsOf } from './download/pins.ts'

// Loaded when there is work, as their libraries are.
const taking = onDemand(() => import('./manual/take.ts'))

export const manual: TaskKind<ManualParams> = {
  name: 'manual',
  version: 1,
  lane: 'core',

  // Instructions are for people: to reword them changes no file.
  outline: ({ name, at, wanted, places }) => ({
    name,
    fingerprint: [],
    takes: [],
    gives: { form: 'file', at, lasting: false, borrowed: true, pins: pinsOf(wanted, places) },
    forecast: { bytes: wanted.size?.bytes, files: 1 },
  }),

  run: async (params, bench) => (await taking()).take(params, bench),
}
