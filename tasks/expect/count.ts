/** Counts the files of a target against `expect.files`. Reads manifests only. */

import type { ExpectParams } from '../../lib/model/params.ts'
import type { DiagnosticDraft } from '../../lib/model/problem.ts'
import { formatCount, plural } from '../../lib/model/units.ts'
import { distinctFiles, type Part } from './parts.ts'

export function wrongCount(
  { target, files }: ExpectParams,
  parts: readonly Part[],
): DiagnosticDraft | undefined {
  if (files === undefined) return undefined
  const { wanted, place } = files
  const found = distinctFiles(parts)
  if (found === wanted) return undefined
  return {
    code: 'wrong-file-count',
    message: `${target} holds ${plural(found, 'file')}, not the ${formatCount(wanted)} that the spec says.`,
    place,
    evidence: [
      { label: 'wanted', text: plural(wanted, 'file'), from: place },
      { label: 'found', text: plural(found, 'file') },
      ...parts.map(({ artifact, manifest }) => ({
        label: 'of them',
        text: plural(manifest.count, 'file'),
        from: artifact.task,
      })),
    ],
    disk: 'The files were placed and stay where they are.',
    next: `if the sources are the ones that you want, write \`files: ${found}\`; if not, mend a source.`,
  }
}
