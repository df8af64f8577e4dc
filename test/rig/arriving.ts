/** Archives that arrive slowly at a playground: content for them, a gate that holds bytes back, and how far unpacking is. */

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, vi } from 'vitest'
import { filesBelow } from '../../lib/io/disk.ts'
import type { Ground } from './playground.ts'

export const megabyte = 1 << 20

/** A megabyte that is the same for the same seed. `unlike`: bytes until they repeat; many do not compress. */
export function noise(seed: number, unlike = 1024): Buffer {
  const block = createHash('shake256', { outputLength: unlike }).update(`${seed}`).digest()
  return Buffer.alloc(megabyte, block)
}

/** A promise and its end. */
export function gate(): { readonly opened: Promise<void>; open: () => void } {
  let open: () => void = () => {}
  const opened = new Promise<void>(resolve => {
    open = resolve
  })
  return { opened, open }
}

/** Pictures below a folder of the state. */
export const picturesIn = (place: Ground, folder: 'shelf' | 'staging'): number =>
  [...filesBelow(join(place.root, '.groundwork', folder))].filter(path => path.endsWith('.jpg')).length

/** Resolves when so many pictures were unpacked. */
export const unpacked = (
  place: Ground,
  count: number,
  folder: 'shelf' | 'staging' = 'shelf',
): Promise<void> =>
  vi.waitFor(() => expect(picturesIn(place, folder)).toBeGreaterThanOrEqual(count), { timeout: 60_000 })

/** The note beside the only partial file. */
export function noteOf(place: Ground): {
  readonly kept: readonly (readonly number[])[]
  readonly spent?: number
} {
  const shelf = join(place.root, '.groundwork/shelf')
  const [note] = [...filesBelow(shelf)].filter(path => path.endsWith('/note.json'))
  return JSON.parse(readFileSync(join(shelf, note as string), 'utf8')) as ReturnType<typeof noteOf>
}
