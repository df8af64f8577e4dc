/** The body of one answer into the file, piece by piece, until its claim is full or the host ends it. Judges no headers. */

import type { Answer } from '../../lib/io/http.ts'
import type { Host } from '../../lib/model/host.ts'
import { watchForPage } from './checks.ts'
import type { Asking, Fetch } from './fetch.ts'
import * as problems from './problems.ts'
import { mostBytes } from './rules.ts'
import type { Claim } from './segments.ts'
import type { WebSource } from './sources.ts'

export interface Pouring extends Fetch<Asking> {
  readonly source: WebSource
  readonly host: Host
  /** Where the first byte of the address lies in the file. */
  readonly at: number
  /** Behind the last byte of the address, where the host told its size. */
  readonly end: number | undefined
  readonly signal: AbortSignal
  /** After bytes came. */
  readonly onBytes: (bytes: number) => void
  /** What came waits for room on the disk, or does not any more. */
  readonly onHeld: (isHeld: boolean) => void
}

/** Fills the claim as far as the body goes. What came before a connection broke is written. */
export async function pour(answer: Answer, claim: Claim, pouring: Pouring): Promise<void> {
  const { params, part, host, source, at, end, signal, onBytes, onHeld } = pouring
  const refusePage = watchForPage(params, source, claim.at - at)
  for await (const pieces of answer.batches) {
    const bytes = lengthOf(pieces)
    await host.ration(bytes)
    for (const piece of pieces) refusePage(piece)
    const room = Math.max(0, claim.end - claim.at)
    if (bytes > room && claim.end === end)
      throw problems.sizeUnlikeAnnounced(params, source, end - at, claim.at + bytes - at)
    refuseTooLong(pouring, claim.at + Math.min(bytes, room))
    const fitting = bytes > room ? cut(pieces, room) : pieces
    if (fitting.length > 0) await part.write(claim.at, fitting, { signal, onHeld })
    claim.at += Math.min(bytes, room)
    onBytes(bytes)
    signal.throwIfAborted()
    if (claim.at >= claim.end) return
  }
}

const lengthOf = (pieces: readonly Buffer[]): number => pieces.reduce((sum, { length }) => sum + length, 0)

/** The first `bytes` of them. */
function cut(pieces: readonly Buffer[], bytes: number): readonly Buffer[] {
  let left = bytes
  return pieces
    .map(piece => {
      const taken = piece.subarray(0, left)
      left -= taken.length
      return taken
    })
    .filter(({ length }) => length > 0)
}

/** A host that tells no size could send for ever. */
function refuseTooLong({ params, source }: Pouring, bytes: number): void {
  const { size } = params.download
  if (size && bytes > mostBytes(size))
    throw problems.sizeMismatch(params, source, size, { bytes, from: `and more, from ${source.host}` })
}
