/** Reads an annotation once, front to back: whether it is JSON, what it is made of, and what its `id`s are. Places nothing. */

import { type JsonReading, type JsonSource, type JsonSummary, recordsOf } from '../../lib/io/json-stream.ts'
import type { Diagnostic } from '../../lib/model/problem.ts'
import { aboutIds } from './id-words.ts'
import { Ids } from './ids.ts'

interface Checked {
  readonly summary: JsonSummary
  /** Warnings. */
  readonly told: readonly Diagnostic[]
}

/** `castsIds`: what is made of it has ids of one type. Throws `invalid-json`. */
export async function check(
  source: JsonSource,
  reading: JsonReading & { readonly name: string },
  castsIds: boolean,
): Promise<Checked> {
  const ids = new Ids()
  const batches = recordsOf(source, reading)
  for (;;) {
    const { done, value } = await batches.next()
    if (done) return { summary: value, told: aboutIds(ids, reading.name, castsIds) }
    ids.add(value)
  }
}
