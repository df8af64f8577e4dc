/** What a record of the list means: its key, its address, and the name of its file. Pure. */

import type { Listed } from '../../lib/io/list.ts'
import type { UrlsParams } from '../../lib/model/params.ts'
import { flawOfPath, leavesItsFolder, type NameCode, type NameFlaw, notUtf8 } from '../unzip/names.ts'

export interface Entry {
  /** From 1. */
  readonly number: number
  /** Where it stands in the list: `line 17`. */
  readonly place: string
  readonly key: string
  /** As written; undefined where the record has none. */
  readonly address: string | undefined
  /** Of the address, if it is one of the web. */
  readonly url: URL | undefined
  /** Below the target. */
  readonly name: Name
}

type Name =
  | { readonly form: 'good'; readonly path: string }
  | {
      readonly form: 'bad'
      readonly code: NameCode
      readonly path: string
      readonly why: string
    }
  /** There is no address to take a name from. */
  | { readonly form: 'none' }

type Fields = Readonly<Record<string, unknown>>

/** Where the spec names no field. */
export const addressFields = ['imageURL', 'image_url', 'url', 'URL', 'image', 'address']
const keyFields = ['id', 'key']

export function entryOf(listed: Listed, params: Pick<UrlsParams, 'key' | 'address' | 'name'>): Entry {
  const { value, number, place } = listed
  const fields = isFields(value) ? value : undefined
  const address = typeof value === 'string' ? value : fields && addressIn(fields, params.address)
  const key = keyOf(listed, fields, params.key)
  const url = address === undefined ? undefined : webAddress(address)
  return {
    number,
    place,
    key,
    address,
    url,
    name: nameOf({ key, url, number, fields: fields ?? {} }, params.name),
  }
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const textIn = (fields: Fields, field: string): string | undefined => {
  const value = Object.hasOwn(fields, field) ? fields[field] : undefined
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined
}

function addressIn(fields: Fields, asked: string | undefined): string | undefined {
  const candidates = asked === undefined ? addressFields : [asked]
  const found = candidates
    .map(field => textIn(fields, field))
    .find(text => text !== undefined && text.trim() !== '')
  return found?.trim()
}

function keyOf({ name, number }: Listed, fields: Fields | undefined, asked: string | undefined): string {
  if (asked !== undefined && fields) return textIn(fields, asked) ?? ''
  const told = fields && keyFields.map(field => textIn(fields, field)).find(text => text !== undefined)
  return name ?? told ?? String(number)
}

function webAddress(text: string): URL | undefined {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return undefined
  return new URL(text)
}

interface Parts {
  readonly key: string
  readonly url: URL | undefined
  readonly number: number
  readonly fields: Fields
}

const ofAddress: ReadonlySet<string> = new Set(['stem', 'ext', 'host'])

function nameOf(parts: Parts, template: string | undefined): Name {
  if (template === undefined) return parts.url === undefined ? { form: 'none' } : judged(lastName(parts.url))
  let missing: string | undefined
  const path = template.replace(/\.?\{ext\}|\{([^{}]+)\}/g, (written, field: string | undefined) => {
    const value = valueOf(parts, field ?? 'ext')
    if (value === undefined) missing ??= field ?? 'ext'
    // Without an ending there is no dot before it.
    return value === '' ? '' : written.startsWith('.') && field === undefined ? `.${value}` : (value ?? '')
  })
  if (missing === undefined) return judged(path)
  if (ofAddress.has(missing)) return { form: 'none' }
  const known = ['key', 'index', 'stem', 'ext', 'host', ...Object.keys(parts.fields)].slice(0, 12)
  const why = `has no field ${missing} for its name, but ${known.join(', ')}`
  return { form: 'bad', code: 'entry-bad-name', path: parts.key, why }
}

function valueOf({ key, url, number, fields }: Parts, field: string): string | undefined {
  switch (field) {
    case 'key':
      return key
    case 'index':
      return String(number)
    case 'host':
      return url?.hostname
    case 'stem':
      return url && split(lastName(url)).stem
    case 'ext':
      return url && split(lastName(url)).ext
    default:
      return textIn(fields, field)
  }
}

/** Of the path of an address, without its percent signs; that of its host where it has none. */
function lastName(url: URL): string {
  const last = url.pathname.slice(url.pathname.lastIndexOf('/') + 1)
  if (last === '') return ''
  try {
    return decodeURIComponent(last)
  } catch {
    return last
  }
}

export function split(name: string): { readonly stem: string; readonly ext: string } {
  const dot = name.lastIndexOf('.')
  const cut = dot <= name.lastIndexOf('/') + 1 || dot === name.length - 1 ? name.length : dot
  return { stem: name.slice(0, cut), ext: name.slice(cut + 1) }
}

function judged(path: string): Name {
  const flaw = flawOf(path)
  return flaw === undefined ? { form: 'good', path } : { form: 'bad', path, ...flaw }
}

function flawOf(path: string): NameFlaw | undefined {
  if (path === '') return { code: 'entry-bad-name', why: 'has no name' }
  return leavesItsFolder(path) ?? (/\p{Cs}/u.test(path) ? notUtf8 : flawOfPath(path))
}
