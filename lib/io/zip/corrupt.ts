/** The words for a zip that contradicts itself. Knows no record of the format. */

import type { damageCodes } from '../../model/codes.ts'
import { type Evidence, Problem } from '../../model/problem.ts'

export const fetchAgain =
  'fetch the archive again (npx tsx build clean --archives, then build); ' +
  'if it stays so, the published file is damaged: name another mirror.'

export const packAgain =
  'name a source that packs it otherwise, or pack it again and write the path of the result as url.'

/** `what`: half a sentence, such as `its directory is cut`. */
export const corrupt = (
  archive: string,
  what: string,
  evidence: readonly Evidence[] = [],
  next = fetchAgain,
): Problem => damaged('corrupt-zip', `${archive} is a damaged zip: ${what}.`, evidence, next)

/** `message`: a whole one. */
export const damaged = (
  code: (typeof damageCodes)[number],
  message: string,
  evidence: readonly Evidence[],
  next = fetchAgain,
): Problem => new Problem({ code, message, evidence, next })
