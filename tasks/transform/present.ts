/** Which images are there: by what the tasks have placed that can have given them, as it was recorded. Looks at no disk. */

import { posix } from 'node:path'
import type { ColumnarManifest, Manifest } from '../../lib/model/manifest.ts'
import { PathTable, type Shelved } from '../../lib/model/path-table.ts'
import type { Input } from '../../lib/model/task.ts'

/** Whether a path (relative to `images`, a folder below the root) is that of a file that is not empty. */
export function presenceIn(inputs: readonly Input[], images: string): (path: string) => boolean {
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
  const isListed = listedIn(inputs, images)
  return written => {
    if (isListed(written)) return true
    const path = posix.normalize(`${images}/${written}`).replace(/^\/+/, '')
    const file = files.get(path)
    if (file && file.manifest.size(0) > 0) return true
    for (let cut = path.indexOf('/'); cut > 0; cut = path.indexOf('/', cut + 1))
      if (trees.get(path.slice(0, cut))?.some(tree => isIn(tree, path.slice(cut + 1)))) return true
    return false
  }
}

/** What nearly all paths are: written as a tree has them. Of another one it says nothing. */
function listedIn(inputs: readonly Input[], images: string): (path: string) => boolean {
  const table = new PathTable(
    inputs.flatMap(({ artifact: { form, at }, manifest }): Shelved[] =>
      form === 'tree' && isColumnar(manifest) ? [{ folder: at, manifest }] : [],
    ),
  )
  const find = table.below(images)
  return path => {
    const bytes = Buffer.from(path)
    const entry = find(bytes, 0, bytes.length)
    return entry >= 0 && table.size(entry) > 0
  }
}

const isColumnar = (manifest: Manifest): manifest is ColumnarManifest => 'columns' in manifest
