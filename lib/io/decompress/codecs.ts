/** Who undoes a compression on this machine: Node itself, or a program that is looked for and may be missing. Undoes none. */

import type { Transform } from 'node:stream'
import zlib from 'node:zlib'
import type { DiagnosticDraft } from '../../model/problem.ts'
import { type Compression, methodOf } from '../compression.ts'
import { findProgram } from '../programs.ts'

/** Why it cannot be undone on this machine, if so. */
export const lackingFor = (archive: string, compression: Compression): DiagnosticDraft | undefined =>
  isOfNode(compression) || findProgram(methodOf(compression).programs) !== undefined
    ? undefined
    : programMissing(archive, compression)

/** Node has zstd since 22.15; where it has not, a program does it. */
export const { createZstdDecompress } = zlib as { createZstdDecompress?: (options: object) => Transform }

const isOfNode = (compression: Compression): boolean =>
  compression === 'gzip' || (compression === 'zstd' && createZstdDecompress !== undefined)

export function programMissing(archive: string, compression: Compression): DiagnosticDraft {
  const { programs, package: name } = methodOf(compression)
  return {
    code: 'program-missing',
    message: `${archive} is compressed with ${compression}, and no program that undoes it is on this machine.`,
    evidence: [{ label: 'wanted', text: `${programs.join(' or ')} on the PATH` }],
    next: `install the package ${name}, then build again.`,
  }
}
