/** When files were placed, by the filesystem's own clock. Knows no task. */

import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { filesystemNowMs, look, lookThrough } from '../io/disk.ts'
import type { Manifest, Times } from '../model/manifest.ts'
import { isLinked } from '../model/receipt.ts'
import type { Made } from './attempt.ts'

/**
 * The filesystem's clock, once it has moved on from now: everything placed before is then older than its record, so
 * that the next build need not read it again. A clock that stands still for long leaves racy entries, which is safe.
 */
export async function nextTick(folder: string): Promise<number> {
  const now = filesystemNowMs(folder)
  for (let tries = 0; tries < 20; tries += 1) {
    const later = filesystemNowMs(folder)
    if (later > now) return later
    await sleep(2)
  }
  return now
}

/** What lies there now of the files of an artifact. */
export function* timesOf(
  form: 'file' | 'tree',
  final: string,
  made: Pick<Made, 'lacking' | 'remarks'> & { readonly contents: Manifest },
): Generator<readonly [number, Times]> {
  const { contents, lacking } = made
  const throughLinks = isLinked(made)
  for (let i = 0; i < contents.count; i += 1) {
    const name = contents.path(i)
    // No time may vouch for what lies there instead.
    if (lacking?.has(name) === true) continue
    const path = form === 'file' ? final : join(final, name)
    const times = throughLinks ? lookThrough(path) : look(path)
    // Gone between placing and looking: recorded without times, so that the next look finds it missing.
    if (times) yield [i, times]
  }
}
