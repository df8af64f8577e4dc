/**
 * The door to JSON files of any size: checks one front to back in flat memory and tells what its records name.
 * Builds no value of it: a JavaScript string ends at 512 MiB, annotations do not. Knows no task.
 */

import { open } from 'node:fs/promises'
import { basename } from 'node:path'
import { Mistake } from './json/mistake.ts'
import { type OnImages, Records } from './json/records.ts'
import { type JsonType, Scanner } from './json/scanner.ts'
import { invalidJson } from './json/words.ts'

export interface JsonSummary {
  readonly type: JsonType
  /** Elements of the top-level array; 0 for another type. */
  readonly records: number
  readonly bytes: number
}

export interface JsonVisitor {
  readonly onImages?: OnImages
  /** After each piece, with the bytes read so far. What it throws ends the check. */
  readonly onBytes?: (read: number) => void
  /** The file's name in messages, where it is not the last part of the path. */
  readonly name?: string
}

const pieceBytes = 1 << 20

/** Checks a file, or chunks of one. Throws a Problem `invalid-json`, and what reading throws. */
export async function checkJson(
  source: string | AsyncIterable<Buffer>,
  { onImages, onBytes, name = typeof source === 'string' ? basename(source) : 'The text' }: JsonVisitor = {},
): Promise<JsonSummary> {
  const records = new Records(onImages)
  const scanner = new Scanner(records)
  let bytes = 0
  try {
    for await (const chunk of typeof source === 'string' ? piecesOf(source) : source) {
      scanner.push(chunk)
      bytes += chunk.length
      onBytes?.(bytes)
    }
    scanner.end()
  } catch (error) {
    if (!(error instanceof Mistake)) throw error
    throw invalidJson(error, { name, records: records.count, begun: records.type !== undefined })
  }
  return { type: records.type as JsonType, records: records.count, bytes }
}

/** Each piece is overwritten by the next. */
async function* piecesOf(path: string): AsyncGenerator<Buffer> {
  const file = await open(path)
  try {
    const buffer = Buffer.allocUnsafe(pieceBytes)
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, pieceBytes, null)
      if (bytesRead === 0) return
      yield buffer.subarray(0, bytesRead)
    }
  } finally {
    await file.close()
  }
}
