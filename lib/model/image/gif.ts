/** Whether a GIF goes on to its trailer, block by block: any byte of its pictures may look like one. Decodes nothing. */

import type { Glimpse } from './glimpse.ts'

/** Where it ends too early, in words; undefined where it is whole. */
export function cutOfGif(file: Glimpse): string | undefined {
  let pictures = 0
  for (let at = 13 + paletteBytes(byteAt(file, 10)); ; ) {
    switch (byteAt(file, at)) {
      case undefined:
        return 'ends without its trailer'
      case 0x3b:
        return pictures === 0 ? 'holds no picture' : undefined
      case 0x21:
        at = behindPieces(file, at + 2)
        break
      case 0x2c:
        pictures += 1
        at = behindPieces(file, at + 11 + paletteBytes(byteAt(file, at + 9)))
        break
      // Decoders skip what they do not know.
      default:
        at += 1
    }
  }
}

/** Pieces of at most 255 bytes, up to an empty one. */
function behindPieces(file: Glimpse, start: number): number {
  for (let at = start; ; ) {
    const length = byteAt(file, at) ?? 0
    at += 1 + length
    if (length === 0) return at
  }
}

const byteAt = (file: Glimpse, at: number): number | undefined => file.at(at, 1)[0]

/** From the flags of the screen or of a picture: three bytes for each of 2, 4, … 256 colours. */
const paletteBytes = (flags = 0): number => ((flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1))
