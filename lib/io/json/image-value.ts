/** What stands under `image` of a record: paths, and what else there is instead of one, in words. Pure. */

import { shortened } from './kept-text.ts'
import type { JsonType } from './scanning.ts'

/** Of a text: an empty one. */
const words = {
  null: 'null',
  number: 'a number',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
  string: 'an empty text',
} as const satisfies Record<JsonType, string>

type Words = (typeof words)[JsonType]

export const emptyList = 'an empty list'
/** What is no path, nor a list of paths. */
export type OddImage = Words | typeof emptyList | `a list with ${Words}`

export const oddAlone = (type: JsonType): OddImage => words[type]
export const oddInList = (type: JsonType): OddImage => `a list with ${words[type]}`

export interface ImageValue {
  /** One string, or those of a list. */
  readonly images: readonly string[]
  /** Undefined where all of it are paths. */
  readonly odd: OddImage | undefined
}

export function imagesIn(value: unknown): ImageValue {
  if (typeof value === 'string')
    return { images: [shortened(value)], odd: value === '' ? oddAlone('string') : undefined }
  if (!Array.isArray(value)) return { images: [], odd: oddAlone(typeOf(value)) }
  const images = value.filter(each => typeof each === 'string').map(shortened)
  const first = value.findIndex(each => typeof each !== 'string' || each === '')
  if (first >= 0) return { images, odd: oddInList(typeOf(value[first])) }
  return { images, odd: value.length === 0 ? emptyList : undefined }
}

function typeOf(value: unknown): JsonType {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : (typeof value as JsonType)
}
