/** The door to CRC-32: a package that is twice as fast as Node's own, where it has a binary for this system. */

import { createRequire } from 'node:module'
import { crc32 as ofNode } from 'node:zlib'
import type * as Fast from '@node-rs/crc32'

/** Of `bytes`, or of what came before them and had `before`, and them. */
type Crc32 = (bytes: Buffer, before?: number) => number

function fast(): Crc32 | undefined {
  try {
    return (createRequire(import.meta.url)('@node-rs/crc32') as typeof Fast).crc32
  } catch {
    return undefined
  }
}

export const crc32: Crc32 = fast() ?? ofNode
