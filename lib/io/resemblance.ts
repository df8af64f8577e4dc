/** What a file looks like by its first bytes, where it is not what was wanted. Pure; knows not what was. */

import { compressionOf } from './compression.ts'

export interface Resemblance {
  /** Behind "begins like". */
  readonly what: string
  /** The key of the spec that unpacks it. */
  readonly key?: 'unzip' | 'untar'
  /** What to do about it, whatever was wanted. */
  readonly next?: string
}

/** As many bytes of a file as tell. */
export const resemblingBytes = 512

const table: readonly (Resemblance & { readonly fits: (text: string) => boolean })[] = [
  {
    what: 'an HTML page',
    fits: text => /^\s*(<!doctype html|<html|<head|<\?xml)/i.test(text),
    next: 'open the address in a browser: it gives a page (a login, a quota, an error) instead of the file.',
  },
  {
    what: 'a Git LFS pointer',
    fits: text => text.startsWith('version https://git-lfs'),
    next: 'use the address that gives the file itself (/resolve/, not /raw/).',
  },
  { what: 'tar', fits: text => text.slice(257, 262) === 'ustar', key: 'untar' },
  { what: 'zip', fits: text => text.startsWith('PK\x03\x04'), key: 'unzip' },
  { what: '7z', fits: text => text.startsWith("7z\xbc\xaf'\x1c") },
  { what: 'rar', fits: text => text.startsWith('Rar!') },
  { what: 'lz4', fits: text => text.startsWith('\x04"M\x18') },
  { what: 'lzip', fits: text => text.startsWith('LZIP') },
  { what: 'compress (.Z)', fits: text => text.startsWith('\x1f\x9d') },
]

export function resemblanceOf(head: Buffer): Resemblance | undefined {
  const text = head.toString('latin1')
  const found = table.find(({ fits }) => fits(text))
  if (found) return found
  const compression = compressionOf(head)
  return compression && { what: compression, key: 'untar' }
}

/** `begins like 7z`, `begins with the bytes 6a75…`. */
export function beginningOf(head: Buffer): string {
  if (head.length === 0) return 'an empty file'
  const resembles = resemblanceOf(head)
  return resembles
    ? `begins like ${resembles.what}`
    : `begins with the bytes ${head.subarray(0, 8).toString('hex')}`
}
