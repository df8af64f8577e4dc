/** The kind that holds a target against `expect`: its number of files, and whether they are images. Makes nothing. */

import { onDemand } from '../lib/io/on-demand.ts'
import type { ExpectParams } from '../lib/model/params.ts'
import { type DiagnosticDraft, Problem } from '../lib/model/problem.ts'
import type { TaskKind } from '../lib/model/task.ts'
import { wrongCount } from './expect/count.ts'
import type { Part, Watch } from './expect/parts.ts'

// Loaded when there is work, as their libraries are.
const lookingAtImages = onDemand(() => import('./expect/images.ts'))

export const expect: TaskKind<ExpectParams> = {
  name: 'expect',
  version: 1,
  lane: 'core',

  outline: ({ target, files, images, parts }) => ({
    name: target,
    fingerprint: [
      ...(files ? [{ name: 'files', value: files.wanted, place: files.place }] : []),
      ...(images ? [{ name: 'images', value: true, place: images.place }] : []),
    ],
    takes: parts,
    forecast: {},
  }),

  onlyNeeded: params => params.images && { ...params, files: undefined },

  async run(params, bench) {
    const [first, ...others] = await findings(params, bench.inputs, bench)
    if (first) throw new Problem(first, ...others)
  },

  audit: async (params, { inputs, signal }) => {
    const drafts = await findings(params, inputs, { signal })
    const subject = `${params.target}: expect`
    return drafts.map(draft => ({ subject, severity: 'error', ...draft }))
  },
}

async function findings(
  params: ExpectParams,
  parts: readonly Part[],
  watch: Watch,
): Promise<readonly DiagnosticDraft[]> {
  const found = [wrongCount(params, parts)]
  if (params.images) found.push(await (await lookingAtImages()).wrongImages(params, parts, watch))
  return found.filter(draft => draft !== undefined)
}
