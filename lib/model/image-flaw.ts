/**
 * Whether a file is an image that is whole: by its content, never by its name, and by its structure, without decoding it.
 * Pure: the bytes come from whoever asks.
 */

import { cutOfBoxes } from './image/boxes.ts'
import { cutOfGif } from './image/gif.ts'
import type { Glimpse } from './image/glimpse.ts'
import { cutOfJpeg } from './image/jpeg.ts'
import { cutOfPng } from './image/png.ts'
import { cutOfSvg } from './image/svg.ts'
import { cutOfTiff } from './image/tiff.ts'
import { cutOfBmp, cutOfWebp } from './image/told-length.ts'
import { type ImageType, imageHeadBytes, imageTypeOf } from './image.ts'
import { resemblanceOf } from './resemblance.ts'

export type ImageFlaw =
  | { readonly form: 'empty' }
  /** What it looks like instead. */
  | { readonly form: 'no-image'; readonly like: string }
  /** `why`: `ends in its header`. */
  | { readonly form: 'truncated'; readonly type: ImageType; readonly why: string }

export function imageFlawOf(file: Glimpse): ImageFlaw | undefined {
  if (file.bytes === 0) return { form: 'empty' }
  const head = file.at(0, imageHeadBytes)
  const type = imageTypeOf(head)
  if (type === undefined) return { form: 'no-image', like: resemblanceOf(head) }
  const why = cuts[type](file)
  return why === undefined ? undefined : { form: 'truncated', type, why }
}

const cuts: Readonly<Record<ImageType, (file: Glimpse) => string | undefined>> = {
  jpeg: cutOfJpeg,
  png: cutOfPng,
  gif: cutOfGif,
  webp: cutOfWebp,
  bmp: cutOfBmp,
  tiff: cutOfTiff,
  avif: cutOfBoxes,
  heic: cutOfBoxes,
  svg: cutOfSvg,
}

const names: Readonly<Record<ImageType, string>> = {
  jpeg: 'a JPEG',
  png: 'a PNG',
  gif: 'a GIF',
  webp: 'a WebP',
  bmp: 'a BMP',
  tiff: 'a TIFF',
  avif: 'an AVIF',
  heic: 'a HEIC',
  svg: 'an SVG',
}

/** Why a decoder could not read it: what its structure tells, or else what the decoder says. */
export function whyUnreadable(file: Glimpse, said: string): string {
  const flaw = imageFlawOf(file)
  if (flaw) return inWords(flaw)
  const type = imageTypeOf(file.at(0, imageHeadBytes))
  return type === undefined ? said : `${names[type]}; ${said}`
}

/** `a PNG that ends without its chunk IEND` */
export function inWords(flaw: ImageFlaw): string {
  switch (flaw.form) {
    case 'empty':
      return 'an empty file'
    case 'no-image':
      return `not an image but ${flaw.like}`
    case 'truncated':
      return `${names[flaw.type]} that ${flaw.why}`
  }
}
