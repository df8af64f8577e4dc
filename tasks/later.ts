/** Sources that are read and checked but not built yet: a build that needs one is refused before it starts. */

import { Problem } from '../lib/model/problem.ts'
import type { TaskKind } from '../lib/model/task.ts'

interface LaterParams {
  readonly target: string
}

const later = (name: string, what: string): TaskKind<LaterParams> => ({
  name,
  version: 1,
  lane: 'network',
  notYet: () => what,
  outline: ({ target }) => ({
    name: target,
    fingerprint: [],
    takes: [],
    gives: { form: 'tree', at: target, lasting: true },
    forecast: {},
  }),
  run: () =>
    Promise.reject(new Problem({ code: 'not-yet', message: `Groundwork cannot build ${what} yet.` })),
})

export const manual = later('manual', 'sources that a person fetches (`manual:`)')
