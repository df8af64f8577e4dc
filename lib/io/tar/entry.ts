/** What a header and what was announced before it together say of an entry. Pure. */

import { isUtf8 } from 'node:buffer'
import type { Header } from './header.ts'
import { type Records, wholeNumber } from './pax.ts'

type Kind = 'file' | 'folder' | 'link' | 'hard-link' | 'special' | 'sparse' | 'unknown'

export interface TarEntry {
  /** As it stands there; bytes that are no UTF-8 are told by `isUtf8`. */
  readonly path: string
  readonly isUtf8: boolean
  readonly kind: Kind
  /** Of the content that follows. */
  readonly bytes: number
  /** What a link leads to. */
  readonly goal: string
  /** The type flag, for messages. */
  readonly type: string
}

/** What counts of extended headers. Nothing else is kept, so that no number of them fills the memory. */
export interface Said {
  readonly path?: Buffer
  readonly linkpath?: Buffer
  readonly size?: Buffer
  readonly isSparse?: boolean
}

/** Pax: an empty value takes back what was said for all. */
export function saidBy(records: Records): Said {
  const path = records.get('GNU.sparse.name') ?? records.get('path')
  const linkpath = records.get('linkpath')
  const size = records.get('size')
  return {
    ...(path && { path }),
    ...(linkpath && { linkpath }),
    ...(size && { size }),
    ...([...records.keys()].some(isOfSparse) && { isSparse: true }),
  }
}

const isOfSparse = (key: string): boolean => key.startsWith('GNU.sparse.') || key === 'SCHILY.realsize'

export interface Announced {
  /** Of all entries that follow. */
  readonly global: Said
  /** Of this entry alone, by a pax header; undefined where there was none. */
  readonly pax: Said | undefined
  /** Of this entry alone, by GNU's headers for long names. */
  readonly gnu: Said
}

/** Undefined where its size is no number. */
export function entryOf(header: Header, { global, pax, gnu }: Announced): TarEntry | undefined {
  const said: Said = { ...global, ...gnu, ...pax }
  const given = (value: Buffer | undefined): Buffer | undefined => (value?.length === 0 ? undefined : value)
  const size = given(said.size)
  const bytes = size === undefined ? header.bytes : wholeNumber(size.toString('latin1'))
  if (bytes === undefined) return undefined
  const name = given(said.path) ?? header.name
  const kind = pax?.isSparse === true ? 'sparse' : kindOf(header.type, name, bytes, pax !== undefined)
  return {
    path: textOf(name),
    isUtf8: isUtf8(name),
    kind,
    bytes: hasContent(kind, header.type) ? bytes : 0,
    goal: textOf(given(said.linkpath) ?? header.goal),
    type: header.type,
  }
}

function kindOf(type: string, name: Buffer, bytes: number, isPax: boolean): Kind {
  switch (type) {
    case '\0':
    case '0':
    case '7':
      return bytes === 0 && name.at(-1) === 0x2f ? 'folder' : 'file'
    // Only pax lets a hard link bring its content along; others may write a size and mean nothing by it.
    case '1':
      return isPax && bytes > 0 ? 'file' : 'hard-link'
    case '2':
      return 'link'
    case '3':
    case '4':
    case '6':
      return 'special'
    case '5':
    case 'D':
      return 'folder'
    case 'S':
      return 'sparse'
    default:
      return 'unknown'
  }
}

/** `D` is a folder with a list of names behind it. */
const hasContent = (kind: Kind, type: string): boolean =>
  kind === 'file' || kind === 'sparse' || kind === 'unknown' || type === 'D'

const textOf = (bytes: Buffer): string => bytes.toString(isUtf8(bytes) ? 'utf8' : 'latin1')
