/** Whether WebP and BMP are as long as their headers say. Decodes nothing. */

import { formatCount } from '../units.ts'
import type { Glimpse } from './glimpse.ts'

/** Where it ends too early, in words; undefined where it is whole. */
export function cutOfWebp(file: Glimpse): string | undefined {
  const told = file.at(4, 4).readUInt32LE()
  return told < 12 ? 'holds no picture' : shorterThan(8 + told, file)
}

/** By its pixels, not by the length of the file that it tells: many writers leave that 0. */
export function cutOfBmp(file: Glimpse): string | undefined {
  const head = file.at(0, 54)
  const headerBytes = head.readUInt32LE(14)
  if (head.length < Math.min(54, 14 + headerBytes)) return 'ends in its header'
  const start = head.readUInt32LE(10)
  const pixels =
    headerBytes === 12
      ? pixelBytes(head.readUInt16LE(18), head.readUInt16LE(20), head.readUInt16LE(24))
      : headerBytes < 40 || isPlain(head.readUInt32LE(30))
        ? pixelBytes(head.readInt32LE(18), head.readInt32LE(22), head.readUInt16LE(28))
        : head.readUInt32LE(34)
  return shorterThan(start + pixels, file)
}

/** Not run-length encoded, nor a JPEG or PNG inside. */
const isPlain = (compression: number): boolean => [0, 3, 6].includes(compression)

/** Rows begin at every fourth byte; a negative height counts from the top. */
const pixelBytes = (width: number, height: number, bits: number): number =>
  4 * Math.ceil((Math.abs(width) * bits) / 32) * Math.abs(height)

const shorterThan = (wanted: number, { bytes }: Glimpse): string | undefined =>
  bytes < wanted ? `ends after ${formatCount(bytes)} of ${formatCount(wanted)} bytes` : undefined
