/** Files of several artifacts as one sorted list. */

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { inOrder, type PlacedFiles } from '../../lib/model/file-list.ts'
import { ManifestBuilder } from '../../lib/model/manifest-builder.ts'

function placed(target: string, prefix: string, names: readonly string[]): PlacedFiles {
  const builder = new ManifestBuilder()
  for (const name of names) builder.add(name, 1, '1'.repeat(64))
  return { target, prefix, manifest: builder.finish('tree') }
}

const pathsOf = (all: readonly PlacedFiles[]): readonly string[] =>
  [...inOrder(all)].flatMap(({ prefix, manifest, from, to }) =>
    Array.from({ length: to - from }, (_, i) => prefix + manifest.path(from + i)),
  )

const bytewise = (paths: readonly string[]): readonly string[] =>
  paths.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))

test('whatever lies in whatever, the list is sorted by bytes and whole', () => {
  const name = fc.stringMatching(/^[ab/é\u{1f600}\uffff]{1,6}$/u).map(text => text.replaceAll('/', '-/'))
  const part = fc.uniqueArray(name, { maxLength: 12 })
  fc.assert(
    fc.property(fc.array(part, { maxLength: 6 }), parts => {
      // Folders of one another, and names of their own, so that no path is there twice.
      const all = parts.map((names, i) =>
        placed(
          `${i}`,
          'x/'.repeat(i % 3),
          names.map(one => `${one}${i}`),
        ),
      )
      const paths = all.flatMap(({ prefix, manifest }) =>
        Array.from({ length: manifest.count }, (_, i) => prefix + manifest.path(i)),
      )
      expect(pathsOf(all)).toEqual(bytewise(paths))
    }),
    { seed: 7, numRuns: 300 },
  )
})

test('trees beside one another are one stretch each', () => {
  const names = Array.from({ length: 1000 }, (_, i) => `${i}.jpg`)
  const all = ['c', 'a', 'b'].map(target => placed(target, `${target}/`, names))
  expect([...inOrder(all)].map(({ target, from, to }) => [target, from, to])).toEqual([
    ['a', 0, 1000],
    ['b', 0, 1000],
    ['c', 0, 1000],
  ])
})
