/**
 * Reads the directory of a zip into columns. Judges no name, reads no content; whether entries share bytes is for
 * lib/io/zip/layout.ts.
 */

import { isUtf8 } from 'node:buffer'
import { formatBytes, formatCount } from '../../model/units.ts'
import { kinds, newColumns, shared, traits, type ZipColumns } from './columns.ts'
import { corrupt, damaged, packAgain } from './corrupt.ts'
import { tooFew, tooMany } from './count.ts'
import type { DirectoryPlace } from './end.ts'
import { type Extras, nameIn, readExtras, type Stretch } from './extras.ts'
import { orderByOffset } from './layout.ts'
import { piecesOf, type RandomAccess } from './random-access.ts'
import { placeInParts } from './split.ts'

const entryBytes = 46
const entrySignature = 0x02014b50
/** A field that only ZIP64 tells. */
const elsewhere = 0xffffffff
/** Encrypted, strongly so, or with a directory whose local headers are masked. */
export const encryptionFlags = 0x2041
export const utf8Flag = 0x0800
/** It is held in memory: ten million entries and more are below that. */
const mostDirectoryBytes = 1 << 30

export async function readDirectory(source: RandomAccess, place: DirectoryPlace): Promise<ZipColumns> {
  if (place.bytes > mostDirectoryBytes) throw tooLarge(source.name, place)
  const buffer = shared(place.bytes)
  const bytes = Buffer.from(buffer as unknown as ArrayBuffer)
  let at = 0
  await source.bring?.(place.offset, place.offset + place.bytes)
  for await (const piece of piecesOf(source, place.offset, place.offset + place.bytes)) {
    bytes.set(piece, at)
    if (at === 0 && place.entries > 0 && !isEntry(bytes, 0)) throw noEntries(source.name)
    at += piece.length
  }
  const columns = newColumns(source.name, place.entries, new Uint8Array(buffer))
  fill(columns, bytes, place)
  await orderByOffset(columns, place, source)
  return columns
}

const tooLarge = (archive: string, { bytes, entries }: DirectoryPlace): Error =>
  damaged(
    'directory-too-large',
    `The directory of ${archive} is too large to be read.`,
    [
      { label: 'wanted', text: `${formatBytes(mostDirectoryBytes)} at most` },
      { label: 'found', text: `${formatBytes(bytes)} for ${formatCount(entries)} entries` },
    ],
    packAgain,
  )

const noEntries = (archive: string): Error => corrupt(archive, 'its directory does not consist of entries')

const isEntry = (bytes: Buffer, at: number): boolean => bytes.readUInt32LE(at) === entrySignature

function fill(columns: ZipColumns, bytes: Buffer, place: DirectoryPlace): void {
  const { archive, count } = columns
  let at = 0
  for (let i = 0; i < count; i += 1) {
    const end = endOfEntry(bytes, at)
    if (end === undefined) throw at === bytes.length ? tooFew(archive, count, i) : noNext(archive, bytes, at)
    readEntry(columns, i, bytes, at, place)
    at = end
  }
  if (at === bytes.length) return
  let found = count
  for (let end = endOfEntry(bytes, at); end !== undefined; end = endOfEntry(bytes, at)) {
    found += 1
    at = end
  }
  if (found > count && at === bytes.length) throw tooMany(archive, count, found)
  throw corrupt(archive, 'its directory has another size than its end record says', [
    { label: 'wanted', text: `${formatCount(bytes.length)} bytes for ${formatCount(count)} entries` },
    { label: 'found', text: `${formatCount(at)} bytes` },
  ])
}

/** Undefined where no whole entry begins. */
function endOfEntry(bytes: Buffer, at: number): number | undefined {
  if (at + entryBytes > bytes.length || !isEntry(bytes, at)) return undefined
  const end =
    at + entryBytes + bytes.readUInt16LE(at + 28) + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32)
  return end > bytes.length ? undefined : end
}

const noNext = (archive: string, bytes: Buffer, at: number): Error =>
  at + 4 <= bytes.length && isEntry(bytes, at)
    ? corrupt(archive, 'its directory ends in the middle of an entry')
    : noEntries(archive)

function readEntry(columns: ZipColumns, i: number, bytes: Buffer, at: number, place: DirectoryPlace): void {
  const nameAt = at + entryBytes
  const nameBytes = bytes.readUInt16LE(at + 28)
  const nameEnd = nameAt + nameBytes
  const extras = readExtras(bytes, nameEnd, nameEnd + bytes.readUInt16LE(at + 30))
  const flags = bytes.readUInt16LE(at + 8)
  columns.headerNameAt[i] = nameAt
  columns.headerNameBytes[i] = nameBytes
  const name = nameOf(bytes, nameAt, nameEnd, flags, extras)
  columns.nameAt[i] = name.from
  columns.nameBytes[i] = name.to - name.from
  columns.method[i] = bytes.readUInt16LE(at + 10)
  columns.crc32[i] = bytes.readUInt32LE(at + 16)
  columns.compressedBytes[i] = bytes.readUInt32LE(at + 20)
  columns.bytes[i] = bytes.readUInt32LE(at + 24)
  columns.headerOffset[i] = bytes.readUInt32LE(at + 42)
  readZip64(columns, i, bytes, extras)
  columns.headerOffset[i] = place.starts
    ? placeInParts(columns.archive, place.starts, bytes.readUInt16LE(at + 34), columns.headerOffset[i])
    : place.start + columns.headerOffset[i]
  columns.traits[i] =
    nameTraits(bytes, name.from, name.to) |
    ((flags & encryptionFlags) === 0 ? 0 : traits.encrypted) |
    ((flags & utf8Flag) === 0 ? 0 : traits.saysUtf8) |
    kinds.indexOf(kindOf(columns, i, bytes, at, extras))
}

function nameOf(bytes: Buffer, from: number, to: number, flags: number, { unicodePath }: Extras): Stretch {
  const written = { from, to }
  if (unicodePath === undefined || (flags & utf8Flag) !== 0) return plain(bytes, written)
  return plain(bytes, nameIn(bytes, unicodePath, bytes.subarray(from, to)) ?? written)
}

const [dot, slash] = [0x2e, 0x2f]

/** Writers that pack `.` (bsdtar) begin each name with `./`, which is nothing but a way to write it. */
function plain(bytes: Buffer, { from, to }: Stretch): Stretch {
  let at = from
  while (at + 2 < to && bytes[at] === dot && bytes[at + 1] === slash) at += 2
  return { from: at, to }
}

/** The fields that stand at their limit, in their order. */
function readZip64(columns: ZipColumns, i: number, bytes: Buffer, { zip64 }: Extras): void {
  let at = zip64?.from ?? 0
  for (const field of [columns.bytes, columns.compressedBytes, columns.headerOffset]) {
    if (field[i] !== elsewhere) continue
    if (zip64 === undefined || at + 8 > zip64.to) throw noSize(columns, i, bytes)
    const value = Number(bytes.readBigUInt64LE(at))
    if (!Number.isSafeInteger(value)) throw noSize(columns, i, bytes)
    field[i] = value
    at += 8
  }
}

const noSize = ({ archive, nameAt, nameBytes }: ZipColumns, i: number, bytes: Buffer): Error => {
  const at = nameAt[i] as number
  const text = bytes.toString('utf8', at, at + (nameBytes[i] as number))
  return corrupt(archive, 'an entry tells no size', [{ label: 'entry', text }])
}

function nameTraits(bytes: Buffer, from: number, to: number): number {
  for (let at = from; at < to; at += 1)
    if ((bytes[at] as number) > 0x7f)
      return isUtf8(Uint8Array.from(bytes.subarray(from, to)))
        ? traits.notAscii
        : traits.notAscii | traits.notUtf8
  return 0
}

/** A name with `/` at its end that holds bytes is no folder: what it is then, the name's checker says. */
function kindOf(columns: ZipColumns, i: number, bytes: Buffer, at: number, { isLink }: Extras) {
  const madeBy = bytes[at + 5] as number
  const madeOnUnix = madeBy === 3 || madeBy === 19
  const type = madeOnUnix ? bytes.readUInt16LE(at + 40) & 0o170000 : 0
  if (isLink || type === 0o120000) return 'link'
  if (type !== 0 && type !== 0o100000 && type !== 0o040000) return 'special'
  const nameEnd = (columns.nameAt[i] as number) + (columns.nameBytes[i] as number)
  const isNamedFolder = columns.nameBytes[i] !== 0 && bytes[nameEnd - 1] === slash
  return (isNamedFolder || type === 0o040000) && columns.bytes[i] === 0 ? 'folder' : 'file'
}
