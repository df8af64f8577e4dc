/**
 * The door to JSON files of any size: checks one front to back in flat memory and gives its records, or what they name.
 * Builds no value of it: a JavaScript string ends at 512 MiB, annotations do not. Knows no task.
 */

import { lookThrough } from './disk.ts'
import type { Batch } from './json/batch.ts'
import { type JsonReading, type JsonSource, type JsonSummary, recordsHere } from './json/reading.ts'
import type { OnImages } from './json/records.ts'

export type { JsonReading, JsonSource, JsonSummary } from './json/reading.ts'

export interface JsonVisitor extends JsonReading {
  readonly onImages?: OnImages
}

/** Checks a file, or chunks of one. Throws a Problem `invalid-json`, and what reading throws. */
export async function checkJson(source: JsonSource, visitor: JsonVisitor = {}): Promise<JsonSummary> {
  const { onImages } = visitor
  const batches = recordsOf(source, visitor)
  for (;;) {
    const { done, value } = await batches.next()
    if (done) return value
    if (onImages) tellImages(value, onImages)
  }
}

function tellImages(batch: Batch, onImages: OnImages): void {
  for (let i = 0; i < batch.count; i += 1) {
    const images = batch.images(i)
    if (images.length > 0) onImages(images, batch.first + i)
  }
}

/** A shorter file is read sooner than a thread is started. */
const threadFromBytes = 64 << 20

/**
 * The records of a file, or of chunks of one, batch by batch, all in one object: what a batch tells is gone with the next. Those
 * of a long file are looked for by a thread of their own, ahead of who asks. Returns what the whole is. Throws a Problem
 * `invalid-json`, and what reading throws.
 */
export async function* recordsOf(
  source: JsonSource,
  reading: JsonReading = {},
): AsyncGenerator<Batch, JsonSummary> {
  if (typeof source !== 'string' || (lookThrough(source)?.size ?? 0) < threadFromBytes)
    return yield* recordsHere(source, reading)
  const { recordsAhead } = await import('./json/ahead.ts')
  return yield* recordsAhead(source, reading)
}
