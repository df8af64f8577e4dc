/** An archive of forty pictures, large enough for its parts to be worth asking for; what was asked, and what was foretold. */

import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { Mirror } from '../../demo/mirror.ts'
import { type Ground, type Ran, sha256Of } from '../rig/playground.ts'
import { zipOf } from '../rig/zips.ts'

export const kilobyte = 1 << 10
export const fileBytes = 256 * kilobyte

/** Bytes that do not compress, the same each time. */
export const noise = (seed: string): Buffer =>
  createHash('shake256', { outputLength: fileBytes }).update(seed).digest()

export const pictures = Array.from({ length: 40 }, (_, i) => ({
  name: `images/${i}.jpg`,
  content: noise(`${i}`),
}))
export const archive = zipOf(pictures)
export const tree = Object.fromEntries(pictures.map(({ name, content }) => [name, sha256Of(content)]))
/** With its local header. */
export const entryBytes = (i: number): number => fileBytes + 30 + `images/${i}.jpg`.length

interface Step {
  readonly kind: string
  readonly verdict: string
  readonly download: number | null
}
interface Foretold {
  readonly steps: readonly Step[]
  readonly totals: { readonly download: number; readonly byHost: Readonly<Record<string, number>> }
}
export const foretold = (ran: Ran): Foretold =>
  ran.events.find(({ event }) => event === 'plan') as unknown as Foretold

/** How a range of pictures is asked for. */
export function positions(i: number, j = i): string {
  const at = pictures.slice(0, i).reduce((sum, _, k) => sum + entryBytes(k), 0)
  const end = pictures.slice(0, j + 1).reduce((sum, _, k) => sum + entryBytes(k), 0)
  return `/pack.zip bytes=${at}-${end - 1}`
}
/** How the end with the directory is asked for. */
export const tail = `/pack.zip bytes=${archive.length - 128 * kilobyte}-${archive.length - 1}`

/**
 * A repair whose host keeps back the file at number 20 is killed when an earlier one was unpacked, at that path of the shelf;
 * then the host gives all. `asked` hears nothing of what was asked until then.
 */
export async function killedMidway(
  {
    place,
    host,
    asked,
  }: { readonly place: Ground; readonly host: Mirror; readonly asked: () => readonly string[] },
  unpacked: string,
): Promise<void> {
  const from = 20 * entryBytes(0)
  host.serve('/pack.zip', archive, { does: 'wait', from, to: from + 1000, until: new Promise(() => {}) })
  const running = place.start('build')
  const file = join(place.root, '.groundwork/shelf', unpacked)
  await expect.poll(() => existsSync(file), { timeout: 20_000 }).toBe(true)
  running.kill('SIGKILL')
  await running.end.catch(() => {})
  asked()
  host.serve('/pack.zip', archive)
}
