/** Whether an SVG goes on to the end of its drawing. Reads its last bytes, no markup. */

import type { Glimpse } from './glimpse.ts'

/** What follows the end of the drawing is a line break, at most a comment. */
const tailBytes = 4096

/** Where it ends too early, in words; undefined where it is whole. */
export function cutOfSvg(file: Glimpse): string | undefined {
  const tail = file.at(Math.max(0, file.bytes - tailBytes), tailBytes).toString('latin1')
  const isWhole = /<\/svg\s*>/i.test(tail) || /<svg\b[^<>]*\/>\s*$/i.test(tail)
  return isWhole ? undefined : 'ends without </svg>'
}
