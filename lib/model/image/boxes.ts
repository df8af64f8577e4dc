/** Whether an AVIF or HEIC holds all of its boxes, and one with pixels among them. Looks into none but `meta`. */

import { formatCount } from '../units.ts'
import type { Glimpse } from './glimpse.ts'

interface Box {
  readonly name: string
  readonly start: number
  readonly end: number
}

/** Where it ends too early, in words; undefined where it is whole. */
export function cutOfBoxes(file: Glimpse): string | undefined {
  let meta: Box | undefined
  let hasPixels = false
  for (let at = 0; at < file.bytes; ) {
    const box = boxAt(file, at)
    if (box === undefined) return `has no whole box at byte ${formatCount(at)}`
    if (box.end > file.bytes) return `ends inside of its box ${box.name}`
    if (box.name === 'meta') meta = box
    if (box.name === 'mdat') hasPixels = true
    at = box.end
  }
  return hasPixels || (meta && holdsPixels(file, meta)) ? undefined : 'ends before its box mdat'
}

/** Undefined where none can begin. A length of 0 is the rest of the file, 1 stands for a longer number. */
function boxAt(file: Glimpse, start: number): Box | undefined {
  const head = file.at(start, 16)
  if (head.length < 8) return undefined
  const name = head.toString('latin1', 4, 8)
  const told = head.readUInt32BE(0)
  if (told === 0) return { name, start, end: file.bytes }
  if (told === 1)
    return head.length < 16 ? undefined : { name, start, end: start + Number(head.readBigUInt64BE(8)) }
  return told < 8 ? undefined : { name, start, end: start + told }
}

/** Small pictures lie in a box of `meta` itself, behind its version. */
function holdsPixels(file: Glimpse, meta: Box): boolean {
  for (let at = meta.start + 12; at < meta.end; ) {
    const box = boxAt(file, at)
    if (box === undefined) return false
    if (box.name === 'idat') return true
    at = box.end
  }
  return false
}
