/**
 * Holds what stands between the data of an entry and whatever the directory names next against the directory: a
 * descriptor says the same, and no entry is hidden there. Padding may be. Reads no content.
 */

import { formatCount } from '../../model/units.ts'
import type { ZipEntry } from './columns.ts'
import { damaged } from './corrupt.ts'
import { localSignature } from './layout.ts'
import { differs, inHex, nameOf, sizesInWords } from './local-header.ts'
import { piecesOf, type RandomAccess } from './random-access.ts'

/** A signature, the CRC, two sizes of eight bytes each. */
const mostDescriptorBytes = 24
const descriptorSignature = 0x08074b50
const localHeaderBegin = Buffer.alloc(4)
localHeaderBegin.writeUInt32LE(localSignature)

/** `tail`: all of it. `hasDescriptor`: as the local header says. */
export function refuseTail(archive: string, entry: ZipEntry, hasDescriptor: boolean, tail: Buffer): void {
  if (tail.length === 0) return
  const from = hasDescriptor ? descriptorEnd(archive, entry, tail) : 0
  const at = tail.indexOf(localHeaderBegin, from)
  if (at >= 0) throw hidden(archive, entry, tail.subarray(at), entry.endOffset - tail.length + at)
}

/** The same, read piece by piece: nothing says how much of it there is. `from`: where it begins in the file. */
export async function refuseTailFrom(
  source: RandomAccess,
  entry: ZipEntry,
  hasDescriptor: boolean,
  from: number,
): Promise<void> {
  const { endOffset } = entry
  if (from === endOffset) return
  const first = hasDescriptor
    ? descriptorEnd(
        source.name,
        entry,
        await source.read(from, Math.min(mostDescriptorBytes, endOffset - from)),
      )
    : 0
  // What begins at the end of one piece goes on in the next.
  let before = Buffer.alloc(0)
  let beforeAt = from + first
  for await (const piece of piecesOf(source, from + first, endOffset)) {
    const bytes = Buffer.concat([before, piece])
    const at = bytes.indexOf(localHeaderBegin)
    if (at >= 0) throw hidden(source.name, entry, bytes.subarray(at), beforeAt + at)
    before = Buffer.from(bytes.subarray(Math.max(0, bytes.length - localHeaderBegin.length + 1)))
    beforeAt += bytes.length - before.length
  }
}

/**
 * Where the descriptor ends. Writers put a signature before it or not, and have sizes of four bytes or of eight. One that
 * knows the size of an empty file after all announces a descriptor and writes none (.NET to a pipe).
 */
function descriptorEnd(archive: string, entry: ZipEntry, tail: Buffer): number {
  const isSigned = tail.length >= 4 && tail.readUInt32LE(0) === descriptorSignature
  const end = (isSigned ? endIfSame(tail, 4, entry) : undefined) ?? endIfSame(tail, 0, entry)
  if (end !== undefined) return end
  if (entry.bytes === 0 && tail.length >= 4 && tail.readUInt32LE(0) === localSignature) return 0
  throw otherDescriptor(archive, entry, tail.subarray(isSigned ? 4 : 0))
}

function endIfSame(
  tail: Buffer,
  at: number,
  { crc32, compressedBytes, bytes }: ZipEntry,
): number | undefined {
  if (tail.length < at + 12 || tail.readUInt32LE(at) !== crc32) return undefined
  // Of sizes that need more, some writers have the lower four bytes.
  if (
    tail.readUInt32LE(at + 4) === compressedBytes % 2 ** 32 &&
    tail.readUInt32LE(at + 8) === bytes % 2 ** 32
  )
    return at + 12
  if (tail.length < at + 20) return undefined
  const isSame =
    Number(tail.readBigUInt64LE(at + 4)) === compressedBytes &&
    Number(tail.readBigUInt64LE(at + 12)) === bytes
  return isSame ? at + 20 : undefined
}

function otherDescriptor(archive: string, entry: ZipEntry, found: Buffer): Error {
  const wanted = inWords(entry.crc32, entry.compressedBytes, entry.bytes)
  const isWhole = found.length >= 12
  return differs(
    archive,
    entry,
    wanted,
    isWhole
      ? inWords(found.readUInt32LE(0), found.readUInt32LE(4), found.readUInt32LE(8))
      : `${formatCount(found.length)} bytes, too few to tell`,
    'behind its data',
  )
}

const inWords = (crc: number, compressedBytes: number, bytes: number): string =>
  `crc32 ${inHex(crc)}, ${sizesInWords.compressedBytes} ${formatCount(compressedBytes)}, ` +
  `${sizesInWords.bytes} ${formatCount(bytes)}`

/** `header`: as much of it as is there. `at`: in the file. */
function hidden(archive: string, entry: ZipEntry, header: Buffer, at: number): Error {
  const name = nameOf(header)
  return damaged(
    'entry-hidden',
    `${archive} holds an entry that its directory does not name.`,
    [
      {
        label: 'found',
        text: name === '' ? 'an entry without a name' : name,
        from: `byte ${formatCount(at)}`,
      },
      { label: 'behind', text: entry.path },
    ],
    'do not trust this archive: name another source, or pack what is wanted of it again ' +
      'and write the path of the result as url.',
  )
}
