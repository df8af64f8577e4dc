/**
 * Reads the directory of a zip into columns, and holds it against itself: no two entries share bytes. Judges no name,
 * reads no content.
 */

import { isUtf8 } from 'node:buffer'
import { kinds, newColumns, shared, traits, type ZipColumns } from './columns.ts'
import { corrupt } from './corrupt.ts'
import type { DirectoryPlace } from './end.ts'
import { piecesOf, type RandomAccess } from './random-access.ts'

const entryBytes = 46
const localHeaderBytes = 30
const entrySignature = 0x02014b50
/** A field that only ZIP64 tells. */
const elsewhere = 0xffffffff

export async function readDirectory(source: RandomAccess, place: DirectoryPlace): Promise<ZipColumns> {
  const buffer = shared(place.bytes)
  const bytes = Buffer.from(buffer as unknown as ArrayBuffer)
  let at = 0
  for await (const piece of piecesOf(source, place.offset, place.offset + place.bytes)) {
    bytes.set(piece, at)
    at += piece.length
  }
  const columns = newColumns(source.name, place.entries, new Uint8Array(buffer))
  fill(columns, bytes, place)
  orderByOffset(columns, place)
  return columns
}

function fill(columns: ZipColumns, bytes: Buffer, place: DirectoryPlace): void {
  const { archive, count } = columns
  let at = 0
  for (let i = 0; i < count; i += 1) {
    if (at + entryBytes > bytes.length) throw corrupt(archive, 'its directory ends in the middle of an entry')
    if (bytes.readUInt32LE(at) !== entrySignature)
      throw corrupt(archive, 'its directory does not consist of entries')
    const nameBytes = bytes.readUInt16LE(at + 28)
    const extraBytes = bytes.readUInt16LE(at + 30)
    const next = at + entryBytes + nameBytes + extraBytes + bytes.readUInt16LE(at + 32)
    if (next > bytes.length) throw corrupt(archive, 'its directory ends in the middle of an entry')
    columns.nameAt[i] = at + entryBytes
    columns.nameBytes[i] = nameBytes
    columns.method[i] = bytes.readUInt16LE(at + 10)
    columns.crc32[i] = bytes.readUInt32LE(at + 16)
    columns.compressedBytes[i] = bytes.readUInt32LE(at + 20)
    columns.bytes[i] = bytes.readUInt32LE(at + 24)
    columns.headerOffset[i] = bytes.readUInt32LE(at + 42)
    readZip64(columns, i, bytes, at + entryBytes + nameBytes, extraBytes)
    columns.headerOffset[i] = place.start + (columns.headerOffset[i] as number)
    columns.traits[i] = nameTraits(bytes, at + entryBytes, nameBytes)
    columns.traits[i] = (columns.traits[i] as number) | traitsOf(columns, i, bytes, at)
    at = next
  }
  if (at !== bytes.length)
    throw corrupt(archive, 'its directory has another size than its end record says', [
      { label: 'wanted', text: `${bytes.length} bytes for ${count} entries` },
      { label: 'found', text: `${at} bytes` },
    ])
}

/** The fields that stand at their limit, in their order. */
function readZip64(columns: ZipColumns, i: number, bytes: Buffer, from: number, length: number): void {
  const fields = ([columns.bytes, columns.compressedBytes, columns.headerOffset] as const).filter(
    field => field[i] === elsewhere,
  )
  if (fields.length === 0) return
  let at = zip64At(bytes, from, from + length)
  for (const field of fields) {
    if (at === undefined || at.from + 8 > at.to) throw noSize(columns, i, bytes)
    const value = Number(bytes.readBigUInt64LE(at.from))
    if (!Number.isSafeInteger(value)) throw noSize(columns, i, bytes)
    field[i] = value
    at = { from: at.from + 8, to: at.to }
  }
}

function zip64At(bytes: Buffer, from: number, end: number): { from: number; to: number } | undefined {
  for (let at = from; at + 4 <= end; at += 4 + bytes.readUInt16LE(at + 2)) {
    const to = at + 4 + bytes.readUInt16LE(at + 2)
    if (bytes.readUInt16LE(at) === 1 && to <= end) return { from: at + 4, to }
  }
  return undefined
}

const noSize = ({ archive, nameAt, nameBytes }: ZipColumns, i: number, bytes: Buffer): Error => {
  const at = nameAt[i] as number
  const text = bytes.toString('utf8', at, at + (nameBytes[i] as number))
  return corrupt(archive, 'an entry tells no size', [{ label: 'entry', text }])
}

function nameTraits(bytes: Buffer, from: number, length: number): number {
  for (let at = from; at < from + length; at += 1)
    if ((bytes[at] as number) > 0x7f)
      return isUtf8(Uint8Array.from(bytes.subarray(from, from + length)))
        ? traits.notAscii
        : traits.notAscii | traits.notUtf8
  return 0
}

/** A name with `/` at its end that holds bytes is no folder: what it is then, the name's checker says. */
function traitsOf(columns: ZipColumns, i: number, bytes: Buffer, at: number): number {
  const encrypted = (bytes.readUInt16LE(at + 8) & 0x2041) === 0 ? 0 : traits.encrypted
  const madeBy = bytes[at + 5] as number
  const madeOnUnix = madeBy === 3 || madeBy === 19
  const type = madeOnUnix ? bytes.readUInt16LE(at + 40) & 0o170000 : 0
  return encrypted | kinds.indexOf(kindOf(type, endsAsFolder(columns, i, bytes)))
}

function kindOf(type: number, isFolder: { readonly named: boolean; readonly empty: boolean }) {
  if (type === 0o120000) return 'link'
  if (type !== 0 && type !== 0o100000 && type !== 0o040000) return 'special'
  return (isFolder.named || type === 0o040000) && isFolder.empty ? 'folder' : 'file'
}

const slash = 0x2f

function endsAsFolder(columns: ZipColumns, i: number, bytes: Buffer) {
  const last = (columns.nameAt[i] as number) + (columns.nameBytes[i] as number) - 1
  return { named: columns.nameBytes[i] !== 0 && bytes[last] === slash, empty: columns.bytes[i] === 0 }
}

/** Where each entry ends at the latest. Entries that share bytes are how a few kilobytes become petabytes. */
function orderByOffset(columns: ZipColumns, place: DirectoryPlace): void {
  const { archive, count, order, headerOffset, endOffset, compressedBytes, nameBytes } = columns
  let isSorted = true
  for (let i = 0; i < count; i += 1) {
    order[i] = i
    isSorted &&= i === 0 || (headerOffset[i - 1] as number) <= (headerOffset[i] as number)
  }
  if (!isSorted) order.sort((a, b) => (headerOffset[a] as number) - (headerOffset[b] as number) || a - b)
  let end = place.offset
  for (let k = count - 1; k >= 0; k -= 1) {
    const i = order[k] as number
    const offset = headerOffset[i] as number
    const least = localHeaderBytes + (nameBytes[i] as number) + (compressedBytes[i] as number)
    if (offset + least > end) {
      const at = columns.nameAt[i] as number
      const path = Buffer.from(columns.directory.slice(at, at + (nameBytes[i] as number))).toString()
      throw corrupt(archive, 'an entry reaches into what follows it', [{ label: 'entry', text: path }])
    }
    endOffset[i] = end
    end = offset
  }
}
