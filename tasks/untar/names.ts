/** Whether an entry of a tar can be a file of the tree, by the rules that hold for zips too. Pure. */

import type { TarEntry } from '../../lib/io/tar.ts'
import type { Flaw } from '../unzip/flaws.ts'
import { flawOfName } from '../unzip/names.ts'

/** Tars are full of `./a` and `a//b`, which are `a` and `a/b` to whoever wrote them. */
export function plainPath(path: string): string {
  if (!/(^|\/)(\.?\/|\.$)/.test(path)) return path
  const names = path.split('/').filter(name => name !== '' && name !== '.')
  const begin = path.startsWith('/') ? '/' : ''
  return begin + names.join('/') + (path.endsWith('/') && names.length > 0 ? '/' : '')
}

/** `path`: where it would lie. Hard links are looked at when it is known what lies there. */
export function flawOf(entry: TarEntry, path: string): Omit<Flaw, 'path'> | undefined {
  const name = flawOfName(path, entry.isUtf8)
  if (name !== undefined) return name
  switch (entry.kind) {
    case 'file':
    case 'hard-link':
    case 'folder':
      return undefined
    case 'link':
      return { code: 'entry-link', why: 'is a symbolic link' }
    case 'special':
      return { code: 'entry-special', why: 'is a device, pipe or socket' }
    case 'sparse':
      return { code: 'entry-unknown-method', why: 'is a sparse file, stored with holes' }
    case 'unknown':
      return { code: 'entry-unknown-method', why: typeName(entry.type) }
  }
}

const typeName = (type: string): string =>
  type === 'M'
    ? 'is the rest of a file of another volume'
    : `has the type ${JSON.stringify(type)}, which is none`
