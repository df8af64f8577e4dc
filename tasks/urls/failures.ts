/** Why addresses gave no file, counted from the ledger of a list. Asks nobody and writes nothing. */

import { join } from 'node:path'
import { look } from '../../lib/io/disk.ts'
import type { Failures } from '../../lib/model/task.ts'
import { inWords } from './failure.ts'
import { Ledger } from './ledger.ts'

/** Also where an archive gave the file instead. The most frequent first, then by their words. */
export async function failuresOn(shelf: string): Promise<readonly Failures[]> {
  if (look(join(shelf, Ledger.fileName)) === undefined) return []
  const { rows, count } = await Ledger.peek(shelf)
  const counts = new Map<string, number>()
  for (let row = 0; row < count; row += 1) {
    if (!rows.is(row, 'failed')) continue
    const cause = inWords(rows.failureOf(row))
    counts.set(cause, (counts.get(cause) ?? 0) + 1)
  }
  return [...counts]
    .map(([cause, times]) => ({ cause, count: times }))
    .toSorted((a, b) => b.count - a.count || (a.cause < b.cause ? -1 : 1))
}
