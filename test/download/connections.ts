/** A file that is worth several connections, from hosts that count them. */

import type { Behaviour } from '../../demo/behaviour.ts'
import type { Mirror } from '../../demo/mirror.ts'
import type { Host } from '../../lib/model/host.ts'
import type { Workbench } from '../../lib/model/task.ts'
import { freeHost } from '../rig/workbench.ts'
import { content, fileName, ranges, sha256 } from './rig.ts'

export const body = content(400_000)
export const pinned = { sha256: sha256(body) }
export const path = `/${fileName}`

/** A bench whose hosts take so many connections; says how many were held at most. */
export function hostsOf(connections: number, overrides: Partial<Host> = {}) {
  const seen = { most: 0, rests: [] as number[], crowded: 0 }
  let held = 0
  const host: Workbench['host'] = name =>
    freeHost(name, {
      connections,
      async connect(work) {
        held += 1
        seen.most = Math.max(seen.most, held)
        try {
          return await work()
        } finally {
          held -= 1
        }
      },
      rest: milliseconds => void seen.rests.push(milliseconds),
      crowded: () => void (seen.crowded += 1),
      ...overrides,
    })
  return { host, seen }
}

/** First and last byte of each range that was asked for; the first request asks for none. */
export const asked = (mirror: Mirror): readonly (readonly [number, number])[] =>
  ranges(mirror)
    .slice(1)
    .map(range => /^bytes=(\d+)-(\d+)$/.exec(range ?? '') ?? ['', '-1', '-1'])
    .map(([, from, to]) => [Number(from), Number(to)] as const)

/** Slow enough that connections overlap. */
export const drip: Behaviour = { does: 'drip', bytesPerSecond: 1_000_000 }
