/**
 * Finds where xz and bzip2 files end, by the records that each of their streams ends with: programs differ in what they
 * make of what stands behind. Decompresses nothing.
 */

import { crc32 } from 'node:zlib'
import { type Compression, compressionOf } from '../compression.ts'
import { bytesAfter, endOfContent, type Undone } from './rest.ts'

/** Where the last stream ends in these bytes. */
type EndIn = (bytes: Buffer) => number | undefined

/** So much is held back, and looked through for an end. */
const heldBytes = 64 << 10
/** An end may have zeros of its own: bzip2 ends with a checksum. */
const zerosOfEnd = 8

export interface Ended {
  /** What passed had no end to be seen: if the program finds one, something stands behind it. */
  hasNoEnd: boolean
}

/** The bytes without the zeros behind them. Throws where something else stands there. */
export async function* upToFooter(
  bytes: AsyncIterable<Buffer>,
  undone: Undone,
  ended: Ended,
): AsyncGenerator<Buffer> {
  let held: Buffer = Buffer.alloc(0)
  let zeros = 0
  for await (const piece of bytes) {
    const end = endOfContent(piece)
    if (end === 0) {
      zeros += piece.length
      continue
    }
    if (held.length > heldBytes) {
      yield held.subarray(0, held.length - heldBytes)
      held = held.subarray(held.length - heldBytes)
    }
    if (zeros > heldBytes) {
      refuseBehind(piece, held, undone)
      yield held
      yield* zerosOf(zeros - heldBytes)
      held = Buffer.alloc(0)
      zeros = heldBytes
    }
    held = Buffer.concat([held, Buffer.alloc(zeros), piece.subarray(0, end)])
    zeros = piece.length - end
  }
  const end = endOf(held, zeros, undone)
  ended.hasNoEnd = end === undefined
  if (end === undefined) yield held
  else if (end >= held.length) yield Buffer.concat([held, Buffer.alloc(end - held.length)])
  else {
    refuseOther(held.subarray(end), undone)
    // One more stream, that does not come to its end.
    yield held
  }
}

/** Where the last stream ends in what is held and the zeros behind it. */
const endOf = (held: Buffer, zeros: number, { compression }: Undone): number | undefined =>
  endIn[compression]?.(Buffer.concat([held, Buffer.alloc(Math.min(zeros, zerosOfEnd))]))

/** `piece`: what stands behind many zeros, which only come between streams. */
function refuseBehind(piece: Buffer, held: Buffer, undone: Undone): void {
  if ((endOf(held, zerosOfEnd, undone) ?? 0) >= held.length) refuseOther(piece, undone)
}

/** What is no beginning of a stream. */
function refuseOther(rest: Buffer, undone: Undone): void {
  const next = rest.subarray(rest.findIndex(byte => byte !== 0))
  if (compressionOf(next) !== undone.compression) throw bytesAfter(undone, next)
}

function* zerosOf(bytes: number): Generator<Buffer> {
  const piece = Buffer.alloc(Math.min(bytes, 1 << 20))
  for (let left = bytes; left > 0; left -= piece.length) yield piece.subarray(0, left)
}

/** CRC-32 of the six bytes behind it, and the two last of these letters. */
const xzFooterBytes = 12

function endOfXz(bytes: Buffer): number | undefined {
  for (let at = bytes.lastIndexOf('YZ'); at >= 0; at = at === 0 ? -1 : bytes.lastIndexOf('YZ', at - 1)) {
    const end = at + 2
    const begin = end - xzFooterBytes
    if (begin >= 0 && bytes.readUInt32LE(begin) === crc32(bytes.subarray(begin + 4, at))) return end
  }
  return undefined
}

/** Digits of the square root of pi, and behind them a checksum; they begin at any bit. */
const bzip2End = Buffer.from('177245385090', 'hex')
const bzip2EndBits = 80

function endOfBzip2(bytes: Buffer): number | undefined {
  let last: number | undefined
  for (let shift = 0; shift < 8; shift += 1) {
    const at = shifted(bytes, shift).lastIndexOf(bzip2End)
    const end = at < 0 ? 0 : Math.ceil((8 * at + shift + bzip2EndBits) / 8)
    if (at >= 0 && end <= bytes.length) last = Math.max(last ?? 0, end)
  }
  return last
}

/** By so many bits, of which each byte gets those of the next. */
function shifted(bytes: Buffer, shift: number): Buffer {
  if (shift === 0) return bytes
  const copy = Buffer.alloc(bytes.length)
  for (let i = 0; i < bytes.length; i += 1)
    copy[i] = ((bytes[i] as number) << shift) | ((bytes[i + 1] ?? 0) >> (8 - shift))
  return copy
}

const endIn: Readonly<Partial<Record<Compression, EndIn>>> = { xz: endOfXz, bzip2: endOfBzip2 }
