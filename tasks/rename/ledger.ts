/**
 * Which contents became which, by digest: what lies in a target as JPEG is found again without encoding it anew, also when
 * the file that it was made from is gone. Only facts stand in it; losing it costs time only.
 */

import { keepListing, readListing } from '../../lib/io/listing.ts'

const name = 'transcoded.ndjson'

/** SHA-256 of the image → SHA-256 of its JPEG. */
export type Ledger = ReadonlyMap<string, string>

export function readLedger(shelf: string): Ledger {
  return new Map(
    readListing(shelf, name)
      .filter(isRow)
      .map(({ from, to }) => [from, to]),
  )
}

export const keepLedger = (shelf: string, ledger: Ledger): string =>
  keepListing(
    shelf,
    name,
    Array.from(ledger, ([from, to]) => ({ from, to })),
  )

const isRow = (row: unknown): row is { readonly from: string; readonly to: string } =>
  typeof row === 'object' &&
  row !== null &&
  'from' in row &&
  'to' in row &&
  typeof row.from === 'string' &&
  typeof row.to === 'string'
