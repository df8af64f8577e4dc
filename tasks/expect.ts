/** Counts the files of a target against `expect.files`. Reads manifests only, and makes nothing. */

import type { ExpectParams } from '../lib/model/params.ts'
import { Problem } from '../lib/model/problem.ts'
import type { Input, TaskKind } from '../lib/model/task.ts'
import { formatCount, plural } from '../lib/model/units.ts'

export const expect: TaskKind<ExpectParams> = {
  name: 'expect',
  version: 1,
  lane: 'core',

  outline: ({ target, files, place, parts }) => ({
    name: target,
    fingerprint: [{ name: 'files', value: files, place }],
    takes: parts,
    forecast: {},
  }),

  run: async ({ target, files: wanted, place }, { inputs }) => {
    const found = distinctFiles(inputs)
    if (found === wanted) return
    throw new Problem({
      code: 'wrong-file-count',
      message: `${target} holds ${plural(found, 'file')}, not the ${formatCount(wanted)} that the spec says.`,
      place,
      evidence: [
        { label: 'wanted', text: plural(wanted, 'file'), from: place },
        { label: 'found', text: plural(found, 'file') },
        ...inputs.map(({ artifact, manifest }) => ({
          label: 'of them',
          text: plural(manifest.count, 'file'),
          from: artifact.task,
        })),
      ],
      disk: 'The files were placed and stay where they are.',
      next: `if the sources are the ones that you want, write \`files: ${found}\`; if not, mend a source.`,
    })
  },
}

/** Two sources may give one file: it counts once. */
function distinctFiles(inputs: readonly Input[]): number {
  const [only] = inputs
  if (only !== undefined && inputs.length === 1) return only.manifest.count
  const paths = new Set<string>()
  for (const { artifact, manifest } of inputs) {
    for (let i = 0; i < manifest.count; i += 1)
      paths.add(artifact.form === 'file' ? artifact.at : `${artifact.at}/${manifest.path(i)}`)
  }
  return paths.size
}
