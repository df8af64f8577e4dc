/** When files were placed, by the filesystem's own clock. Knows no task. */

import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { filesystemNowMs, look } from '../io/disk.ts'
import type { Manifest, Times } from '../model/manifest.ts'

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

export function* timesOf(
  form: 'file' | 'tree',
  final: string,
  contents: Manifest,
): Generator<readonly [number, Times]> {
  for (let i = 0; i < contents.count; i += 1) {
    const times = look(form === 'file' ? final : join(final, contents.path(i)))
    // Gone between placing and looking: recorded without times, so that the next look finds it missing.
    if (times) yield [i, times]
  }
}
