/** A download that was interrupted about in the middle, and what it left. */

import { writeFileSync } from 'node:fs'
import {
  addressAt,
  content,
  fileName,
  interrupted,
  mirrorOf,
  paramsOf,
  type Shelf,
  sha256,
  shelfOf,
} from './rig.ts'

export const body = content(3_000_000)
export const pinned = { sha256: sha256(body) }
export const path = `/${fileName}`

/** A run that was interrupted about in the middle, and what it left. */
export async function left(download = {}) {
  const mirror = await mirrorOf(body)
  const params = paramsOf(addressAt(mirror), download)
  const { shelf } = await interrupted(params, 1_000_000)
  const found = shelfOf({ shelf }) as Shelf
  return { mirror, params, shelf, found }
}

export const rewrite = ({ notePath, note }: Shelf, change: object): void =>
  writeFileSync(notePath, JSON.stringify({ ...note, ...change }))
