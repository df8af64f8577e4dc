/** An image is there where a tree or a file has it, with bytes, however its path is written. */

import { expect, test } from 'vitest'
import type { Manifest } from '../../lib/model/manifest.ts'
import { ManifestBuilder } from '../../lib/model/manifest-builder.ts'
import type { Input } from '../../lib/model/task.ts'
import { presenceIn } from '../../tasks/transform/present.ts'
import { manifestOf } from '../rig/workbench.ts'

type Rows = Readonly<Record<string, number>>

const sha256 = 'ab'.repeat(32)

function built(form: 'file' | 'tree', rows: Rows): Manifest {
  const builder = new ManifestBuilder()
  for (const [path, bytes] of Object.entries(rows)) builder.add(path, bytes, sha256)
  return builder.finish(form)
}

const listed = (_: 'file' | 'tree', rows: Rows): Manifest =>
  manifestOf(Object.entries(rows).map(([path, bytes]) => ({ path, bytes, sha256 })))

function given(form: 'file' | 'tree', at: string, manifest: Manifest): Input {
  return {
    artifact: { task: `unzip:${at}`, form, at, lasting: true },
    path: `/playground/${at}`,
    manifest,
    sole: false,
  }
}

test.each([
  ['of a build', built],
  ['of any kind', listed],
] as const)('in manifests %s', (_, make) => {
  const inputs = [
    given('tree', 'coco', make('tree', { 'a/1.jpg': 5, 'a/empty.jpg': 0, 'é.jpg': 3, 'odd\\name.jpg': 1 })),
    given('tree', 'coco/a', make('tree', { 'empty.jpg': 7, '2.jpg': 1 })),
    given('file', 'lone.jpg', make('file', { 'lone.jpg': 4 })),
    given('file', 'hollow.jpg', make('file', { 'hollow.jpg': 0 })),
  ]
  const { has: isThere, lists } = presenceIn(inputs, '')
  const paths = ['coco/a/1.jpg', 'coco/é.jpg', 'coco/odd\\name.jpg', 'coco/a/2.jpg', 'lone.jpg']
  const otherWays = ['coco/./a/1.jpg', '/coco/a/1.jpg', 'coco//a/1.jpg', 'coco/b/../a/1.jpg']
  // One tree has it without bytes, the other one has it.
  for (const path of [...paths, ...otherWays, 'coco/a/empty.jpg']) expect(isThere(path), path).toBe(true)
  const lacking = ['', 'coco', 'coco/a', 'coco/a/3.jpg', 'a/1.jpg', 'hollow.jpg', '../coco/a/1.jpg']
  for (const path of lacking) expect(isThere(path), path).toBe(false)
  const isListed = (path: string): boolean => lists(Buffer.from(path), 0, Buffer.byteLength(path))
  for (const path of [...lacking, 'lone.jpg', ...otherWays]) expect(isListed(path), path).toBe(false)
  expect(isListed('coco/a/1.jpg')).toBe(make === built)
  const { has: isBelow } = presenceIn(inputs, 'coco/a')
  for (const path of ['1.jpg', '2.jpg', '../é.jpg', '../../lone.jpg']) expect(isBelow(path), path).toBe(true)
  for (const path of ['coco/a/1.jpg', '../../../lone.jpg']) expect(isBelow(path), path).toBe(false)
})
