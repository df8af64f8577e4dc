/** An annotation that is read while it is still being fetched: its bytes, and whose a mistake in them is. Knows no JSON. */

import { arriving } from '../../lib/io/arriving.ts'
import type { JsonSource } from '../../lib/io/json-stream.ts'
import { Problem } from '../../lib/model/problem.ts'
import type { Input } from '../../lib/model/task.ts'

/** Nothing of it is given back to the disk: it is what will be placed. */
export const sourceOf = ({ path, growing }: Input, signal: AbortSignal): JsonSource =>
  growing ? arriving({ path, growing, signal, mayPass: () => false, onPassed: () => {} }) : path

/**
 * Until its digest was right, a mistake may be that of a wrong file, which is fetched from elsewhere then: that is waited for. So is the
 * end of one of which all has arrived, and which the next build need not ask for again. Any other is told at once.
 */
export async function blamed<T>({ growing, artifact }: Input, read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    const isPinned = (artifact.pins?.sha256 ?? artifact.pins?.md5) !== undefined
    const hasArrived = growing?.bytes !== undefined && growing.watermark >= growing.bytes
    if (error instanceof Problem && (isPinned || hasArrived)) await growing?.until(Number.POSITIVE_INFINITY)
    throw error
  }
}
