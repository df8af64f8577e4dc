/**
 * Follows the structure of an annotation file: what its top level is, how many records it has, which images one names that is
 * too long to be held. Knows nothing of bytes.
 */

import { emptyList, type ImageValue, type OddImage, oddAlone, oddInList } from './image-value.ts'
import type { JsonType, Listener } from './scanning.ts'

/**
 * The paths under the top-level key `image` of a record: one string or a list of them. Records that name none are not
 * told. `record` counts from 1. When a record has the key twice, the last one counts, as everywhere.
 */
export type OnImages = (paths: readonly string[], record: number) => void

export class Records implements Listener {
  /** Of the top-level value; undefined until its first byte. */
  type: JsonType | undefined
  /** Records that have begun. */
  count = 0

  /** Of the record that is heard of. */
  private images: string[] = []
  private odd: OddImage | undefined
  private recordType: JsonType | undefined
  private underImage = false
  private imageType: JsonType | undefined

  /** Of the record that was heard of last. */
  get imageValue(): ImageValue {
    return { images: this.images, odd: this.odd }
  }

  value(type: JsonType, depth: number): void {
    if (depth === 0) this.type = type
    else if (depth === 1) {
      // Of JSON lines nothing lies around the first record.
      this.type ??= 'array'
      this.count += 1
      this.recordType = type
      this.startImage()
    } else if (depth === 2) {
      this.imageType = type
      if (this.underImage && type !== 'string') this.odd = type === 'array' ? emptyList : oddAlone(type)
    } else if (depth === 3 && this.underImage && this.imageType === 'array') {
      // The first that is none is told; a text may still be empty.
      if (this.odd === emptyList) this.odd = undefined
      if (type !== 'string') this.odd ??= oddInList(type)
    }
  }

  wants(role: 'key' | 'value', depth: number): boolean {
    if (role === 'key') return depth === 2 && this.recordType === 'object'
    return this.underImage && (depth === 2 || (depth === 3 && this.imageType === 'array'))
  }

  text(role: 'key' | 'value', text: string): void {
    if (role === 'value') {
      this.images.push(text)
      if (text === '') this.odd ??= this.imageType === 'array' ? oddInList('string') : oddAlone('string')
    } else {
      this.underImage = text === 'image'
      if (this.underImage) this.startImage()
    }
  }

  close(depth: number): void {
    if (depth === 2) this.underImage = false
  }

  private startImage(): void {
    this.images = []
    this.odd = undefined
  }
}
