/** Which images are there: by what the tasks have placed that can have given them, as it was recorded. Looks at no disk. */

import { belowRootOf } from '../../lib/model/annotation.ts'
import type { ColumnarManifest, Manifest } from '../../lib/model/manifest.ts'
import { PathTable, type Shelved } from '../../lib/model/path-table.ts'
import type { Input } from '../../lib/model/task.ts'

/** All paths are relative to `images`, a folder below the root. */
export interface Presence {
  /** Whether a path is that of a file that is not empty. */
  readonly has: (path: string) => boolean
  /** Whether bytes are the path of such a file, as a tree has it. If not, `has` may know more. */
  readonly lists: (bytes: Uint8Array, from: number, to: number) => boolean
}

export function presenceIn(inputs: readonly Input[], images: string): Presence {
  const files = new Map<string, Input>()
  const trees = new Map<string, Input[]>()
  for (const input of inputs) {
    const { form, at } = input.artifact
    if (form === 'file') files.set(at, input)
    else trees.set(at, [...(trees.get(at) ?? []), input])
  }
  const isIn = ({ manifest }: Input, name: string): boolean => {
    const i = manifest.find(name)
    return i >= 0 && manifest.size(i) > 0
  }
  const lists = listedIn(inputs, images)
  const has = (written: string): boolean => {
    const bytes = Buffer.from(written)
    if (lists(bytes, 0, bytes.length)) return true
    const path = belowRootOf(images, written)
    if (path === undefined) return false
    const file = files.get(path)
    if (file && file.manifest.size(0) > 0) return true
    for (let cut = path.indexOf('/'); cut > 0; cut = path.indexOf('/', cut + 1))
      if (trees.get(path.slice(0, cut))?.some(tree => isIn(tree, path.slice(cut + 1)))) return true
    return false
  }
  return { has, lists }
}

/** What nearly all paths are: written as a tree has them. */
function listedIn(inputs: readonly Input[], images: string): Presence['lists'] {
  const table = new PathTable(
    inputs.flatMap(({ artifact: { form, at }, manifest }): Shelved[] =>
      form === 'tree' && isColumnar(manifest) ? [{ folder: at, manifest }] : [],
    ),
  )
  const find = table.below(images)
  return (bytes, from, to) => {
    const entry = find(bytes, from, to)
    return entry >= 0 && table.size(entry) > 0
  }
}

const isColumnar = (manifest: Manifest): manifest is ColumnarManifest => 'columns' in manifest
