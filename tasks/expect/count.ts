/** Counts the files of a target against `expect.files`. Reads manifests only. */

import type { ExpectParams } from '../../lib/model/params.ts'
import type { DiagnosticDraft, Evidence } from '../../lib/model/problem.ts'
import { formatCount, plural } from '../../lib/model/units.ts'
import { finderNotesMark } from '../unzip/left-out.ts'
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
      ...parts.flatMap(({ artifact, remarks }) =>
        leftOut(Number(remarks?.[finderNotesMark] ?? 0), artifact.task),
      ),
    ],
    disk: 'The files were placed and stay where they are.',
    next: `if the sources are the ones that you want, write \`files: ${found}\`; if not, mend a source.`,
  }
}

/** Who counts with another program counts them, too. */
const leftOut = (notes: number, from: string): readonly Evidence[] =>
  notes === 0
    ? []
    : [{ label: 'left out', text: `${plural(notes, 'file')} below __MACOSX, which a Mac added`, from }]
