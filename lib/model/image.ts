/** What the first bytes of a file say about it: whether it is an image, of which kind, how large. Pure; reads no pixel. */

export type ImageType = 'jpeg' | 'png' | 'gif' | 'webp' | 'bmp' | 'tiff' | 'avif' | 'heic' | 'svg'

/** So many bytes of a file are enough for `imageTypeOf`. */
export const imageHeadBytes = 512

const text = (head: Buffer, from: number, to: number): string => head.toString('latin1', from, to)

const headersOfBmp: ReadonlySet<number> = new Set([12, 16, 40, 52, 56, 64, 108, 124])
const brands: Readonly<Record<string, ImageType>> = {
  avif: 'avif',
  avis: 'avif',
  heic: 'heic',
  heix: 'heic',
  hevc: 'heic',
  hevx: 'heic',
  mif1: 'heic',
  msf1: 'heic',
}

/** The kind of image that a file with this beginning is; undefined where it is none. */
export function imageTypeOf(head: Buffer): ImageType | undefined {
  const start = text(head, 0, 4)
  if (start.startsWith('\xff\xd8\xff')) return 'jpeg'
  if (text(head, 0, 8) === '\x89PNG\r\n\x1a\n') return 'png'
  if (/^GIF8[79]a$/.test(text(head, 0, 6))) return 'gif'
  if (start === 'RIFF' && text(head, 8, 12) === 'WEBP') return 'webp'
  if (['II*\0', 'MM\0*', 'II+\0', 'MM\0+'].includes(start)) return 'tiff'
  if (start.startsWith('BM') && head.length >= 18 && headersOfBmp.has(head.readUInt32LE(14))) return 'bmp'
  if (text(head, 4, 8) === 'ftyp') return brands[text(head, 8, 12)]
  return /^(\xef\xbb\xbf)?\s*(<\?xml[^>]*>|<!--[^]*?-->|<!doctype svg[^>]*>|\s)*<svg[\s>]/i.test(
    text(head, 0, imageHeadBytes),
  )
    ? 'svg'
    : undefined
}

export interface ImageSize {
  readonly width: number
  readonly height: number
}

/** Pixels of a GIF, PNG or JPEG of which all bytes are given; undefined where they cannot be told. */
export function imageSizeOf(bytes: Buffer): ImageSize | undefined {
  const type = imageTypeOf(bytes)
  if (type === 'gif' && bytes.length >= 10)
    return { width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) }
  if (type === 'png' && bytes.length >= 24)
    return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) }
  return type === 'jpeg' ? sizeOfJpeg(bytes) : undefined
}

/** From segment to segment up to the frame header: SOF0 … SOF15 without DHT, JPG and DAC. */
function sizeOfJpeg(bytes: Buffer): ImageSize | undefined {
  for (let at = 2; at + 9 <= bytes.length && bytes[at] === 0xff; ) {
    const marker = bytes[at + 1] as number
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
    if (isFrame) return { width: bytes.readUInt16BE(at + 7), height: bytes.readUInt16BE(at + 5) }
    // Filling bytes, and markers that stand alone.
    if (marker === 0xff) at += 1
    else at += marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8) ? 2 : 2 + bytes.readUInt16BE(at + 2)
  }
  return undefined
}

const imageEndings = /^(jpe?g|jpe|jfif|png|gif|webp|bmp|tiff?|avif|hei[cf]|svg)$/i

/** Whether a file of this name is expected to be an image: by its ending, and where it has none. */
export function isImageName(path: string): boolean {
  const ending = /\.([a-z0-9]{1,8})$/i.exec(path.slice(path.lastIndexOf('/') + 1))?.[1]
  return ending === undefined || imageEndings.test(ending)
}

/** `a/b` of `a/b.png`; a name that does not end as images do (`v1.0`, `.png`) is left whole. */
export function withoutImageEnding(path: string): string {
  const dot = path.lastIndexOf('.')
  const isEnding = dot > path.lastIndexOf('/') + 1 && imageEndings.test(path.slice(dot + 1))
  return isEnding ? path.slice(0, dot) : path
}
