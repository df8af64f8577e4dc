/** Bytes that can be read at any offset. Knows no format, and does not care where the bytes lie. */

import { fstatSync, readSync } from 'node:fs'
import type { GrowingFile } from '../../model/growing-file.ts'
import type { PartSizes } from '../../model/part-sizes.ts'
import { Problem } from '../../model/problem.ts'

export interface RandomAccess {
  /** What it is called in messages: the file's name. */
  readonly name: string
  readonly bytes: number
  /** Of each part that it was joined from, where it was and somebody knows. */
  readonly parts?: PartSizes | undefined
  /** Exactly `length` bytes from `offset`; where they are not to be had, it throws. */
  read(offset: number, length: number): Promise<Buffer>
  /** Asks at once for bytes that will be read piece by piece, where they are not there yet; resolves when they are. */
  bring?(from: number, to: number): Promise<void>
}

/** A file that is open already, read without leaving the thread. Whoever opened it closes it. */
export const overHandle = (handle: number, name: string, parts?: PartSizes): RandomAccess => ({
  name,
  parts,
  bytes: fstatSync(handle).size,
  read: (offset, length) => Promise.resolve(readAt(handle, name, offset, length)),
})

/** A file that is still growing: what is to be read is asked for ahead of everything else. */
export const overGrowing = (file: GrowingFile, name: string, bytes: number): RandomAccess => ({
  name,
  parts: file.parts,
  bring: (from, to) => file.wish(from, to),
  bytes,
  async read(offset, length) {
    await file.wish(offset, offset + length)
    return readAt(file.handle, name, offset, length)
  },
})

/** The same, but what is to be read is waited for until it comes in its turn. */
export const inItsTurn = (file: GrowingFile, source: RandomAccess): RandomAccess => ({
  ...source,
  async read(offset, length) {
    await file.need(offset, offset + length)
    return readAt(file.handle, source.name, offset, length)
  },
})

/** Some bytes of another one, taken for the whole. */
export const windowOf = (source: RandomAccess, name: string, at: number, bytes: number): RandomAccess => ({
  name,
  bytes,
  read: (offset, length) => source.read(at + offset, length),
  bring: async (from, to) => source.bring?.(at + from, at + to),
})

/** Exactly `length` bytes from `offset`, into the beginning of `into` where it is given. */
export function readAt(
  handle: number,
  name: string,
  offset: number,
  length: number,
  into = Buffer.allocUnsafe(length),
): Buffer {
  const buffer = into.subarray(0, length)
  for (let got = 0; got < length; ) {
    const bytes = readSync(handle, buffer, got, length - got, offset + got)
    if (bytes === 0) throw shrank(name, offset + length, offset + got)
    got += bytes
  }
  return buffer
}

/** The bytes from `start` up to `end`, piece by piece. */
export async function* piecesOf(source: RandomAccess, start: number, end: number): AsyncGenerator<Buffer> {
  for (let at = start; at < end; at += pieceBytes) yield await source.read(at, Math.min(pieceBytes, end - at))
}

const pieceBytes = 1 << 20

const shrank = (name: string, wanted: number, found: number): Problem =>
  new Problem({
    code: 'corrupt-zip',
    message: `${name} became shorter while it was read.`,
    evidence: [
      { label: 'wanted', text: `${wanted} bytes` },
      { label: 'found', text: `${found} bytes` },
    ],
    next: 'find out what else writes to the archive, and build again.',
  })
