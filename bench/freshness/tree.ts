/** The tree that is looked at: what its targets are called, and where which file lies in them. Pure. */

import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import type { Packed } from '../archive/zip-file.ts'

/** One target of one archive. */
export interface Shelf {
  /** The directory below the root. */
  readonly target: string
  readonly files: number
  /** 0: all files lie in the target itself. */
  readonly folders: number
}

const foldersEach = 100
const shelvesOfFolders = 6

/** Of 1.2 million files: three flat folders of 100, 150 and 200 thousand, and 600 of 1,250. */
export function shelvesOf(files: number): readonly Shelf[] {
  const flat = [12, 8, 6].map((part, i) => ({
    target: `flat/${i + 1}`,
    files: Math.floor(files / part),
    folders: 0,
  }))
  const rest = files - flat.reduce((sum, shelf) => sum + shelf.files, 0)
  const foldered = Array.from({ length: shelvesOfFolders }, (_, i) => ({
    target: `foldered/${i + 1}`,
    files: Math.floor((rest * (i + 1)) / shelvesOfFolders) - Math.floor((rest * i) / shelvesOfFolders),
    folders: foldersEach,
  }))
  return [...flat, ...foldered]
}

/** Below the target, sorted. */
export function* pathsIn({ files, folders }: Shelf): Generator<string> {
  for (let i = 0; i < files; i += 1) {
    const name = `${digits(12, i)}.jpg`
    yield folders === 0 ? name : `${digits(5, Math.floor((i * folders) / files))}/${name}`
  }
}

/** Below the root, in the order of `shelvesOf`. */
export function* pathsBelow(shelves: readonly Shelf[]): Generator<string> {
  for (const shelf of shelves) for (const path of pathsIn(shelf)) yield `${shelf.target}/${path}`
}

const digits = (count: number, value: number): string => String(value).padStart(count, '0')

/** As entries of an archive. There are few contents, so that git has few objects to write. */
export async function* entriesOf(shelf: Shelf): AsyncGenerator<Packed> {
  let i = 0
  for (const path of pathsIn(shelf)) {
    const { packed, crc32 } = contents[i % contents.length] as (typeof contents)[number]
    i += 1
    yield { path, method: 'stored', packed, bytes: packed.length, crc32 }
  }
}

const contents = Array.from({ length: 1000 }, (_, i) => {
  const packed = Buffer.from(createHash('sha256').update(String(i)).digest('hex'))
  return { packed, crc32: crc32(packed) }
})
