/** Targets that leave open what only hosts know, and a mirror that is asked for it. */

import type { Mirror } from '../../demo/mirror.ts'
import { type Ground, ground, mirror, type Ran, sha256Of } from '../rig/playground.ts'

export const lockFile = 'datasets.lock.yaml'

interface OpenWorld {
  readonly place: Ground
  readonly host: Mirror
  /** `HEAD /a.txt` of each request since the last call, sorted. */
  readonly asked: () => readonly string[]
  readonly lock: () => string
}

/** Targets that each place one file of the mirror as it is: `a` and `b` say nothing of theirs, `c` pins all. */
export async function openWorld(rest = ''): Promise<OpenWorld> {
  const place = ground()
  const host = await mirror()
  host.serve('/a.txt', Buffer.from('aaa'))
  host.serve('/b.txt', Buffer.from('bbbb'))
  host.serve('/c.txt', Buffer.from('ccccc'))
  place.spec(`targets:
  a: { sources: [{ url: ${host.url}/a.txt, file: a.txt }] }
  b: { sources: [{ url: ${host.url}/b.txt, file: b.txt }] }
  c: { sources: [{ url: ${host.url}/c.txt, size: 5, sha256: ${sha256Of('ccccc')}, file: c.txt }] }
${rest}`)
  let seen = 0
  return {
    place,
    host,
    asked() {
      const since = host.requests.slice(seen).map(({ method, path }) => `${method} ${path}`)
      seen = host.requests.length
      return since.toSorted()
    },
    lock: () =>
      place.read(lockFile).replaceAll(host.url, 'http://host').replaceAll(new URL(host.url).host, 'host'),
  }
}

export const statesIn = ({ events }: Ran): readonly unknown[] =>
  events.filter(({ event }) => event === 'lock').map(({ state }) => state)

/** What changes from run to run, in words that do not. */
export const settled = (ran: Ran, host: Mirror): Ran['diagnostics'] =>
  JSON.parse(
    JSON.stringify(ran.diagnostics)
      .replaceAll(new URL(host.url).host, 'data.example')
      .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '2026-01-02T03:04:05.000Z'),
  ) as Ran['diagnostics']

export const at = (iso: string): string => iso.replaceAll(/locked: \S+/g, 'locked: NOW')
