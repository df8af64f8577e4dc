/** Whether what came under a name is what somebody wants there: by its first bytes, never by its ending. Pure. */

import { imageHeadBytes, imageSizeOf, imageTypeOf, isImageName } from '../../lib/model/image.ts'
import { beginsLikeHtml, isHtmlName, isHtmlType } from '../download/rules.ts'
import type { FailureClass } from './failure.ts'

export interface Content {
  readonly bytes: number
  /** The first bytes: all of a file of at most `wholeBytes`. */
  readonly head: Buffer
  readonly contentType?: string | undefined
}

/** Placeholders are smaller. */
export const wholeBytes = 65_536
/** No image of which nothing tells the pixels is smaller. */
const leastImageBytes = 100

export function flawOf(path: string, { bytes, head, contentType }: Content): FailureClass | undefined {
  if (bytes === 0) return 'empty'
  if (!isHtmlName(path) && (isHtmlType(contentType) || beginsLikeHtml(head))) return 'html'
  if (!isImageName(path)) return undefined
  if (imageTypeOf(head.subarray(0, imageHeadBytes)) === undefined) return 'not-an-image'
  if (bytes > head.length) return undefined
  const size = imageSizeOf(head)
  const isTooSmall = size ? size.width * size.height <= 1 : bytes < leastImageBytes
  return isTooSmall ? 'placeholder' : undefined
}
