/** Small pictures that really decode, drawn from a seed. Knows nothing of datasets. */

import sharp from 'sharp'

export type PictureFormat = 'jpeg' | 'png' | 'gif'

/** A whole number from 0 to `below` - 1; the same row of numbers for the same seed. */
export type Dice = (below: number) => number

/** mulberry32: short, and good enough for colours and names. */
export function diceFrom(seed: number): Dice {
  let state = seed >>> 0
  return below => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below)
  }
}

/** The dice are rolled before the first await: pictures painted side by side are the same as one after the other. */
export function paint(dice: Dice, format: PictureFormat): Promise<Buffer> {
  const width = 64 + dice(128)
  const height = 64 + dice(128)
  const pixels = sunset(dice, width, height)
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .toFormat(format)
    .toBuffer()
}

/** Red, green and blue of each pixel: one colour running into another behind a disc of a third, with grain. */
function sunset(dice: Dice, width: number, height: number): Buffer {
  const colour = (): number[] => [dice(256), dice(256), dice(256)]
  const [sky, ground, disc] = [colour(), colour(), colour()]
  const [centreX, centreY, radius] = [dice(width), dice(height), 6 + dice(20)]
  const pixels = Buffer.alloc(width * height * 3)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let channel = 0; channel < 3; channel++) {
        const inDisc = (x - centreX) ** 2 + (y - centreY) ** 2 < radius ** 2
        const [top = 0, bottom = 0, middle = 0] = [sky[channel], ground[channel], disc[channel]]
        const value = inDisc ? middle : top + ((bottom - top) * y) / height
        pixels[(y * width + x) * 3 + channel] = Math.min(255, value + dice(16))
      }
  return pixels
}
