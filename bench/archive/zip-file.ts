/**
 * Writes a zip of any number of entries front to back, in little memory: headers, ZIP64 where it is needed, SHA-256 of
 * the whole. Knows neither what is inside nor who packed it.
 */

import { createHash } from 'node:crypto'
import { closeSync, openSync, writeSync } from 'node:fs'

/** A file that is packed already. */
export interface Packed {
  readonly path: string
  readonly method: 'stored' | 'deflated'
  readonly packed: Buffer
  /** Of what it becomes. */
  readonly bytes: number
  readonly crc32: number
}

const pieceBytes = 4 << 20
const far = 0xffffffff

export async function writeZip(
  file: string,
  entries: AsyncIterable<Packed>,
): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const hash = createHash('sha256')
  const handle = openSync(file, 'wx')
  try {
    const body = new Pile(piece => {
      for (let at = 0; at < piece.length; ) at += writeSync(handle, piece, at)
      hash.update(piece)
    })
    const pieces: Buffer[] = []
    const directory = new Pile(piece => void pieces.push(Buffer.from(piece)))
    let count = 0
    for await (const entry of entries) {
      count += 1
      directory.add(...directoryEntry(entry, body.bytes))
      body.add(...localEntry(entry))
    }
    directory.drain()
    const start = body.bytes
    body.add(...pieces, end(count, start, directory.bytes))
    body.drain()
    return { bytes: body.bytes, sha256: hash.digest('hex') }
  } finally {
    closeSync(handle)
  }
}

/** Collects bytes until they are worth passing on. What is passed on is overwritten later. */
class Pile {
  readonly #passOn: (piece: Buffer) => void
  readonly #piece = Buffer.allocUnsafe(pieceBytes)
  #filled = 0
  /** All that was ever added. */
  bytes = 0

  constructor(passOn: (piece: Buffer) => void) {
    this.#passOn = passOn
  }

  add(...buffers: readonly Buffer[]): void {
    for (const buffer of buffers) {
      for (let at = 0; at < buffer.length; ) {
        const copied = buffer.copy(this.#piece, this.#filled, at)
        at += copied
        this.#filled += copied
        if (this.#filled === pieceBytes) this.drain()
      }
      this.bytes += buffer.length
    }
  }

  drain(): void {
    this.#passOn(this.#piece.subarray(0, this.#filled))
    this.#filled = 0
  }
}

/** From the version that is needed to the length of the name: the same in both headers. */
function common({ method, packed, bytes, crc32 }: Packed, name: Buffer, version: number): Buffer {
  const fields = Buffer.alloc(24)
  fields.writeUInt16LE(version, 0)
  fields.writeUInt16LE(method === 'stored' ? 0 : 8, 4)
  fields.writeUInt32LE(firstOfSeptember, 6)
  fields.writeUInt32LE(crc32, 10)
  fields.writeUInt32LE(packed.length, 14)
  fields.writeUInt32LE(bytes, 18)
  fields.writeUInt16LE(name.length, 22)
  return fields
}

/** Of 2023, at midnight. */
const firstOfSeptember = (((43 << 9) | (9 << 5) | 1) << 16) >>> 0

function localEntry(entry: Packed): readonly Buffer[] {
  const name = Buffer.from(entry.path)
  return [Buffer.from('PK\x03\x04'), common(entry, name, 20), Buffer.alloc(2), name, entry.packed]
}

function directoryEntry(entry: Packed, offset: number): readonly Buffer[] {
  const name = Buffer.from(entry.path)
  const extra = offset < far ? Buffer.alloc(0) : farOffset(offset)
  const tail = Buffer.alloc(16)
  tail.writeUInt16LE(extra.length, 0)
  tail.writeUInt32LE((0o100644 << 16) >>> 0, 8)
  tail.writeUInt32LE(Math.min(offset, far), 12)
  // Made on Unix, so that the mode counts.
  const made = Buffer.from([45, 3])
  return [Buffer.from('PK\x01\x02'), made, common(entry, name, offset < far ? 20 : 45), tail, name, extra]
}

function farOffset(offset: number): Buffer {
  const extra = Buffer.from([1, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0])
  extra.writeBigUInt64LE(BigInt(offset), 4)
  return extra
}

function end(count: number, offset: number, bytes: number): Buffer {
  const plain = Buffer.alloc(22)
  plain.write('PK\x05\x06', 'latin1')
  plain.writeUInt16LE(Math.min(count, 0xffff), 8)
  plain.writeUInt16LE(Math.min(count, 0xffff), 10)
  plain.writeUInt32LE(bytes, 12)
  plain.writeUInt32LE(Math.min(offset, far), 16)
  return count < 0xffff && offset < far ? plain : Buffer.concat([zip64End(count, offset, bytes), plain])
}

/** The end record of ZIP64, and its locator. */
function zip64End(count: number, offset: number, bytes: number): Buffer {
  const record = Buffer.alloc(56 + 20)
  record.write('PK\x06\x06', 'latin1')
  record.writeBigUInt64LE(44n, 4)
  record.writeUInt16LE(45, 12)
  record.writeUInt16LE(45, 14)
  record.writeBigUInt64LE(BigInt(count), 24)
  record.writeBigUInt64LE(BigInt(count), 32)
  record.writeBigUInt64LE(BigInt(bytes), 40)
  record.writeBigUInt64LE(BigInt(offset), 48)
  record.write('PK\x06\x07', 56, 'latin1')
  record.writeBigUInt64LE(BigInt(offset + bytes), 64)
  record.writeUInt32LE(1, 72)
  return record
}
