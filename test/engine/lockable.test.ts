/** What can be locked, and what the records tell of it. */

import { expect, test } from 'vitest'
import { asBuilt, lockable } from '../../lib/run/lockable.ts'
import { done, graphOfText, knowing } from './fakes.ts'

const digest = 'a'.repeat(64)
const commit = 'c'.repeat(40)
const graph = graphOfText(`targets:
  a: { sources: [{ url: http://x/open, file: a }] }
  again: { sources: [{ url: http://x/open, file: a }] }
  b: { sources: [{ url: http://x/no-size, sha256: ${digest}, file: b }] }
  c: { sources: [{ url: http://x/rounded, sha256: ${digest}, size: 3kB, file: c }] }
  d: { sources: [{ url: 'hf://datasets/o/n@main/moving', sha256: ${digest}, size: 3, file: d }] }
  e: { sources: [{ url: 'hf://datasets/o/n@${commit}/fixed', sha256: ${digest}, size: 3, file: e }] }
  f: { sources: [{ url: http://x/pinned, sha256: ${digest}, size: 3, file: f }] }
  g: { sources: [{ url: local, file: g }] }
`)

test('what a host could tell more of than the spec says, once for each address', () => {
  expect([...lockable(graph).keys()]).toEqual([
    'http://x/open',
    'http://x/no-size',
    'http://x/rounded',
    'hf://datasets/o/n@main/moving',
  ])
})

test('the digest of a download is known by its receipt, or by that of the file that was placed', () => {
  const download = lockable(graph).get('http://x/open')
  const file = graph.tasks.get('file:a/a')
  if (download === undefined || file === undefined) throw new Error('not in the graph')
  const inputs = [{ task: download.id, digest }]
  const own = done(download, { digest, bytes: 7, remarks: { host: 'x', etag: 'W/"weak"' } })
  const placed = done(file, { digest, bytes: 7, inputs })
  const told = (known: Parameters<typeof knowing>[1]) => asBuilt(download, graph, knowing(graph, known))
  expect(told({ [download.id]: { memory: own } })).toEqual({ size: 7, sha256: digest, from: 'x' })
  const forgotten = { [download.id]: { memory: undefined } }
  expect(told({ ...forgotten, [file.id]: { memory: placed } })).toMatchObject({ size: 7, sha256: digest })
  const other = done(file, { digest: 'b'.repeat(64), inputs })
  expect(
    told({ ...forgotten, [file.id]: { memory: other }, 'file:again/a': { memory: other } }),
  ).toBeUndefined()
})
