/** Whether a PNG goes on to its end: its last chunk is IEND, or else one follows from chunk to chunk. Checks no sums. */

import { formatCount } from '../units.ts'
import type { Glimpse } from './glimpse.ts'

/** The chunk IEND whole: length 0, name, sum. */
const lastChunk = Buffer.from('0000000049454e44ae426082', 'hex')

/** Where it ends too early, in words; undefined where it is whole. */
export function cutOfPng(file: Glimpse): string | undefined {
  if (file.at(Math.max(8, file.bytes - lastChunk.length), lastChunk.length).equals(lastChunk))
    return undefined
  for (let at = 8; ; ) {
    const head = file.at(at, 8)
    if (head.length === 0) return 'ends without its chunk IEND'
    if (head.length < 8) return 'ends in the head of a chunk'
    const name = head.toString('latin1', 4, 8)
    if (!/^[A-Za-z]{4}$/.test(name)) return `has no chunk at byte ${formatCount(at)}`
    at += 12 + head.readUInt32BE(0)
    if (at > file.bytes) return `ends inside of its chunk ${name}`
    if (name === 'IEND') return undefined
  }
}
