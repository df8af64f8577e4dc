/**
 * Whether a JPEG goes on to its end: from segment to segment up to its picture data, behind which the end marker has to
 * stand. Decodes nothing: picture data that was replaced by other bytes is not noticed.
 */

import type { Glimpse } from './glimpse.ts'

const endMarker = Buffer.of(0xff, 0xd9)
const blockBytes = 65_536

/** Where it ends too early, in words; undefined where it is whole. */
export function cutOfJpeg(file: Glimpse): string | undefined {
  const data = dataStart(file)
  if (data === undefined) return 'ends in its header'
  const { bytes } = file
  if (
    bytes - endMarker.length >= data &&
    file.at(bytes - endMarker.length, endMarker.length).equals(endMarker)
  )
    return undefined
  return hasEnd(file, data) ? undefined : 'ends in its picture data, without an end marker'
}

/** Behind the first start-of-scan segment. Skipped by length, so that the end of a preview in EXIF is no end. */
function dataStart(file: Glimpse): number | undefined {
  for (let at = 2; ; ) {
    const head = file.at(at, 4)
    const [sign, marker] = head
    if (sign === undefined || marker === undefined) return undefined
    if (sign !== 0xff) at += lengthOfJunk(file, at)
    else if (marker === 0xff) at += 1
    else if (standsAlone(marker)) at += 2
    else if (marker === 0xd9 || head.length < 4) return undefined
    else {
      at += 2 + head.readUInt16BE(2)
      if (marker === 0xda) return at < file.bytes ? at : undefined
    }
  }
}

/** Decoders skip bytes between segments up to the next marker. */
function lengthOfJunk(file: Glimpse, at: number): number {
  const block = file.at(at, 4096)
  const next = block.indexOf(0xff)
  return next < 0 ? block.length : next
}

const standsAlone = (marker: number): boolean =>
  marker === 0x00 || marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)

/** In picture data 0xff is always followed by 0 or a restart marker. From behind: what some cameras add is short. */
function hasEnd(file: Glimpse, data: number): boolean {
  for (let end = file.bytes; ; ) {
    const start = Math.max(data, end - blockBytes)
    if (file.at(start, end - start).includes(endMarker)) return true
    if (start === data) return false
    end = start + 1
  }
}
