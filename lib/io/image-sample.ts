/** Looks at the beginnings of images: format and size, of some of them or all. Knows no target beside its name. */

import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import type { PlacedFiles } from '../model/file-list.ts'
import type { Glimpse } from '../model/image/glimpse.ts'
import {
  type ImageSize,
  type ImageType,
  imageHeadBytes,
  imageSizeOf,
  imageTypeOf,
  isImageName,
} from '../model/image.ts'
import type { ImageStats } from '../model/stats.ts'
import { glimpseOf } from './glimpse.ts'

interface Sampling {
  /** Absolute. */
  readonly root: string
  /** At most so many, at equal distances; undefined: all. */
  readonly most: number | undefined
  readonly signal: AbortSignal
}

type Format = ImageType | 'none' | 'missing'

/** Of all trees of a target; undefined where none holds an image by name. */
export async function lookAtImages(
  target: string,
  trees: readonly PlacedFiles[],
  { root, most, signal }: Sampling,
): Promise<ImageStats | undefined> {
  const { named, bytes } = imagesOf(trees)
  if (named.length === 0) return undefined
  const looked = Math.min(most ?? named.length, named.length)
  const formats = new Map<Format, number>()
  const sizes: ImageSize[] = []
  for (let k = 0; k < looked; k += 1) {
    // In the middle of each of so many equal stretches.
    const [tree, i] = named.at(Math.floor(((k + 0.5) * named.length) / looked))
    const { format, size } = lookAt(join(root, tree.prefix + tree.manifest.path(i)), tree.manifest.size(i))
    formats.set(format, (formats.get(format) ?? 0) + 1)
    if (size) sizes.push(size)
    if (k % 256 !== 255) continue
    await setImmediate()
    signal.throwIfAborted()
  }
  return { target, files: named.length, bytes, looked, formats: mostFirst(formats), pixels: pixelsOf(sizes) }
}

/** Which entries of manifests are named as images, in columns. */
class Named {
  length = 0
  readonly #trees: readonly PlacedFiles[]
  readonly #entries: Uint32Array
  /** Number of the first of each tree. */
  readonly #starts: number[] = []

  constructor(trees: readonly PlacedFiles[]) {
    this.#trees = trees
    this.#entries = new Uint32Array(trees.reduce((sum, { manifest }) => sum + manifest.count, 0))
  }

  begin(): void {
    this.#starts.push(this.length)
  }

  add(entry: number): void {
    this.#entries[this.length] = entry
    this.length += 1
  }

  at(number: number): readonly [tree: PlacedFiles, entry: number] {
    const tree = this.#starts.findLastIndex(start => start <= number)
    return [this.#trees[tree] as PlacedFiles, this.#entries[number] as number]
  }
}

function imagesOf(trees: readonly PlacedFiles[]): { readonly named: Named; readonly bytes: number } {
  const named = new Named(trees)
  let bytes = 0
  for (const { manifest } of trees) {
    named.begin()
    for (let i = 0; i < manifest.count; i += 1) {
      const path = manifest.path(i)
      if (!path.slice(path.lastIndexOf('/') + 1).includes('.') || !isImageName(path)) continue
      named.add(i)
      bytes += manifest.size(i)
    }
  }
  return { named, bytes }
}

/** The header of a JPEG may stand behind a preview and a colour profile. */
const headerBytes = [4096, 1 << 20] as const

function lookAt(
  path: string,
  bytes: number,
): { readonly format: Format; readonly size?: ImageSize | undefined } {
  try {
    return glimpseOf(path, bytes, file => {
      const format = imageTypeOf(file.at(0, imageHeadBytes))
      return format === undefined ? { format: 'none' } : { format, size: sizeOf(file) }
    })
  } catch {
    return { format: 'missing' }
  }
}

function sizeOf(file: Glimpse): ImageSize | undefined {
  for (const length of headerBytes) {
    const size = imageSizeOf(file.at(0, length))
    if (size !== undefined || file.bytes <= length) return size
  }
  return undefined
}

const mostFirst = (formats: ReadonlyMap<Format, number>): ImageStats['formats'] =>
  [...formats]
    .map(([format, count]) => ({ format, count }))
    .toSorted((a, b) => b.count - a.count || (a.format < b.format ? -1 : 1))

function pixelsOf(sizes: readonly ImageSize[]): ImageStats['pixels'] {
  const sorted = sizes.toSorted((a, b) => a.width * a.height - b.width * b.height || a.width - b.width)
  const [smallest, median, largest] = [sorted[0], sorted[(sorted.length - 1) >> 1], sorted.at(-1)]
  return smallest && median && largest && { smallest, median, largest }
}
