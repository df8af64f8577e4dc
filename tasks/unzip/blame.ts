/** Whose fault it is that an archive makes no sense, where it was read before it was proven. Knows no format. */

import { isDamage } from '../../lib/model/codes.ts'
import { type DiagnosticDraft, type Place, Problem } from '../../lib/model/problem.ts'
import type { Input } from '../../lib/model/task.ts'
import { lookAtParts } from '../download/problems.ts'

/**
 * Until its digest was right, damage may be that of a wrong file, which is fetched from elsewhere then: that is waited for.
 * `parts`: where the spec lists those that it was joined from.
 */
export async function blameArchive(
  error: unknown,
  { growing, artifact }: Input,
  parts: Place | undefined,
): Promise<never> {
  if (!(error instanceof Problem && isDamage(error.code))) throw error
  const { pins } = artifact
  if (growing && (pins?.sha256 !== undefined || pins?.md5 !== undefined)) {
    growing.pass(Number.POSITIVE_INFINITY)
    await growing.until(Number.POSITIVE_INFINITY)
  }
  const [first, ...others] = error.diagnostics.map(diagnostic => blameParts(diagnostic, parts))
  throw new Problem(first as DiagnosticDraft, ...others)
}

/** Of an archive in parts, damage is most often that of the list: one is missing there, or stands in the wrong place. */
export function blameParts<T extends DiagnosticDraft>(diagnostic: T, parts: Place | undefined): T {
  if (parts === undefined || !isDamage(diagnostic.code)) return diagnostic
  const place = diagnostic.place ?? parts
  if (diagnostic.code === 'wrong-parts') return { ...diagnostic, place }
  const rest = diagnostic.next === undefined ? '' : ` If it is right, ${diagnostic.next}`
  return { ...diagnostic, place, next: `${lookAtParts}${rest}` }
}
