/**
 * The archives of the small world: who publishes what, how it is wrapped inside, and how it is written.
 * Knows neither addresses nor annotations.
 */

import { createWriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'
import { ZipFile } from 'yazl'
import { type Dice, type PictureFormat, paint } from './pictures.ts'

export interface ArchiveShape {
  /** The target of datasets.yaml that it becomes. */
  readonly target: string
  /** The folder around everything inside; empty where there is none. */
  readonly wrapper: string
  /** What stands before a picture's name in an annotation, relative to the annotation's folder of images. */
  readonly prefix: string
  readonly pictures: number
  /** Files of no bytes, as the second archive of Visual Genome has them. */
  readonly empties: number
  /** The original is over 4 GiB or 65,535 entries. */
  readonly zip64: boolean
  /** Without its ending. */
  readonly stem: (dice: Dice, index: number) => string
  readonly format: (index: number) => PictureFormat
}

/** One file inside, without the wrapper: `00001/000015879.jpg`. */
interface Member {
  readonly path: string
  readonly content: Buffer
}

const number = (digits: number, value: number): string => String(value).padStart(digits, '0')
const letters = (dice: Dice, count: number): string =>
  Array.from({ length: count }, () => dice(16).toString(16)).join('')

const usual = { empties: 0, zip64: true, format: (): PictureFormat => 'jpeg' }

export const shapes: readonly ArchiveShape[] = [
  {
    ...usual,
    target: 'llava/llava_pretrain',
    wrapper: '',
    prefix: '',
    pictures: 60,
    stem: (dice, index) => {
      const name = number(9, index * 11_000 + dice(11_000))
      return `${name.slice(0, 5)}/${name}`
    },
  },
  {
    ...usual,
    target: 'coco/train2017',
    wrapper: 'train2017/',
    prefix: 'coco/train2017/',
    pictures: 48,
    stem: (dice, index) => number(12, index * 12_000 + dice(12_000)),
  },
  {
    ...usual,
    target: 'gqa/images',
    wrapper: 'images/',
    prefix: 'gqa/images/',
    pictures: 40,
    stem: (dice, index) => String(2_315_000 + index * 2_000 + dice(2_000)),
  },
  {
    ...usual,
    target: 'ocr_vqa/images',
    wrapper: 'images/',
    prefix: 'ocr_vqa/images/',
    pictures: 44,
    stem: (dice, index) => String(140_000_000 + index * 40_000_000 + dice(40_000_000)),
    format: index => (index % 11 === 4 ? 'gif' : index % 13 === 7 ? 'png' : 'jpeg'),
  },
  {
    ...usual,
    target: 'textvqa/train_images',
    wrapper: 'train_images/',
    prefix: 'textvqa/train_images/',
    pictures: 30,
    stem: dice => letters(dice, 16),
  },
  {
    ...usual,
    target: 'vg/VG_100K',
    wrapper: 'VG_100K/',
    prefix: 'vg/VG_100K/',
    pictures: 40,
    stem: (dice, index) => String(2 + index * 50 + dice(50)),
  },
  {
    ...usual,
    target: 'vg/VG_100K_2',
    wrapper: 'VG_100K_2/',
    prefix: 'vg/VG_100K_2/',
    pictures: 32,
    empties: 2,
    stem: (dice, index) => String(2_400_000 + index * 50 + dice(50)),
  },
  {
    ...usual,
    target: 'web-landmark/images',
    wrapper: 'data/web-landmark/images/',
    prefix: 'web-landmark/images/',
    pictures: 24,
    zip64: false,
    stem: (_, index) => `Landmark_${number(3, index)}`,
  },
]

export function membersOf(shape: ArchiveShape, dice: Dice): Promise<Member[]> {
  const picture = async (index: number): Promise<Member> => {
    const format = shape.format(index)
    const path = `${shape.stem(dice, index)}.${format === 'jpeg' ? 'jpg' : format}`
    return { path, content: index < shape.pictures ? await paint(dice, format) : Buffer.alloc(0) }
  }
  return Promise.all(Array.from({ length: shape.pictures + shape.empties }, (_, index) => picture(index)))
}

/** Nobody has established how the originals are compressed, so that both ways are used in turn. */
export async function writeArchive(
  file: string,
  shape: ArchiveShape,
  members: readonly Member[],
): Promise<void> {
  const zip = new ZipFile()
  const written = finished(zip.outputStream.pipe(createWriteStream(file)))
  // Local time without a time zone, so that the bytes are the same wherever the world is made.
  const common = { mtime: new Date(2023, 8, 1), mode: 0o100644, forceDosTimestamp: true }
  if (shape.wrapper !== '') zip.addEmptyDirectory(shape.wrapper, { ...common, mode: 0o40755 })
  for (const [index, { path, content }] of members.entries())
    zip.addBuffer(content, shape.wrapper + path, {
      ...common,
      compress: index % 2 === 1,
      forceZip64Format: shape.zip64,
    })
  zip.end({ forceZip64Format: shape.zip64, comment: '' })
  await written
}
