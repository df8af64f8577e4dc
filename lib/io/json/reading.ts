/** Reads a JSON file front to back, or takes chunks of one, and gives its records batch by batch. Knows no thread and no task. */

import { open } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Batch } from './batch.ts'
import { type Form, RecordCutter } from './cutter.ts'
import { Mistake } from './mistake.ts'
import type { JsonType } from './scanning.ts'
import { invalidJson } from './words.ts'

export interface JsonSummary {
  /** Of the top-level value; of JSON lines `array`. */
  readonly type: JsonType
  readonly form: Form
  /** Elements of the top-level array, members of the object, or lines; 0 for another type. */
  readonly records: number
  readonly bytes: number
  /** By its name it has a value a line, and holds one array: its records may be the elements of that. */
  readonly isOneArray?: true
}

export interface JsonReading {
  /** After each piece, with the bytes read so far. What it throws ends the check. */
  readonly onBytes?: (read: number) => void
  /** The file's name in messages, where it is not the last part of the path. One that ends in `.jsonl` has a value a line. */
  readonly name?: string
}

export type JsonSource = string | AsyncIterable<Buffer>

/**
 * The records of a file, or of chunks of one, batch by batch, all in one object: what a batch tells is gone with the next.
 * Returns what the whole is. Throws a Problem `invalid-json`, and what reading throws.
 */
export async function* recordsHere(
  source: JsonSource,
  { onBytes, name = typeof source === 'string' ? basename(source) : 'The text' }: JsonReading = {},
): AsyncGenerator<Batch, JsonSummary> {
  const cutter = new RecordCutter(/\.(jsonl|ndjson)$/i.test(name))
  const { records } = cutter
  let bytes = 0
  try {
    for await (const count of typeof source === 'string' ? read(source, cutter) : pour(source, cutter)) {
      yield* batchesOf(cutter)
      bytes += count
      onBytes?.(bytes)
    }
    cutter.finish()
    yield* batchesOf(cutter)
  } catch (error) {
    if (!(error instanceof Mistake)) throw error
    const { isOneArray } = cutter
    throw invalidJson(error, { name, records: records.count, type: records.type, isOneArray })
  }
  return {
    type: records.type as JsonType,
    form: cutter.form as Form,
    records: records.count,
    bytes,
    ...(cutter.isOneArray && { isOneArray: true }),
  }
}

function* batchesOf(cutter: RecordCutter): Generator<Batch> {
  for (let batch = cutter.next(); batch; batch = cutter.next()) yield batch
}

/** Two pieces: one is read while the records of the other are looked for. */
const pieceBytes = 1 << 19

async function* read(path: string, cutter: RecordCutter): AsyncGenerator<number> {
  const file = await open(path)
  let [piece, spare] = [Buffer.allocUnsafe(pieceBytes), Buffer.allocUnsafe(pieceBytes)]
  const ahead = (): ReturnType<typeof file.read> => {
    const reading = file.read(piece, 0, pieceBytes, null)
    // Whoever awaits it hears of an error; it may come before somebody does.
    reading.catch(() => {})
    return reading
  }
  let reading = ahead()
  try {
    for (;;) {
      const { bytesRead } = await reading
      if (bytesRead === 0) return
      const full = piece
      ;[piece, spare] = [spare, full]
      reading = ahead()
      yield* fill(full.subarray(0, bytesRead), cutter)
    }
  } finally {
    await Promise.allSettled([reading])
    await file.close()
  }
}

async function* pour(chunks: AsyncIterable<Buffer>, cutter: RecordCutter): AsyncGenerator<number> {
  for await (const chunk of chunks) yield* fill(chunk, cutter)
}

function* fill(chunk: Buffer, cutter: RecordCutter): Generator<number> {
  for (let from = 0; from < chunk.length; ) {
    const count = chunk.copy(cutter.room(), 0, from)
    cutter.took(count)
    from += count
    yield count
  }
}
