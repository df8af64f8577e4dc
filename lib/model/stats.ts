/** What `build stats` counts, as plain data: it is printed as a page and as JSON. */

import type { ImageSize, ImageType } from './image.ts'
import type { Failures } from './task.ts'

/** Of one annotation. */
export interface AnnotationStats {
  readonly target: string
  /** Below the root. */
  readonly path: string
  readonly records: number
  /** Records without `image`. */
  readonly textOnly: number
  /** Records under whose `image` something stands that is no path, such as null; undefined where there are none. */
  readonly odd?: number
  /** Of all conversations, and words in them: runs of anything but white space and `<image>`. */
  readonly turns: number
  readonly words: number
  /** Images that are named, as often as they are. */
  readonly images: number
  /** Of the distinct images, how many were missing or empty when they were last looked for; undefined where nobody has. */
  readonly missing?: number
  /** By the first two folders of the path, the most first. */
  readonly sources: readonly ImageSource[]
}

export interface ImageSource {
  /** `coco/train2017`; empty for images without a folder. */
  readonly prefix: string
  readonly images: number
}

/** Of the images of one target. */
export interface ImageStats {
  readonly target: string
  /** That are named as images. */
  readonly files: number
  readonly bytes: number
  /** Of those, how many were looked at. */
  readonly looked: number
  /** By their first bytes; `none`: no image, `missing`: not there, or not to be read. The most first. */
  readonly formats: readonly { readonly format: ImageType | 'none' | 'missing'; readonly count: number }[]
  /** By the number of pixels, of those whose header tells it; undefined where none does. */
  readonly pixels: Readonly<Record<'smallest' | 'median' | 'largest', ImageSize>> | undefined
}

/** Of one list of addresses. */
export interface FailureStats {
  readonly target: string
  readonly failures: readonly Failures[]
}
