/** One block of a tar, read as the header of an entry: V7, ustar, GNU, pax. Pure; knows no entry before or after it. */

import { numberIn } from './numbers.ts'

export const blockBytes = 512

export interface Header {
  readonly name: Buffer
  /** Undefined where the field holds no number. */
  readonly bytes: number | undefined
  /** The type flag: `0` is a file; V7 writes NUL for that. */
  readonly type: string
  /** What a link leads to. */
  readonly goal: Buffer
  /** An old GNU sparse file whose map goes on in the block behind. */
  readonly isContinued: boolean
}

/** `zero`: the mark of the end. Undefined: no header, because the checksum is another one. */
export function readHeader(block: Buffer): Header | 'zero' | undefined {
  if (isZero(block)) return 'zero'
  if (block.length < blockBytes || !isSummed(block)) return undefined
  const name = textIn(block, 0, 100)
  const prefix = isPosix(block) ? textIn(block, 345, 155) : name.subarray(0, 0)
  return {
    name: prefix.length === 0 ? name : Buffer.concat([prefix, Buffer.from('/'), name]),
    bytes: numberIn(block.subarray(124, 136)),
    type: String.fromCharCode(block[156] as number),
    goal: textIn(block, 157, 100),
    isContinued: block[482] !== 0,
  }
}

const zeros = Buffer.alloc(blockBytes)

/** Also of a block that is cut. */
export const isZero = (block: Buffer): boolean => block.equals(zeros.subarray(0, block.length))

/** GNU's own magic ends with two spaces, and its headers have times where ustar has the prefix. */
const isPosix = (block: Buffer): boolean => block.toString('latin1', 257, 263) === 'ustar\0'

/** Up to the first NUL. */
function textIn(block: Buffer, at: number, length: number): Buffer {
  const field = block.subarray(at, at + length)
  const end = field.indexOf(0)
  return end < 0 ? field : field.subarray(0, end)
}

/** It is one, or was before it was damaged: the magic of all but the oldest tars is in its place. */
export const isLikeHeader = (block: Buffer): boolean => block.toString('latin1', 257, 262) === 'ustar'

const sumAt = 148
const sumEnd = 156

/** Some old writers took bytes for signed. */
function isSummed(block: Buffer): boolean {
  const wanted = numberIn(block.subarray(sumAt, sumEnd))
  let sum = (sumEnd - sumAt) * 32
  let high = 0
  for (let i = 0; i < blockBytes; i += 1) {
    if (i >= sumAt && i < sumEnd) continue
    const byte = block[i] as number
    sum += byte
    if (byte > 127) high += 1
  }
  return wanted === sum || wanted === sum - 256 * high
}
