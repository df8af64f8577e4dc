/**
 * Bytes that are to a packer what JPEG files are: a header that they share, then data with little to gain. The same row
 * for the same seed. Decodes to no picture.
 */

import { createCipheriv, createHash } from 'node:crypto'
import { diceFrom, paint } from '../../demo/pictures.ts'

const startOfScan = Buffer.from([0xff, 0xda])

/** Gives one file of so many bytes after the other. */
export async function contentFrom(seed: number): Promise<(bytes: number) => Buffer> {
  const picture = await paint(diceFrom(seed), 'jpeg')
  const header = picture.subarray(0, picture.indexOf(startOfScan))
  const key = createHash('sha256').update(String(seed)).digest().subarray(0, 16)
  const stream = createCipheriv('aes-128-ctr', key, Buffer.alloc(16))
  return bytes => {
    const content = stream.update(Buffer.alloc(bytes))
    for (let i = 0; i < bytes; i += 1) content[i] = frequent[content[i] as number] as number
    header.copy(content)
    return content
  }
}

/**
 * A few bytes are twice as frequent as others, as in the Huffman codes of a JPEG: deflate gains some percent, and what
 * inflates it has to look at every byte instead of copying stored blocks.
 */
const frequent = Uint8Array.from({ length: 256 }, (_, byte) => byte % 224)
