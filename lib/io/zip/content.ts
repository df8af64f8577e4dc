/**
 * Reads the content of one entry of a zip, and proves it: local header, size, CRC-32, and that nothing is hidden behind it.
 * Knows no name but the entry's, and not where the bytes go.
 */

import { createHash } from 'node:crypto'
import { pipeline } from 'node:stream/promises'
import { createInflateRaw, type InflateRaw } from 'node:zlib'
import type { Problem } from '../../model/problem.ts'
import { formatCount } from '../../model/units.ts'
import { crc32 } from '../crc32.ts'
import { inflated } from '../inflate.ts'
import type { ZipEntry } from '../zip.ts'
import { corrupt, damaged } from './corrupt.ts'
import { contentOffset, inHex, likelyHeaderBytes, mostHeaderBytes, saysDescriptor } from './local-header.ts'
import { piecesOf, type RandomAccess } from './random-access.ts'
import { refuseTail, refuseTailFrom } from './tail.ts'

/** Takes bytes in order; the next ones come when it has resolved. */
type Sink = (bytes: Buffer) => Promise<void>

const wholeUpToBytes = 4 << 20

/**
 * The content of an entry, all of it at once and proven, from its bytes: from its local header to its end. The entry must
 * be stored or deflated, unencrypted, named in UTF-8.
 */
export function wholeContent(archive: string, entry: ZipEntry, read: Buffer): Buffer {
  const content = contentIn(archive, entry, read)
  if (content === undefined) throw new Error(`${entry.path} reaches behind its end`)
  refuseTail(archive, entry, saysDescriptor(read), read.subarray(content.end))
  return content.bytes
}

interface Content {
  readonly bytes: Buffer
  /** Where what follows it begins, behind the local header's beginning. */
  readonly end: number
}

/** Undefined where `read` ends before the content does. */
function contentIn(archive: string, entry: ZipEntry, read: Buffer): Content | undefined {
  refuseTwoSizes(archive, entry)
  const dataAt = contentOffset(archive, entry, read)
  if (dataAt === undefined || dataAt + entry.compressedBytes > read.length) return undefined
  const end = dataAt + entry.compressedBytes
  const data = read.subarray(dataAt, end)
  const content = entry.method === 0 ? data : inflate(archive, entry, data)
  if (content.length !== entry.bytes) throw wrongSize(archive, entry, content.length)
  const crc = crc32(content)
  if (crc !== entry.crc32) throw wrongCrc(archive, entry, crc)
  return { bytes: content, end }
}

function inflate(archive: string, entry: ZipEntry, data: Buffer): Buffer {
  try {
    const { content, taken } = inflated(data, entry.bytes)
    refuseRest(archive, entry, taken)
    return content
  } catch (error) {
    throw problemOf(error, archive, entry)
  }
}

/** What has to be read at once to have the whole content, in all likelihood. */
const likelyBytes = (entry: ZipEntry): number =>
  Math.min(likelyHeaderBytes(entry) + entry.compressedBytes, entry.endOffset - entry.headerOffset)

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
    const content = await smallContent(source, entry)
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

async function smallContent(source: RandomAccess, entry: ZipEntry): Promise<Buffer> {
  const { headerOffset, endOffset } = entry
  const most = Math.min(mostHeaderBytes(entry) + entry.compressedBytes, endOffset - headerOffset)
  for (const length of [Math.min(likelyBytes(entry), most), most]) {
    const read = await source.read(headerOffset, length)
    if (headerOffset + length === endOffset) return wholeContent(source.name, entry, read)
    const content = contentIn(source.name, entry, read)
    if (content === undefined) continue
    await refuseTailFrom(source, entry, saysDescriptor(read), headerOffset + content.end)
    return content.bytes
  }
  throw new Error(`${entry.path} reaches behind its end`)
}

/** Looks at an entry whose content nobody wants: at what it says of itself, and what is behind it. */
export async function passBy(source: RandomAccess, entry: ZipEntry): Promise<void> {
  const { begin, hasDescriptor } = await dataOf(source, entry)
  await refuseTailFrom(source, entry, hasDescriptor, begin + entry.compressedBytes)
}

function refuseTwoSizes(archive: string, entry: ZipEntry): void {
  if (entry.method === 0 && entry.compressedBytes !== entry.bytes)
    throw wrongSize(archive, entry, entry.compressedBytes)
}

/** Where the content of a stored entry begins in the file; it ends `entry.bytes` behind that. */
export async function storedAt(source: RandomAccess, entry: ZipEntry): Promise<number> {
  refuseTwoSizes(source.name, entry)
  return (await dataOf(source, entry)).begin
}

async function flow(
  source: RandomAccess,
  entry: ZipEntry,
  sink: Sink,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { begin, hasDescriptor } = await dataOf(source, entry)
  const end = begin + entry.compressedBytes
  const pieces = piecesOf(source, begin, end)
  const drain = async (chunks: AsyncIterable<Buffer>): Promise<void> => {
    for await (const chunk of chunks) await sink(chunk)
  }
  const options = signal === undefined ? {} : { signal }
  if (entry.method === 0) await pipeline(pieces, drain, options)
  else {
    const inflater = createInflateRaw({ chunkSize: 1 << 18 })
    await pipeline(upToEnd(pieces, inflater), inflater, drain, options)
    refuseRest(source.name, entry, inflater.bytesWritten)
  }
  await refuseTailFrom(source, entry, hasDescriptor, end)
}

/** No more of the pieces once what they hold is known to have ended. */
async function* upToEnd(pieces: AsyncIterable<Buffer>, inflater: InflateRaw): AsyncGenerator<Buffer> {
  let given = 0
  for await (const piece of pieces) {
    if (inflater.bytesWritten < given) return
    given += piece.length
    yield piece
  }
}

interface Data {
  /** In the file. */
  readonly begin: number
  readonly hasDescriptor: boolean
}

async function dataOf(source: RandomAccess, entry: ZipEntry): Promise<Data> {
  const most = mostHeaderBytes(entry)
  for (const bytes of [Math.min(likelyHeaderBytes(entry), most), most]) {
    const read = await source.read(entry.headerOffset, bytes)
    const dataAt = contentOffset(source.name, entry, read)
    if (dataAt !== undefined)
      return { begin: entry.headerOffset + dataAt, hasDescriptor: saysDescriptor(read) }
  }
  throw new Error(`the header of ${entry.path} is longer than it can be`)
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

/** What stands behind the end of what deflate packed can be anything, and nobody sees it. `used`: up to there. */
function refuseRest(archive: string, entry: ZipEntry, used: number): void {
  if (used >= entry.compressedBytes) return
  throw damaged(
    'bytes-after-content',
    `The packed content of an entry of ${archive} ends before its packed size does.`,
    [
      { label: 'entry', text: entry.path },
      {
        label: 'wanted',
        text: `${formatCount(entry.compressedBytes)} bytes`,
        from: 'the directory of the archive',
      },
      {
        label: 'found',
        text: `${formatCount(used)} bytes, and ${formatCount(entry.compressedBytes - used)} more behind them`,
      },
    ],
  )
}

const wrongCrc = (archive: string, entry: ZipEntry, found: number): Problem =>
  damaged('crc-mismatch', `${archive} is damaged: the content of an entry does not fit its checksum.`, [
    { label: 'entry', text: entry.path },
    { label: 'wanted', text: `crc32 ${inHex(entry.crc32)}`, from: 'the directory of the archive' },
    { label: 'found', text: `crc32 ${inHex(found)}` },
  ])

function wrongSize(archive: string, entry: ZipEntry, found: number): Problem {
  const isMore = found > entry.bytes
  const message = `An entry of ${archive} holds ${isMore ? 'more' : 'less'} than the archive's directory says.`
  return damaged('entry-size-mismatch', message, [
    { label: 'entry', text: entry.path },
    { label: 'wanted', text: `${formatCount(entry.bytes)} bytes`, from: 'the directory of the archive' },
    { label: 'found', text: isMore ? 'more; the rest was not read' : `${formatCount(found)} bytes` },
  ])
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
