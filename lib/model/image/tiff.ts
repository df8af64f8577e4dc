/**
 * Whether a TIFF holds the directories of its pages, and the strips or tiles of the first: the one that is looked at.
 * Decodes nothing.
 */

import { formatCount } from '../units.ts'
import type { Glimpse } from './glimpse.ts'

/** Classic TIFF, or BigTIFF with its wider numbers. Bytes. */
interface Widths {
  readonly count: 2 | 8
  readonly entry: 12 | 20
  /** Of an offset, and of a value that stands in the entry itself. */
  readonly value: 4 | 8
}

const classic: Widths = { count: 2, entry: 12, value: 4 }
const big: Widths = { count: 8, entry: 20, value: 8 }

/** Strips and tiles: the tag of their offsets, and that of their lengths. */
const pieces = [
  [273, 279],
  [324, 325],
] as const
/** Of one value, by its type. */
const bytesOfType = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8] as const
/** More are not looked at: they would be made to take time. */
const mostPieces = 1 << 20
const mostPages = 1000
const mostEntries = 4096

/** Where it ends too early, in words; undefined where it is whole. */
export function cutOfTiff(file: Glimpse): string | undefined {
  const widths = file.at(2, 2).includes(0x2b) ? big : classic
  const read = numbersOf(file)
  let at = read(widths === big ? 8 : 4, widths.value)
  if (at === 0) return 'holds no picture'
  for (let pages = 0; at !== 0 && pages < mostPages; pages += 1) {
    const count = at === undefined ? undefined : read(at, widths.count)
    if (at === undefined || count === undefined) return 'ends before its directory'
    const start = at + widths.count
    const end = start + count * widths.entry
    if (end + widths.value > file.bytes) return 'ends inside of its directory'
    const reach = pages > 0 ? 0 : reachOf(start, Math.min(count, mostEntries), widths, read)
    if (reach > file.bytes)
      return `ends after ${formatCount(file.bytes)} bytes, and refers to ${formatCount(reach)}`
    at = read(end, widths.value)
  }
  return undefined
}

type Read = (at: number, bytes: number) => number | undefined

/** Unsigned numbers in the byte order of the file; undefined behind its end. */
function numbersOf(file: Glimpse): Read {
  const isLittle = file.at(0, 1)[0] === 0x49
  return (at, bytes) => {
    const found = file.at(at, bytes)
    if (bytes === 0 || found.length < bytes) return undefined
    if (bytes === 8) return Number(isLittle ? found.readBigUInt64LE() : found.readBigUInt64BE())
    return isLittle ? found.readUIntLE(0, bytes) : found.readUIntBE(0, bytes)
  }
}

/** The values of an entry: how many, of how many bytes each, and where. */
interface Values {
  readonly count: number
  readonly bytes: number
  readonly at: number
}

/** Where the last value, strip or tile of a directory ends. */
function reachOf(start: number, count: number, widths: Widths, read: Read): number {
  const entries = new Map<number, Values>()
  for (let at = start; at < start + count * widths.entry; at += widths.entry)
    entries.set(read(at, 2) ?? 0, valuesOf(at, widths, read))
  let reach = 0
  for (const { at, bytes, count: values } of entries.values()) reach = Math.max(reach, at + bytes * values)
  for (const [offsetTag, lengthTag] of pieces) {
    const offsets = entries.get(offsetTag)
    const lengths = entries.get(lengthTag)
    for (let i = 0; i < Math.min(offsets?.count ?? 0, mostPieces); i += 1)
      reach = Math.max(reach, valueAt(offsets, i, read) + valueAt(lengths, i, read))
  }
  return reach
}

/** In the entry itself where they find room there. */
function valuesOf(entry: number, { value }: Widths, read: Read): Values {
  const bytes = bytesOfType[read(entry + 2, 2) ?? 0] ?? 0
  const count = read(entry + 4, value) ?? 0
  const inside = entry + 4 + value
  return { count, bytes, at: bytes * count <= value ? inside : (read(inside, value) ?? 0) }
}

/** 0 where there is none. */
const valueAt = (values: Values | undefined, i: number, read: Read): number =>
  values === undefined || i >= values.count ? 0 : (read(values.at + i * values.bytes, values.bytes) ?? 0)
