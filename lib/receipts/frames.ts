/**
 * The bytes of a log segment: records behind one another, each with its length and checksum. Pure; knows neither files
 * nor what becomes of a record.
 *
 *   length of the payload   32 bits, little-endian
 *   CRC-32 of the payload   32 bits, little-endian
 *   payload                 JSON of a Memory
 */

import { crc32 } from 'node:zlib'
import type { Memory } from '../model/receipt.ts'

const headerBytes = 8
/** Far above any record that was ever written: a greater length is no length. */
const longestPayload = 2 ** 26

export function frameOf(memory: Memory): Buffer {
  const payload = Buffer.from(JSON.stringify(memory))
  const header = Buffer.allocUnsafe(headerBytes)
  header.writeUInt32LE(payload.length, 0)
  header.writeUInt32LE(crc32(payload), 4)
  return Buffer.concat([header, payload])
}

/** A stretch of bytes that holds no whole record. */
export interface Gap {
  readonly at: number
  readonly bytes: number
}

export interface Segment {
  readonly records: readonly Memory[]
  /** Stretches that a killed writer cannot have left. */
  readonly gaps: readonly Gap[]
}

/**
 * All whole records. What is not one is skipped up to the next whole record; at the end it is the torn tail of a writer
 * that was killed, which is nothing to speak of, or a gap like any other.
 */
export function readSegment(bytes: Buffer): Segment {
  const records: Memory[] = []
  const gaps: Gap[] = []
  for (let at = 0; at < bytes.length; ) {
    const frame = frameAt(bytes, at)
    if (frame) records.push(frame.memory)
    const next = frame ? frame.end : nextFrame(bytes, at)
    if (!frame && (next < bytes.length || !isTornTail(bytes, at))) gaps.push({ at, bytes: next - at })
    at = next
  }
  return { records, gaps }
}

function frameAt(bytes: Buffer, at: number): { readonly memory: Memory; readonly end: number } | undefined {
  const length = lengthAt(bytes, at)
  if (length === undefined) return undefined
  const start = at + headerBytes
  const end = start + length
  if (end > bytes.length) return undefined
  if (crc32(bytes.subarray(start, end)) !== bytes.readUInt32LE(at + 4)) return undefined
  const memory = memoryIn(bytes.toString('utf8', start, end))
  return memory && { memory, end }
}

/** The length that stands there, if it is one. */
function lengthAt(bytes: Buffer, at: number): number | undefined {
  if (at + headerBytes > bytes.length) return undefined
  const length = bytes.readUInt32LE(at)
  return length > 0 && length <= longestPayload ? length : undefined
}

/** Where the next whole frame begins, or the end. Only damage brings anybody here. */
function nextFrame(bytes: Buffer, behind: number): number {
  let at = behind + 1
  while (at < bytes.length && frameAt(bytes, at) === undefined) at += 1
  return at
}

/** One append that was cut by a kill, or whose length reached the disk before its bytes did. */
function isTornTail(bytes: Buffer, at: number): boolean {
  if (at + headerBytes > bytes.length || bytes.subarray(at).every(byte => byte === 0)) return true
  const length = lengthAt(bytes, at)
  return length !== undefined && at + headerBytes + length >= bytes.length
}

function memoryIn(json: string): Memory | undefined {
  try {
    const memory = JSON.parse(json) as Memory
    const { task } = memory.state === 'done' ? memory.receipt : memory
    return states.includes(memory.state) && typeof task === 'string' ? memory : undefined
  } catch {
    return undefined
  }
}

const states: readonly Memory['state'][] = ['done', 'started', 'forgotten']
