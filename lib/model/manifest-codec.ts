/**
 * A manifest as bytes, and back. Knows no file. What it did not write itself, whole, it reads as undefined.
 *
 *   0   magic, 8 bytes
 *   8   version, CRC-32 of all that follows the next 16 bytes: two 32-bit numbers
 *   16  entries, bytes of the file, sum of sizes, takenAtMs, bytes of all paths: 64-bit floats
 *   56  digest, 32 bytes
 *   88  columns: size, mtimeMs, ctimeMs, inode (64-bit floats), bytes shared with the path before, bytes of the tail
 *       (32-bit numbers), SHA-256 (32 bytes); then the tails of all paths
 *
 * Numbers are in the byte order of the machine, so that columns are used where they lie; the other order reads as another
 * version. Only the paths are unfolded, which is what a load costs.
 */

import { crc32 } from 'node:zlib'
import { type ColumnarManifest, type Columns, manifestOver } from './manifest.ts'

const magic = Buffer.from('gw-files')
const version = 1
const checkedFrom = 16
const digestAt = 56
const headerBytes = 88
/** Four floats, two 32-bit numbers, a digest. */
const bytesPerEntry = 4 * 8 + 2 * 4 + 32

export function encodeManifest(manifest: ColumnarManifest): Buffer {
  const { columns, count, digest, bytes, takenAtMs } = manifest
  const { shared, rest, tailBytes } = fold(columns)
  const buffer = Buffer.from(new ArrayBuffer(headerBytes + bytesPerEntry * count + tailBytes))
  const parts = partsOf(buffer, count)
  parts.size.set(columns.size)
  parts.mtimeMs.set(columns.mtimeMs)
  parts.ctimeMs.set(columns.ctimeMs)
  parts.inode.set(columns.inode)
  parts.shared.set(shared)
  parts.rest.set(rest)
  parts.sha256.set(columns.sha256)
  let tailAt = 0
  for (let i = 0; i < count; i++) {
    const end = columns.starts[i + 1] as number
    const tail = columns.paths.subarray(end - (rest[i] as number), end)
    parts.tails.set(tail, tailAt)
    tailAt += tail.length
  }
  parts.counts.set([count, buffer.length, bytes, takenAtMs, columns.paths.length])
  buffer.write(digest, digestAt, 'hex')
  buffer.set(magic)
  parts.marks.set([version, crc32(buffer.subarray(checkedFrom))])
  return buffer
}

/**
 * Undefined for what is torn, foreign or of another version. Never throws. The manifest keeps the buffer, and is in shared
 * memory if that is.
 */
export function decodeManifest(buffer: Buffer): ColumnarManifest | undefined {
  if (buffer.length < headerBytes || !magic.equals(buffer.subarray(0, magic.length))) return undefined
  // Columns of floats must start at a multiple of eight; a small buffer may lie anywhere in Node's pool.
  const bytes = buffer.byteOffset % 8 === 0 ? buffer : Buffer.from(new Uint8Array(buffer).buffer)
  const memory = bytes.buffer instanceof SharedArrayBuffer ? SharedArrayBuffer : ArrayBuffer
  const [writtenVersion, checksum] = new Uint32Array(bytes.buffer, bytes.byteOffset + 8, 2)
  const counts = new Float64Array(bytes.buffer, bytes.byteOffset + checkedFrom, 5)
  const [count = 0, length, sizes = 0, takenAtMs = 0, pathBytes = 0] = counts
  if (writtenVersion !== version || length !== bytes.length) return undefined
  // From here on it is what was written: nothing in it is checked again.
  if (checksum !== crc32(bytes.subarray(checkedFrom))) return undefined
  const { shared, rest, tails, size, mtimeMs, ctimeMs, inode, sha256 } = partsOf(bytes, count)
  const columns = { ...unfold(shared, rest, tails, pathBytes, memory), size, mtimeMs, ctimeMs, inode, sha256 }
  const digest = bytes.toString('hex', digestAt, headerBytes)
  return manifestOver(columns, { bytes: sizes, digest, takenAtMs })
}

/** Views of the whole file; `buffer` starts at a multiple of eight. */
function partsOf(buffer: Buffer, count: number) {
  const base = buffer.byteOffset
  let at = base + headerBytes
  const floats = (): Float64Array => {
    at += 8 * count
    return new Float64Array(buffer.buffer, at - 8 * count, count)
  }
  const words = (): Uint32Array => {
    at += 4 * count
    return new Uint32Array(buffer.buffer, at - 4 * count, count)
  }
  return {
    marks: new Uint32Array(buffer.buffer, base + 8, 2),
    counts: new Float64Array(buffer.buffer, base + checkedFrom, 5),
    size: floats(),
    mtimeMs: floats(),
    ctimeMs: floats(),
    inode: floats(),
    shared: words(),
    rest: words(),
    sha256: new Uint8Array(buffer.buffer, at, 32 * count),
    tails: new Uint8Array(buffer.buffer, at + 32 * count, base + buffer.length - at - 32 * count),
  }
}

/** How much of each path is the beginning of the one before it, and how much is its own. */
function fold({ paths, starts, size }: Columns) {
  const count = size.length
  const shared = new Uint32Array(count)
  const rest = new Uint32Array(count)
  let tailBytes = 0
  let before = 0
  for (let i = 0; i < count; i++) {
    const start = starts[i] as number
    const end = starts[i + 1] as number
    const most = Math.min(start - before, end - start)
    let alike = 0
    while (alike < most && paths[before + alike] === paths[start + alike]) alike += 1
    shared[i] = alike
    rest[i] = end - start - alike
    tailBytes += end - start - alike
    before = start
  }
  return { shared, rest, tailBytes }
}

function unfold(
  shared: Uint32Array,
  rest: Uint32Array,
  tails: Uint8Array,
  pathBytes: number,
  memory: typeof SharedArrayBuffer | typeof ArrayBuffer,
): Pick<Columns, 'paths' | 'starts'> {
  const paths = new Uint8Array(new memory(pathBytes))
  const starts = new Uint32Array(new memory(4 * (shared.length + 1)))
  let before = 0
  let at = 0
  let tailAt = 0
  for (let i = 0; i < shared.length; i++) {
    const alike = shared[i] as number
    const own = rest[i] as number
    const start = at
    for (let k = 0; k < alike; k++) paths[at++] = paths[before + k] as number
    for (let k = 0; k < own; k++) paths[at++] = tails[tailAt++] as number
    starts[i + 1] = at
    before = start
  }
  return { paths, starts }
}
