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

/** Pixels by the header, as far as it is among the bytes; undefined where they cannot be told, and for TIFF, AVIF, HEIC and SVG. */
export function imageSizeOf(bytes: Buffer): ImageSize | undefined {
  const type = imageTypeOf(bytes)
  if (type === 'gif' && bytes.length >= 10)
    return { width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) }
  if (type === 'png' && bytes.length >= 24)
    return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) }
  if (type === 'webp') return sizeOfWebp(bytes)
  if (type === 'bmp') return sizeOfBmp(bytes)
  return type === 'jpeg' ? sizeOfJpeg(bytes) : undefined
}

/** The oldest header has two bytes for each; rows from the top down have a negative height. */
function sizeOfBmp(bytes: Buffer): ImageSize | undefined {
  if (bytes.length < 26) return undefined
  const isOld = bytes.readUInt32LE(14) === 12
  const width = isOld ? bytes.readUInt16LE(18) : bytes.readInt32LE(18)
  const height = isOld ? bytes.readUInt16LE(20) : Math.abs(bytes.readInt32LE(22))
  return width > 0 && height > 0 ? { width, height } : undefined
}

/** One of three headers: of a lossy image, of a lossless one, of one with more than pixels. */
function sizeOfWebp(bytes: Buffer): ImageSize | undefined {
  if (bytes.length < 30) return undefined
  switch (text(bytes, 12, 16)) {
    case 'VP8 ':
      return { width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff }
    case 'VP8L': {
      const bits = bytes.readUInt32LE(21)
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 }
    }
    case 'VP8X':
      return { width: bytes.readUIntLE(24, 3) + 1, height: bytes.readUIntLE(27, 3) + 1 }
  }
  return undefined
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
