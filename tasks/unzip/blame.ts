/** Whose fault it is that an archive makes no sense, where it was read before it was proven. Knows no format. */

import { isDamage } from '../../lib/model/codes.ts'
import { Problem } from '../../lib/model/problem.ts'
import type { Input } from '../../lib/model/task.ts'

/** Until its digest was right, damage may be that of a wrong file, which is fetched from elsewhere then: that is waited for. */
export async function blameArchive(error: unknown, { growing, artifact }: Input): Promise<never> {
  const { pins } = artifact
  const isPinned = pins?.sha256 !== undefined || pins?.md5 !== undefined
  if (!(growing && isPinned && error instanceof Problem && isDamage(error.code))) throw error
  growing.pass(Number.POSITIVE_INFINITY)
  await growing.until(Number.POSITIVE_INFINITY)
  throw error
}
