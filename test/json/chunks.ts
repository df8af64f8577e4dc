/** Texts in chunks that end anywhere, and what the JSON checker says of them. */

import fc from 'fast-check'
import { checkJson, type JsonVisitor } from '../../lib/io/json-stream.ts'
import { Problem } from '../../lib/model/problem.ts'

/** In chunks that end at the given offsets, all in one buffer that is overwritten, as when a file is read. */
export async function* chunksOf(bytes: Buffer, borders: readonly number[]): AsyncGenerator<Buffer> {
  const buffer = Buffer.alloc(bytes.length)
  const ends = [...borders.map(border => border % (bytes.length + 1)), bytes.length].toSorted((a, b) => a - b)
  for (const [i, end] of ends.entries()) {
    const start = ends[i - 1] ?? 0
    buffer.fill(0x21)
    bytes.copy(buffer, 0, start, end)
    yield buffer.subarray(0, end - start)
  }
}

export type Outcome =
  | { readonly valid: true; readonly type: string; readonly records: number }
  | { readonly valid: false; readonly evidence: unknown; readonly message: string }

export async function outcomeOf(
  bytes: Buffer,
  borders: readonly number[] = [],
  visitor: JsonVisitor = {},
): Promise<Outcome> {
  try {
    const { type, records } = await checkJson(chunksOf(bytes, borders), visitor)
    return { valid: true, type, records }
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    const [{ evidence, message } = { evidence: [], message: '' }] = error.diagnostics
    return { valid: false, evidence, message }
  }
}

export const borders = fc.array(fc.nat(), { maxLength: 6 })
