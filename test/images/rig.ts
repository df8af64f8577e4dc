/** Pictures that sharp draws, those that it cannot, and bytes in memory as rules look at them. */

import sharp from 'sharp'
import type { Glimpse } from '../../lib/model/image/glimpse.ts'

/** Grain, so that no format makes a few bytes of it. */
const drawn = (width: number, height: number) =>
  sharp(Buffer.from(Array.from({ length: width * height * 3 }, (_, i) => (i * 7919 + (i >> 5) * 31) % 251)), {
    raw: { width, height, channels: 3 },
  })

export const picture = (
  format: 'jpeg' | 'png' | 'gif' | 'webp' | 'tiff' | 'avif',
  options: object = {},
  { width = 40, height = 30 } = {},
): Promise<Buffer> => drawn(width, height).toFormat(format, options).toBuffer()

/** Uncompressed, rows from the bottom. */
export function bmp(width: number, height: number, bits: 1 | 8 | 24 | 32 = 24): Buffer {
  const row = 4 * Math.ceil((width * bits) / 32)
  const palette = bits <= 8 ? 4 * 2 ** bits : 0
  const head = Buffer.alloc(54 + palette)
  head.write('BM')
  head.writeUInt32LE(54 + palette, 10)
  head.writeUInt32LE(40, 14)
  head.writeInt32LE(width, 18)
  head.writeInt32LE(height, 22)
  head.writeUInt16LE(1, 26)
  head.writeUInt16LE(bits, 28)
  return Buffer.concat([head, Buffer.alloc(row * height, 0x7f)])
}

export const svg = Buffer.from(
  '<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" width="30" height="20">\n<circle cx="9" cy="9" r="5"/>\n</svg>\n',
)

/** What was given before is overwritten with each call: a view is good until the next one. */
export function glimpseInto(bytes: Buffer): Glimpse {
  let last = Buffer.alloc(0)
  return {
    bytes: bytes.length,
    at(from, length) {
      last.fill(0xee)
      last = Buffer.from(bytes.subarray(from, from + length))
      return last
    },
  }
}
