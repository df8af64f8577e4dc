/**
 * Follows the structure of an annotation file: what its top level is, how many records it has, which images each names.
 * Knows nothing of bytes.
 */

import type { JsonType, Listener } from './scanner.ts'

/**
 * The paths under the top-level key `image` of a record: one string or a list of them. Records that name none are not
 * told. `record` counts from 1. When a record has the key twice, the last one counts, as everywhere.
 */
export type OnImages = (paths: readonly string[], record: number) => void

export class Records implements Listener {
  /** Undefined until the first byte of the value. */
  type: JsonType | undefined
  /** Elements of the top-level array that have begun. */
  count = 0

  private readonly onImages: OnImages | undefined
  private recordType: JsonType | undefined
  private underImage = false
  private imageType: JsonType | undefined
  private images: string[] = []

  constructor(onImages: OnImages | undefined) {
    this.onImages = onImages
  }

  value(type: JsonType, depth: number): void {
    if (depth === 0) this.type = type
    else if (depth === 1 && this.type === 'array') {
      this.count += 1
      this.recordType = type
    } else if (depth === 2) this.imageType = type
  }

  wants(role: 'key' | 'value', depth: number): boolean {
    if (this.onImages === undefined) return false
    if (role === 'key') return depth === 2 && this.recordType === 'object'
    return this.underImage && (depth === 2 || (depth === 3 && this.imageType === 'array'))
  }

  text(role: 'key' | 'value', text: string): void {
    if (role === 'value') this.images.push(text)
    else {
      this.underImage = text === 'image'
      if (this.underImage) this.images = []
    }
  }

  close(depth: number): void {
    if (depth !== 2) return
    this.underImage = false
    if (this.images.length === 0) return
    this.onImages?.(this.images, this.count)
    this.images = []
  }
}
