/** Receipts as one process after another keeps them, and what a later one reads. */

import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Memory } from '../../lib/model/receipt.ts'
import { openReceipts, type Receipts } from '../../lib/receipts/receipts.ts'

/** One process: opens, does, closes. */
export function inOneProcess(folder: string, runId: string, act: (receipts: Receipts) => void): void {
  const receipts = openReceipts(folder, { readOnly: false, runId })
  act(receipts)
  receipts.close()
}

export const read = (folder: string): Receipts => openReceipts(folder, { readOnly: true })
export const memories = (folder: string): Record<string, Memory> => Object.fromEntries(read(folder).all())
export const segments = (folder: string): readonly string[] => readdirSync(join(folder, 'log')).toSorted()
