/** Holds the local header of an entry against the directory: both must say the same. Reads no content. */

import { formatCount } from '../../model/units.ts'
import type { ZipEntry } from './columns.ts'
import { damaged } from './corrupt.ts'
import { encryptionFlags, utf8Flag } from './directory.ts'
import { nameIn, readExtras } from './extras.ts'
import { localHeaderBytes, localSignature, overlap } from './layout.ts'

/** Sizes and CRC stand behind the data, and are nothing here. */
const descriptorFlag = 0x0008
const elsewhere = 0xffffffff
/** Room for the extra fields, whose length only the header itself tells. */
const likelyExtraBytes = 512

/** How many bytes from its beginning hold a local header in all likelihood, and at the most. */
export const likelyHeaderBytes = (entry: ZipEntry): number =>
  localHeaderBytes + entry.headerName.length + likelyExtraBytes
export const mostHeaderBytes = (entry: ZipEntry): number =>
  Math.min(entry.endOffset - entry.headerOffset, localHeaderBytes + entry.headerName.length + 0xffff)

/** Whether a descriptor follows the data, by the local header that `read` begins with. */
export const saysDescriptor = (read: Buffer): boolean => (read.readUInt16LE(6) & descriptorFlag) !== 0

/** The name in a local header, of which `read` has as much as there is; for messages. */
export const nameOf = (read: Buffer): string =>
  read.length < localHeaderBytes
    ? ''
    : shortened(read.subarray(localHeaderBytes, localHeaderBytes + read.readUInt16LE(26)))

/** How far behind its beginning the data of an entry begin. Undefined where `read` ends before its header does. */
export function contentOffset(archive: string, entry: ZipEntry, read: Buffer): number | undefined {
  if (read.readUInt32LE(0) !== localSignature)
    throw differs(archive, entry, 'a local header', `bytes ${read.toString('hex', 0, 4)}`)
  const nameBytes = read.readUInt16LE(26)
  const nameEnd = localHeaderBytes + nameBytes
  const name = read.subarray(localHeaderBytes, nameEnd)
  if (nameBytes !== entry.headerName.length || !name.equals(entry.headerName))
    throw differs(archive, entry, `name ${shortened(entry.headerName)}`, `name ${shortened(name)}`)
  const dataAt = nameEnd + read.readUInt16LE(28)
  if (entry.headerOffset + dataAt + entry.compressedBytes > entry.endOffset)
    throw overlap(archive, entry.path)
  if (dataAt > read.length) return undefined
  refuseOtherWords(archive, entry, read)
  refuseOtherPath(archive, entry, read, nameEnd, dataAt)
  refuseOtherSizes(archive, entry, read, nameEnd, dataAt)
  return dataAt
}

function refuseOtherWords(archive: string, entry: ZipEntry, read: Buffer): void {
  const method = read.readUInt16LE(8)
  if (method !== entry.method) throw differs(archive, entry, `method ${entry.method}`, `method ${method}`)
  const flags = read.readUInt16LE(6)
  if ((flags & encryptionFlags) !== 0 && !entry.encrypted)
    throw differs(archive, entry, 'no encryption', 'encryption')
  const saysUtf8 = (flags & utf8Flag) !== 0
  // Of a name in ASCII it says nothing, and writers do not agree.
  if (saysUtf8 !== entry.saysUtf8 && entry.headerName.some(byte => byte > 0x7f))
    throw differs(archive, entry, `a name ${inWords(entry.saysUtf8)}`, `a name ${inWords(saysUtf8)}`)
}

/** Readers that go by the local header would write it elsewhere: an extra field may name it anew in either place. */
function refuseOtherPath(archive: string, entry: ZipEntry, read: Buffer, from: number, to: number): void {
  const { unicodePath } = readExtras(read, from, to)
  const isRenamed = unicodePath !== undefined && (read.readUInt16LE(6) & utf8Flag) === 0
  const field = isRenamed ? nameIn(read, unicodePath, entry.headerName) : undefined
  const name = field ? read.subarray(field.from, field.to) : entry.headerName
  // Without what the directory is read without.
  const path = name.toString().replace(/^(?:\.\/(?=.))+/s, '')
  if (path !== entry.path) throw differs(archive, entry, `path ${entry.path}`, `path ${shortened(name)}`)
}

const inWords = (saysUtf8: boolean): string => (saysUtf8 ? 'in UTF-8' : 'not said to be UTF-8')

function refuseOtherSizes(archive: string, entry: ZipEntry, read: Buffer, from: number, to: number): void {
  if (saysDescriptor(read)) return
  const crc32 = read.readUInt32LE(14)
  if (crc32 !== entry.crc32)
    throw differs(archive, entry, `crc32 ${inHex(entry.crc32)}`, `crc32 ${inHex(crc32)}`)
  const { zip64 } = readExtras(read, from, to)
  let at = zip64?.from ?? 0
  for (const [what, offset] of [
    ['bytes', 22],
    ['compressedBytes', 18],
  ] as const) {
    let size = read.readUInt32LE(offset)
    if (size === elsewhere && zip64 !== undefined && at + 8 <= zip64.to) {
      size = Number(read.readBigUInt64LE(at))
      at += 8
    }
    if (size !== entry[what])
      throw differs(
        archive,
        entry,
        `${sizesInWords[what]} ${formatCount(entry[what])}`,
        `${sizesInWords[what]} ${formatCount(size)}`,
      )
  }
}

export const sizesInWords = { bytes: 'size', compressedBytes: 'packed size' } as const

export const inHex = (crc: number): string => crc.toString(16).padStart(8, '0')

const shortened = (name: Buffer): string => {
  const text = name.toString()
  return text.length > 80 ? `${text.slice(0, 60)}…` : text
}

/** `where` it was found. */
export const differs = (
  archive: string,
  entry: ZipEntry,
  wanted: string,
  found: string,
  where = 'the entry itself',
): Error =>
  damaged(
    'entry-header-mismatch',
    `An entry of ${archive} says other things of itself than the directory does.`,
    [
      { label: 'entry', text: entry.path },
      { label: 'wanted', text: wanted, from: 'the directory of the archive' },
      { label: 'found', text: found, from: where },
    ],
  )
