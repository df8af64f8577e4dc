/**
 * The door to zip archives: the directory of one, read by unzipper and checked against itself.
 * Knows no target and judges no name; content is read by lib/io/zip/content.ts.
 */

import { isUtf8 } from 'node:buffer'
import { Readable } from 'node:stream'
import type { CentralDirectory, File } from 'unzipper'
import type { Problem } from '../model/problem.ts'
import { corrupt } from './zip/corrupt.ts'
import { type DirectoryPlace, findDirectory } from './zip/end.ts'
import { piecesOf, type RandomAccess } from './zip/random-access.ts'

export interface ZipEntry {
  /** As written, folders with `/` at their end. Where it is not UTF-8 (with or without the flag), it holds U+FFFD. */
  readonly path: string
  readonly isUtf8: boolean
  /** `special`: a device, pipe or socket. */
  readonly kind: 'file' | 'folder' | 'link' | 'special'
  /** 0 is stored, 8 deflated. */
  readonly method: number
  readonly encrypted: boolean
  readonly crc32: number
  readonly compressedBytes: number
  readonly bytes: number
  /** Of its local header, in the file. */
  readonly headerOffset: number
  /** Where the next entry, or the directory, begins: nothing of this entry lies behind. */
  readonly endOffset: number
}

const localHeaderBytes = 30
const directorySignature = 0x02014b50

/** The entries in the order of the directory. No two share bytes. Throws not-a-zip or corrupt-zip. */
export async function openZip(source: RandomAccess): Promise<readonly ZipEntry[]> {
  const place = await findDirectory(source)
  const files = place.entries === 0 ? [] : await list(source, place)
  refuseNonsense(source, place, files)
  const ends = endsOf(source, place, files)
  return files.map((file, i) => entryOf(file, place.start, ends[i] as number))
}

type OpenCustom = (
  source: { size: () => Promise<number>; stream: (offset: number) => Readable },
  options: { readonly tailSize: number },
) => Promise<CentralDirectory>

/**
 * Unzipper sees the directory alone, with an end written here. On the archive itself it takes the first end signature in
 * the tail (which may lie in a stored zip or a comment), believes any count, asks for ZIP64 at 65,535 entries, and does
 * not notice when reading fails: it would wait for ever.
 */
async function list(source: RandomAccess, place: DirectoryPlace): Promise<readonly File[]> {
  const { Open } = await import('unzipper')
  const open: OpenCustom = Open.custom
  const end = endOf(place)
  return new Promise((resolve, reject) => {
    const failed = (error: unknown): void =>
      reject(error instanceof Error && error.message === 'FILE_ENDED' ? cut(source) : error)
    const stream = (offset: number): Readable =>
      Readable.from(
        offset < place.bytes
          ? piecesOf(source, place.offset + offset, place.offset + place.bytes)
          : [end.subarray(offset - place.bytes)],
        { objectMode: false },
      ).on('error', failed)
    open({ size: async () => place.bytes + end.length, stream }, { tailSize: 22 })
      .then(directory => directory.files)
      .then(resolve, failed)
  })
}

const cut = (source: RandomAccess): Problem =>
  corrupt(source.name, 'its directory ends in the middle of an entry')

/** ZIP64 end record, its locator and the end record, of an archive that is nothing but the directory. */
function endOf({ bytes, entries }: DirectoryPlace): Buffer {
  const end = Buffer.alloc(56 + 20 + 22)
  end.write('PK\x06\x06', 0, 'latin1')
  end.writeBigUInt64LE(44n, 4)
  end.writeBigUInt64LE(BigInt(entries), 24)
  end.writeBigUInt64LE(BigInt(entries), 32)
  end.writeBigUInt64LE(BigInt(bytes), 40)
  end.write('PK\x06\x07', 56, 'latin1')
  end.writeBigUInt64LE(BigInt(bytes), 64)
  end.writeUInt32LE(1, 72)
  end.write('PK\x05\x06', 76, 'latin1')
  end.fill(0xff, 84, 96)
  return end
}

function refuseNonsense(source: RandomAccess, place: DirectoryPlace, files: readonly File[]): void {
  let bytes = 0
  for (const file of files) {
    if (file.signature !== directorySignature)
      throw corrupt(source.name, 'its directory does not consist of entries')
    // A size that only ZIP64 could tell and does not is null or undefined here.
    if (
      ![file.compressedSize, file.uncompressedSize, file.offsetToLocalFileHeader].every(Number.isSafeInteger)
    )
      throw corrupt(source.name, 'an entry tells no size', [{ label: 'entry', text: file.path }])
    bytes += 46 + file.fileNameLength + file.extraFieldLength + file.fileCommentLength
  }
  if (bytes !== place.bytes)
    throw corrupt(source.name, 'its directory has another size than its end record says', [
      { label: 'wanted', text: `${place.bytes} bytes for ${place.entries} entries` },
      { label: 'found', text: `${bytes} bytes` },
    ])
}

/** Where each entry ends at the latest. Entries that share bytes are how a few kilobytes become petabytes. */
function endsOf(source: RandomAccess, place: DirectoryPlace, files: readonly File[]): Float64Array {
  const ends = new Float64Array(files.length)
  const order = files.map((_, i) => i)
  const file = (i: number): File => files[i] as File
  order.sort((a, b) => file(a).offsetToLocalFileHeader - file(b).offsetToLocalFileHeader)
  let end = place.offset
  for (const i of order.toReversed()) {
    const { path, offsetToLocalFileHeader, fileNameLength, compressedSize } = file(i)
    const offset = place.start + offsetToLocalFileHeader
    if (offset + localHeaderBytes + fileNameLength + compressedSize > end)
      throw corrupt(source.name, 'an entry reaches into what follows it', [{ label: 'entry', text: path }])
    ends[i] = end
    end = offset
  }
  return ends
}

function entryOf(file: File, start: number, endOffset: number): ZipEntry {
  return {
    path: file.path,
    isUtf8: file.path === '' || isUtf8(file.pathBuffer),
    kind: kindOf(file),
    method: file.compressionMethod,
    encrypted: (file.flags & 0x2041) !== 0,
    crc32: file.crc32,
    compressedBytes: file.compressedSize,
    bytes: file.uncompressedSize,
    headerOffset: start + file.offsetToLocalFileHeader,
    endOffset,
  }
}

/** A name with `/` at its end that holds bytes is no folder: what it is then, the name's checker says. */
function kindOf(file: File): ZipEntry['kind'] {
  const madeOnUnix = [3, 19].includes(file.versionMadeBy >> 8)
  const type = madeOnUnix ? (file.externalFileAttributes >>> 16) & 0o170000 : 0
  if (type === 0o120000) return 'link'
  if (![0, 0o100000, 0o040000].includes(type)) return 'special'
  const saysFolder = file.path.endsWith('/') || type === 0o040000
  return saysFolder && file.uncompressedSize === 0 ? 'folder' : 'file'
}
