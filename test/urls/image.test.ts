/** What first bytes say: by pictures that sharp drew, by what is none, by what is only a placeholder. */

import sharp from 'sharp'
import { expect, test } from 'vitest'
import { imageSizeOf, imageTypeOf, isImageName } from '../../lib/model/image.ts'
import { flawOf } from '../../tasks/urls/content.ts'
import { onePixel } from './rig.ts'

const drawn = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: { r: 9, g: 99, b: 200 } } })

test.each(['jpeg', 'png', 'gif', 'webp', 'tiff', 'avif'] as const)('%s is known', async format => {
  const bytes = await drawn(31, 17).toFormat(format).toBuffer()
  expect(imageTypeOf(bytes)).toBe(format)
  expect(imageTypeOf(bytes.subarray(0, 20))).toBe(format)
  if (['jpeg', 'png', 'gif'].includes(format)) expect(imageSizeOf(bytes)).toEqual({ width: 31, height: 17 })
})

test.each(['jpeg', 'png', 'gif'] as const)(
  'a %s of one pixel is a placeholder, whatever it drags along',
  async format => {
    const bytes = await drawn(1, 1).withMetadata().toFormat(format).toBuffer()
    expect(imageSizeOf(bytes)).toEqual({ width: 1, height: 1 })
    expect(flawOf('a.jpg', { bytes: bytes.length, head: bytes })).toBe('placeholder')
    const real = await drawn(40, 30).toFormat(format).toBuffer()
    expect(flawOf('a.jpg', { bytes: real.length, head: real })).toBeUndefined()
  },
)

test.each<[string, string | Buffer, string | undefined, string | undefined]>([
  ['a.jpg', '', undefined, 'empty'],
  ['a.jpg', onePixel, undefined, 'placeholder'],
  ['a.jpg', '<!doctype html><title>gone</title>', undefined, 'html'],
  ['a.jpg', '\n <HTML><body>', 'text/html', 'html'],
  ['a.json', '{"error":1}', 'text/html; charset=utf-8', 'html'],
  ['a.html', '<html>', 'text/html', undefined],
  ['a.jpg', 'a text of some length', 'image/jpeg', 'not-an-image'],
  ['a.jpg', 'PK\x03\x04', undefined, 'not-an-image'],
  ['a.jpg', 'GIF89a', undefined, 'placeholder'],
  ['B01', 'no ending means a picture', undefined, 'not-an-image'],
  ['a.txt', 'a text', undefined, undefined],
  ['a.tar', 'anything', 'image/png', undefined],
  [
    'a.svg',
    `<?xml version="1.0"?>\n<!-- drawn by hand -->\n<svg xmlns="x">${' '.repeat(100)}</svg>`,
    undefined,
    undefined,
  ],
  [
    'a.bmp',
    Buffer.concat([Buffer.from('BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0', 'latin1'), Buffer.alloc(100)]),
    undefined,
    undefined,
  ],
  ['a.bmp', `BMW is no bitmap ${' '.repeat(100)}`, undefined, 'not-an-image'],
])('%s of %j, sent as %s', (path, content, contentType, flaw) => {
  const head = Buffer.from(content)
  expect(flawOf(path, { bytes: head.length, head, contentType })).toBe(flaw)
})

test('a JPEG that ends in its headers has no size', () => {
  expect(imageSizeOf(Buffer.from('ffd8ffe000104a464946', 'hex'))).toBeUndefined()
  expect(imageSizeOf(Buffer.from('ffd8ffe0000000000000000000', 'hex'))).toBeUndefined()
})

test.each([
  ['a.JPG', true],
  ['dir.x/name', true],
  ['a.webp', true],
  ['a.json', false],
  ['v1.0 final draft', true],
])('%s is expected to be an image: %s', (name, is) => expect(isImageName(name)).toBe(is))
