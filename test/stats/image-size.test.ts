/** Width and height from headers, against who made the images. */

import sharp from 'sharp'
import { expect, test } from 'vitest'
import { imageSizeOf, imageTypeOf } from '../../lib/model/image.ts'

const plain = sharp({ create: { width: 301, height: 203, channels: 3, background: '#884422' } })
const clear = sharp({ create: { width: 301, height: 203, channels: 4, background: '#88442280' } })

test.each([
  ['jpeg', plain.clone().jpeg()],
  ['jpeg', plain.clone().jpeg({ progressive: true }).withIccProfile('p3')],
  ['png', plain.clone().png()],
  ['gif', plain.clone().gif()],
  ['webp', plain.clone().webp()],
  ['webp', plain.clone().webp({ lossless: true })],
  ['webp', clear.clone().webp()],
])('%s', async (type, image) => {
  const bytes = await image.toBuffer()
  expect([imageTypeOf(bytes), imageSizeOf(bytes)]).toEqual([type, { width: 301, height: 203 }])
  // Cut before that is told: no size, and no failure.
  for (let length = 0; length < 30; length += 1)
    expect([undefined, 301]).toContain(imageSizeOf(bytes.subarray(0, length))?.width)
})

test('bmp: the oldest header, and rows from the top down', () => {
  const bmp = (headerBytes: number): Buffer => {
    const bytes = Buffer.alloc(14 + headerBytes)
    bytes.write('BM')
    bytes.writeUInt32LE(headerBytes, 14)
    return bytes
  }
  const old = bmp(12)
  old.writeUInt16LE(301, 18)
  old.writeUInt16LE(203, 20)
  const usual = bmp(40)
  usual.writeInt32LE(301, 18)
  usual.writeInt32LE(-203, 22)
  for (const bytes of [old, usual]) expect(imageSizeOf(bytes)).toEqual({ width: 301, height: 203 })
})
