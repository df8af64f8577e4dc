/** An archive of forty pictures, large enough for its parts to be worth asking for; what was asked, and what was foretold. */

import { createHash } from 'node:crypto'
import { type Ran, sha256Of } from '../rig/playground.ts'
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
