/**
 * Takes files over that were seen to be right: puts them into staging, places them as any result is placed, and records
 * them with what they would have been made of. Changes nothing where they come from.
 */

import { dirname, join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { look, lookThrough, makeFolder, remove } from '../../io/disk.ts'
import type { LinkMode } from '../../model/link-mode.ts'
import { ManifestBuilder } from '../../model/manifest-builder.ts'
import type { Remarks } from '../../model/receipt.ts'
import type { Made } from '../attempt.ts'
import type { Run } from '../context.ts'
import { keep } from '../step.ts'
import { renewGivers } from './giver.ts'
import { recordInputs } from './inputs.ts'
import { Putter } from './put.ts'
import type { Seen } from './seen.ts'
import type { Proof, Wanted } from './wanted.ts'

/** How many files were put in each way; what lay in place already is in none. */
export type Put = ReadonlyMap<LinkMode, number>

/** Throws `cannot-link`, and what placing throws. What is not right is left as it is, and recorded as not there. */
export async function takeOver(
  run: Run,
  { task, proof }: Wanted,
  seen: Seen,
  link: LinkMode | undefined,
): Promise<Put> {
  const began = performance.now()
  run.tally.begun += 1
  const staging = join(run.staging, String(run.tally.begun))
  const putter = new Putter(link)
  makeFolder(staging)
  try {
    const written = await stage(seen, staging, putter, run.signal)
    recordInputs(run, task, proof, seen)
    const made = madeOf(task, proof, seen, written, putter.counts)
    const receipt = await keep(run, task, made, staging, began)
    run.known.receipts.done(receipt)
    await run.known.lookAgain(task, 'tree')
    if (putter.counts.has('hard')) await renewGivers(run, seen)
    return putter.counts
  } finally {
    remove(staging)
  }
}

/** Files between two looks at the world outside. */
const atOnce = 256

/** Of those that are not in place already. One that was written to since it was read is not taken. */
async function stage(
  seen: Seen,
  staging: string,
  putter: Putter,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const written: string[] = []
  const folders = new Set([staging])
  for (let k = 0; k < seen.files.count; k += 1) {
    if (k % atOnce === 0) {
      signal.throwIfAborted()
      await setImmediate()
    }
    if (!seen.isRight(k)) continue
    const from = seen.pathOf(k)
    const path = seen.files.path(k)
    if (!seen.isInPlace(k)) {
      const to = join(staging, path)
      if (!folders.has(dirname(to))) makeFolder(dirname(to))
      folders.add(dirname(to))
      putter.put(from, to)
      written.push(path)
    }
    if (seen.isStill(k, lookThrough(from))) continue
    seen.setChanged(k)
    if (written.at(-1) === path) {
      remove(join(staging, path))
      written.pop()
    }
  }
  return written
}

function madeOf(
  { gives }: Wanted['task'],
  proof: Proof,
  seen: Seen,
  written: readonly string[],
  put: Put,
): Made {
  const builder = new ManifestBuilder()
  const lacking = new Set<string>()
  for (let k = 0; k < seen.files.count; k += 1) {
    if (!seen.isRight(k)) lacking.add(seen.files.path(k))
    builder.add(seen.files.path(k), seen.files.bytes(k), seen.sha256(k))
  }
  const isLinkedTo = put.has('symlink') || hasLinks(seen)
  return {
    contents: builder.finish(gives.form),
    written,
    lacking,
    isSpent: false,
    bytesWritten: 0,
    bytesDownloaded: 0,
    filesDownloaded: 0,
    remarks: {
      ...remarksOf(proof),
      adopted: [...put.keys()].join(', ') || 'in place',
      ...(isLinkedTo && { link: 'symlink' }),
      ...(lacking.size > 0 && { 'not there': lacking.size }),
    },
  }
}

/** A person may have laid links into the target. */
function hasLinks(seen: Seen): boolean {
  for (let k = 0; k < seen.files.count; k += 1)
    if (seen.isInPlace(k) && look(seen.pathOf(k))?.isSymbolicLink() === true) return true
  return false
}

function remarksOf(proof: Proof): Remarks {
  switch (proof.form) {
    case 'record': {
      const { link: _, adopted: _a, ...remarks } = proof.sample.receipt.remarks
      return { checked: 'SHA-256 of each file against the record of a playground', ...remarks }
    }
    case 'directory':
      return proof.contents.remarks
    case 'pin':
      return {}
    case 'count':
      return { checked: 'count only' }
  }
}
