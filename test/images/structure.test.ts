/** What is an image and whole, by its structure: pictures of every kind, cut at every byte, and what only looks like one. */

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type ImageFlaw, imageFlawOf, inWords } from '../../lib/model/image-flaw.ts'
import { bmp, glimpseInto, picture, svg } from './rig.ts'

const flawOf = (bytes: Buffer): ImageFlaw | undefined => imageFlawOf(glimpseInto(bytes))
const wordsOf = (bytes: Buffer): string => {
  const flaw = flawOf(bytes)
  return flaw === undefined ? 'whole' : inWords(flaw)
}

/** A JPEG with a whole JPEG as preview in its header. */
const withPreview = (jpeg: Buffer): Buffer => {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(2 + jpeg.length)
  return Buffer.concat([jpeg.subarray(0, 2), Buffer.of(0xff, 0xe1), length, jpeg, jpeg.subarray(2)])
}

const pictures: Readonly<Record<string, () => Promise<Buffer> | Buffer>> = {
  JPEG: () => picture('jpeg'),
  'progressive JPEG': () => picture('jpeg', { progressive: true }),
  'JPEG with a preview': async () => withPreview(await picture('jpeg')),
  'JPEG with restart markers and a comment': async () =>
    Buffer.concat([Buffer.from('ffd8fffe00044142', 'hex'), (await picture('jpeg')).subarray(2)]),
  PNG: () => picture('png'),
  'interlaced PNG': () => picture('png', { progressive: true }),
  'PNG with a palette': () => picture('png', { palette: true }),
  GIF: () => picture('gif'),
  WebP: () => picture('webp'),
  'lossless WebP': () => picture('webp', { lossless: true }),
  TIFF: () => picture('tiff', { compression: 'none' }),
  'TIFF in tiles': () => picture('tiff', { compression: 'lzw', tile: true, tileWidth: 16, tileHeight: 16 }),
  BigTIFF: () => picture('tiff', { compression: 'deflate', bigtiff: true }),
  AVIF: () => picture('avif', { effort: 0 }),
  BMP: () => bmp(13, 7),
  'BMP with a palette': () => bmp(13, 7, 8),
  'BMP of two colours': () => bmp(13, 7, 1),
  SVG: () => svg,
}

const made = async (name: string): Promise<Buffer> => (pictures[name] as () => Promise<Buffer> | Buffer)()

test.each(Object.keys(pictures))('a %s is whole, and with bytes behind its end too', async name => {
  const bytes = await made(name)
  expect(wordsOf(bytes)).toBe('whole')
  const behind = name === 'AVIF' ? Buffer.from('\0\0\0\x09free\0', 'latin1') : Buffer.from('\n')
  expect(wordsOf(Buffer.concat([bytes, behind]))).toBe('whole')
})

test.each(Object.keys(pictures))('a %s that is cut anywhere is not', async name => {
  const bytes = await made(name)
  // What follows the last tag is a line break.
  const needed = name === 'SVG' ? bytes.length - 1 : bytes.length
  for (let length = 0; length < needed; length += 1) {
    const flaw = flawOf(bytes.subarray(0, length))
    if (flaw === undefined) throw new Error(`${length} of ${bytes.length} bytes count as whole`)
  }
})

test.each(['JPEG', 'progressive JPEG', 'PNG', 'GIF'])('a %s whose end is zeros is cut short', async name => {
  const bytes = Buffer.from(await made(name))
  for (const zeros of [20, 100, bytes.length >> 1]) {
    expect(flawOf(Buffer.from(bytes).fill(0, bytes.length - zeros))).toMatchObject({ form: 'truncated' })
  }
})

test('a JPEG that carries megabytes behind its end is whole', async () => {
  const jpeg = await picture('jpeg')
  expect(wordsOf(Buffer.concat([jpeg, Buffer.alloc(200_001)]))).toBe('whole')
  expect(wordsOf(Buffer.concat([jpeg.subarray(0, -2), Buffer.alloc(200_001)]))).toBe(
    'a JPEG that ends in its picture data, without an end marker',
  )
})

const cut = async (name: string, bytes: number): Promise<Buffer> => (await made(name)).subarray(0, bytes)

test.each<[string, () => Promise<Buffer> | Buffer, string]>([
  ['nothing', () => Buffer.alloc(0), 'an empty file'],
  ['a JPEG', () => cut('JPEG', 100), 'a JPEG that ends in its header'],
  ['a JPEG', () => cut('JPEG', -1), 'a JPEG that ends in its picture data, without an end marker'],
  ['a JPEG without pictures', () => Buffer.from('ffd8ffd9', 'hex'), 'a JPEG that ends in its header'],
  [
    'a JPEG of junk',
    () => Buffer.from(`ffd8ff${'41'.repeat(9000)}`, 'hex'),
    'a JPEG that ends in its header',
  ],
  ['a PNG', () => cut('PNG', 12), 'a PNG that ends in the head of a chunk'],
  ['a PNG', () => cut('PNG', 20), 'a PNG that ends inside of its chunk IHDR'],
  ['a PNG', () => cut('PNG', -12), 'a PNG that ends without its chunk IEND'],
  ['a PNG', () => cut('PNG', -1), 'a PNG that ends inside of its chunk IEND'],
  ['a PNG', () => cut('PNG', -13), 'a PNG that ends inside of its chunk IDAT'],
  [
    'a PNG of zeros',
    async () => Buffer.concat([await cut('PNG', 33), Buffer.alloc(30)]),
    'a PNG that has no chunk at byte 33',
  ],
  ['a GIF', () => cut('GIF', -1), 'a GIF that ends without its trailer'],
  ['a GIF without a picture', () => Buffer.from('GIF89a\0\0\0\0\0\0\0;'), 'a GIF that holds no picture'],
  ['a WebP', () => Buffer.from('RIFF\x32\0\0\0WEBPVP8 '), 'a WebP that ends after 16 of 58 bytes'],
  ['a WebP without a picture', () => Buffer.from('RIFF\x04\0\0\0WEBP'), 'a WebP that holds no picture'],
  ['a BMP', () => bmp(100, 10).subarray(0, 60), 'a BMP that ends after 60 of 3,054 bytes'],
  ['a BMP', () => bmp(100, 10).subarray(0, 40), 'a BMP that ends in its header'],
  [
    'a TIFF',
    () => Buffer.from('49492a0008000000010011010400010000006400000000000000', 'hex'),
    'a TIFF that ends after 26 bytes, and refers to 100',
  ],
  ['a TIFF', () => Buffer.from('4d4d002a00001000', 'hex'), 'a TIFF that ends before its directory'],
  [
    'a TIFF',
    () => Buffer.from('4d4d002a000000080002ffff', 'hex'),
    'a TIFF that ends inside of its directory',
  ],
  [
    'a TIFF',
    () => Buffer.from('4d4d002a00000008000101110004000000100000100000000000', 'hex'),
    'a TIFF that ends after 26 bytes, and refers to 4,160',
  ],
  ['a TIFF without a picture', () => Buffer.from('4d4d002a00000000', 'hex'), 'a TIFF that holds no picture'],
  ['an AVIF', () => cut('AVIF', 40), 'an AVIF that ends inside of its box meta'],
  [
    'an AVIF',
    () => Buffer.from('\0\0\0\x10ftypavif\0\0\0\0\0\0', 'latin1'),
    'an AVIF that has no whole box at byte 16',
  ],
  [
    'an AVIF',
    () => Buffer.from('\0\0\0\x10ftypavif\0\0\0\0', 'latin1'),
    'an AVIF that ends before its box mdat',
  ],
  ['an SVG', () => svg.subarray(0, -8), 'an SVG that ends without </svg>'],
  ['a page', () => Buffer.from('\n<!DOCTYPE html><title>Gone</title>'), 'not an image but a web page'],
  [
    'a pointer',
    () => Buffer.from('version https://git-lfs.github.com/spec/v1\n'),
    'not an image but a Git LFS pointer',
  ],
  ['an archive', () => Buffer.from('PK\x03\x04\x14\0'), 'not an image but a zip archive'],
  ['a video', () => Buffer.from('\0\0\0\x18ftypisom', 'latin1'), 'not an image but a video'],
  ['an annotation', () => Buffer.from('{"image": 1}'), 'not an image but JSON'],
  ['a note', () => Buffer.from('Visual Genome, part 2'), 'not an image but text'],
  ['a file that never came', () => Buffer.alloc(9000), 'not an image but zero bytes'],
  [
    'a program',
    () => Buffer.from('7f454c4602010100000000', 'hex'),
    'not an image but other bytes (7f 45 4c 46 02 01 01 00 …)',
  ],
  ['a byte', () => Buffer.of(0xff, 0), 'not an image but other bytes (ff 00)'],
])('%s: %#', async (_, bytes, words) => {
  expect(wordsOf(await bytes())).toBe(words)
})

const rleHead = `BM${'\0'.repeat(8)}\x36\0\0\0\x28\0\0\0${'\0'.repeat(12)}\x01\0\0\0\x04${'\0'.repeat(19)}`

test.each([
  ['a box of the rest of the file', '\0\0\0\x10ftypavif\0\0\0\0\0\0\0\0mdat....', 'whole'],
  ['a box with a long length', '\0\0\0\x10ftypavif\0\0\0\0\0\0\0\x01mdat\0\0\0\0\0\0\0\x12..', 'whole'],
  ['pixels in the box meta', '\0\0\0\x10ftypavif\0\0\0\0\0\0\0\x16meta\0\0\0\0\0\0\0\x0aidat..', 'whole'],
  ['an empty SVG', '<svg xmlns="x" width="1"/>\n', 'whole'],
  ['an OS/2 BMP', 'BM\0\0\0\0\0\0\0\0\x1a\0\0\0\x0c\0\0\0\x02\0\x01\0\x01\0\x18\0........', 'whole'],
  ['a compressed BMP', `${rleHead}....`, 'whole'],
  ['a compressed BMP', `${rleHead}...`, 'a BMP that ends after 57 of 58 bytes'],
])('%s', (_, text, words) => {
  expect(wordsOf(Buffer.from(text, 'latin1'))).toBe(words)
})

test('whatever stands in a file, it is judged', async () => {
  const whole = await Promise.all(Object.keys(pictures).map(made))
  const change = fc.record({ at: fc.double({ min: 0, max: 0.999, noNaN: true }), byte: fc.nat(255) })
  fc.assert(
    fc.property(fc.constantFrom(...whole), fc.array(change, { maxLength: 12 }), (bytes, changes) => {
      const changed = Buffer.from(bytes)
      // Most often where the structure is.
      for (const { at, byte } of changes) changed[Math.floor(at ** 3 * bytes.length)] = byte
      expect(wordsOf(changed)).toMatch(/./)
    }),
    { numRuns: 2000 },
  )
})
