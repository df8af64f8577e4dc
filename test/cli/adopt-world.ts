/** A target of forty pictures, a mirror that has their archive, and folders in which a person has the pictures already. */

import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { Mirror } from '../../demo/mirror.ts'
import { type Ground, ground, mirror, type Ran } from '../rig/playground.ts'
import { archive, pictures, tail } from './pieces.ts'

export interface World {
  readonly place: Ground
  readonly host: Mirror
  /** Ranges asked since the last call, in order, with who was asked. */
  readonly asked: () => readonly string[]
}

export const specOf = (url: string, { pins = '', more = '' } = {}): string =>
  `targets: { images: { sources: [{ url: "${url}/pack.zip"${pins}, unzip: { root: images } }]${more} } }\n`

export async function world(wanted: { pins?: string; more?: string } = {}): Promise<World> {
  const [place, host] = [ground(), await mirror()]
  place.spec(specOf(host.url, { more: ', expect: { files: 40 }', ...wanted }))
  host.serve('/pack.zip', archive)
  let seen = 0
  const asked = (): readonly string[] => {
    const lines = host.requests.slice(seen).map(({ path, range }) => `${path} ${range ?? 'whole'}`)
    seen = host.requests.length
    return lines
  }
  return { place, host, asked }
}

/** Lays the pictures down in a folder, without those of `without`. */
export function lay(place: Ground, folder: string, without: readonly number[] = []): void {
  for (const [i, { content }] of pictures.entries())
    if (!without.includes(i)) place.write(`${folder}/${i}.jpg`, content)
}

/** How large it is, and its end. */
export const directory = ['/pack.zip bytes=0-0', tail]

export const adopted = (ran: Ran) => ran.events.find(({ event }) => event === 'adopted')
export const listing = (folder: string): readonly string[] =>
  Array.from({ length: 40 }, (_, i) => {
    const { ino, size, mtimeMs, mode } = statSync(join(folder, `${i}.jpg`))
    return `${ino} ${size} ${mtimeMs} ${mode}`
  })
