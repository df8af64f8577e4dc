/**
 * Reads the content of one entry of a zip, and proves it: local header, size, CRC-32.
 * Knows no name but the entry's, and not where the bytes go.
 */

import { createHash } from 'node:crypto'
import { pipeline } from 'node:stream/promises'
import { crc32, createInflateRaw, inflateRawSync } from 'node:zlib'
import { Problem } from '../../model/problem.ts'
import { formatCount } from '../../model/units.ts'
import type { ZipEntry } from '../zip.ts'
import { corrupt, fetchAgain } from './corrupt.ts'
import { piecesOf, type RandomAccess } from './random-access.ts'

/** Takes bytes in order; the next ones come when it has resolved. */
type Sink = (bytes: Buffer) => Promise<void>

const wholeUpToBytes = 4 << 20
const localHeaderBytes = 30
const localSignature = 0x04034b50
/** Room for the extra fields of a local header, whose length only the header itself tells. */
const extraBytes = 512

/**
 * The content of an entry, all of it at once and proven, from the bytes that begin at its local header. Undefined where
 * `read` ends before the content does. The entry must be stored or deflated, unencrypted, named in UTF-8.
 */
export function wholeContent(archive: string, entry: ZipEntry, read: Buffer): Buffer | undefined {
  refuseTwoSizes(archive, entry)
  const dataAt = dataOffset(archive, entry, read) - entry.headerOffset
  if (dataAt + entry.compressedBytes > read.length) return undefined
  const data = read.subarray(dataAt, dataAt + entry.compressedBytes)
  const content = entry.method === 0 ? data : inflate(archive, entry, data)
  if (content.length !== entry.bytes) throw wrongSize(archive, entry, content.length)
  const crc = crc32(content)
  if (crc !== entry.crc32) throw wrongCrc(archive, entry, crc)
  return content
}

function inflate(archive: string, entry: ZipEntry, data: Buffer): Buffer {
  try {
    // One byte more than declared is enough to know that the declaration is wrong.
    return inflateRawSync(data, {
      maxOutputLength: entry.bytes + 1,
      chunkSize: Math.max(64, entry.bytes + 1),
    })
  } catch (error) {
    throw problemOf(error, archive, entry)
  }
}

/** What has to be read at once to have the whole content, in all likelihood. */
const likelyBytes = (entry: ZipEntry): number =>
  Math.min(
    localHeaderBytes + Buffer.byteLength(entry.path) + extraBytes + entry.compressedBytes,
    entry.endOffset - entry.headerOffset,
  )

/** Whether an entry is small enough to be held in memory, packed and unpacked. */
export const isSmall = ({ bytes, compressedBytes }: Pick<ZipEntry, 'bytes' | 'compressedBytes'>): boolean =>
  Math.max(bytes, compressedBytes) <= wholeUpToBytes

/**
 * Gives an entry's bytes to the sink and returns their SHA-256 in hex. Small ones arrive whole and proven; of large ones
 * the sink has seen a part when they turn out wrong.
 */
export async function readContent(
  source: RandomAccess,
  entry: ZipEntry,
  sink: Sink,
  signal?: AbortSignal,
): Promise<string> {
  signal?.throwIfAborted()
  if (isSmall(entry)) {
    const first = await source.read(entry.headerOffset, likelyBytes(entry))
    const all = (): Promise<Buffer> => source.read(entry.headerOffset, entry.endOffset - entry.headerOffset)
    const content = wholeContent(source.name, entry, first) ?? wholeContent(source.name, entry, await all())
    if (content === undefined) throw new Error(`${entry.path} reaches behind its end`)
    if (content.length > 0) await sink(content)
    return createHash('sha256').update(content).digest('hex')
  }
  refuseTwoSizes(source.name, entry)
  const tally = tallyOf(source.name, entry)
  const counted: Sink = bytes => {
    tally.add(bytes)
    return sink(bytes)
  }
  try {
    await flow(source, entry, counted, signal)
    return tally.prove()
  } catch (error) {
    throw problemOf(error, source.name, entry)
  }
}

function refuseTwoSizes(archive: string, entry: ZipEntry): void {
  if (entry.method === 0 && entry.compressedBytes !== entry.bytes)
    throw wrongSize(archive, entry, entry.compressedBytes)
}

async function flow(
  source: RandomAccess,
  entry: ZipEntry,
  sink: Sink,
  signal: AbortSignal | undefined,
): Promise<void> {
  const headerBytes = localHeaderBytes + Buffer.byteLength(entry.path)
  const dataAt = dataOffset(source.name, entry, await source.read(entry.headerOffset, headerBytes))
  const pieces = piecesOf(source, dataAt, dataAt + entry.compressedBytes)
  const drain = async (chunks: AsyncIterable<Buffer>): Promise<void> => {
    for await (const chunk of chunks) await sink(chunk)
  }
  const options = signal === undefined ? {} : { signal }
  if (entry.method === 0) await pipeline(pieces, drain, options)
  else await pipeline(pieces, createInflateRaw({ chunkSize: 1 << 18 }), drain, options)
}

/** Where the data of an entry begin, from its local header, which must say the same as the directory. */
function dataOffset(archive: string, entry: ZipEntry, header: Buffer): number {
  const differs = (what: string): Error => corrupt(archive, what, [{ label: 'entry', text: entry.path }])
  if (header.readUInt32LE(0) !== localSignature) throw differs('no entry begins where the directory says')
  const nameEnd = localHeaderBytes + header.readUInt16LE(26)
  if (!header.subarray(localHeaderBytes, nameEnd).equals(Buffer.from(entry.path)))
    throw differs('an entry has another name than the directory says')
  if (header.readUInt16LE(8) !== entry.method)
    throw differs('an entry has another method than the directory says')
  const dataAt = entry.headerOffset + nameEnd + header.readUInt16LE(28)
  if (dataAt + entry.compressedBytes > entry.endOffset) throw differs('an entry reaches into what follows it')
  return dataAt
}

interface Tally {
  /** Throws as soon as there is more than the directory says. */
  add(bytes: Buffer): void
  /** SHA-256 in hex, if size and CRC-32 are as the directory says. */
  prove(): string
}

function tallyOf(archive: string, entry: ZipEntry): Tally {
  const sha256 = createHash('sha256')
  let bytes = 0
  let crc = 0
  return {
    add(chunk) {
      bytes += chunk.length
      if (bytes > entry.bytes) throw wrongSize(archive, entry, bytes)
      crc = crc32(chunk, crc)
      sha256.update(chunk)
    },
    prove() {
      if (bytes !== entry.bytes) throw wrongSize(archive, entry, bytes)
      if (crc !== entry.crc32) throw wrongCrc(archive, entry, crc)
      return sha256.digest('hex')
    },
  }
}

const hex = (crc: number): string => crc.toString(16).padStart(8, '0')

const wrongCrc = (archive: string, entry: ZipEntry, found: number): Problem =>
  new Problem({
    code: 'crc-mismatch',
    message: `${archive} is damaged: the content of an entry does not fit its checksum.`,
    evidence: [
      { label: 'entry', text: entry.path },
      { label: 'wanted', text: `crc32 ${hex(entry.crc32)}`, from: 'the directory of the archive' },
      { label: 'found', text: `crc32 ${hex(found)}` },
    ],
    next: fetchAgain,
  })

function wrongSize(archive: string, entry: ZipEntry, found: number): Problem {
  const isMore = found > entry.bytes
  return new Problem({
    code: 'entry-size-mismatch',
    message: `An entry of ${archive} holds ${isMore ? 'more' : 'less'} than the archive's directory says.`,
    evidence: [
      { label: 'entry', text: entry.path },
      { label: 'wanted', text: `${formatCount(entry.bytes)} bytes`, from: 'the directory of the archive' },
      { label: 'found', text: isMore ? 'more; the rest was not read' : `${formatCount(found)} bytes` },
    ],
    next: fetchAgain,
  })
}

/** What zlib says, in our words; anything else as it is. */
function problemOf(error: unknown, archive: string, entry: ZipEntry): unknown {
  if (!(error instanceof Error && 'code' in error)) return error
  switch (error.code) {
    case 'ERR_BUFFER_TOO_LARGE':
      return wrongSize(archive, entry, entry.bytes + 1)
    case 'Z_DATA_ERROR':
    case 'Z_BUF_ERROR':
      return corrupt(archive, 'the compressed content of an entry cannot be read', [
        { label: 'entry', text: entry.path },
        { label: 'found', text: error.message },
      ])
    default:
      return error
  }
}
