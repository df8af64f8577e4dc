/** The words for a zip that contradicts itself. Knows no record of the format. */

import { type Evidence, Problem } from '../../model/problem.ts'

export const fetchAgain =
  'fetch the archive again (npx tsx build clean --archives, then build); ' +
  'if it stays so, the published file is damaged: name another mirror.'

/** `what`: half a sentence, such as `its directory is cut`. */
export const corrupt = (
  archive: string,
  what: string,
  evidence: readonly Evidence[] = [],
  next = fetchAgain,
): Problem =>
  new Problem({ code: 'corrupt-zip', message: `${archive} is a damaged zip: ${what}.`, evidence, next })
