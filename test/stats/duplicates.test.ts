/** Files with the same bytes, told from digests. */

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { duplicatesIn } from '../../lib/model/duplicates.ts'
import type { PlacedFiles } from '../../lib/model/file-list.ts'
import { unknownDigest } from '../../lib/model/manifest.ts'
import { ManifestBuilder } from '../../lib/model/manifest-builder.ts'

/** A target with a file for each letter; the size of a file is told by its letter, too. */
function target(name: string, letters: string): PlacedFiles {
  const builder = new ManifestBuilder()
  for (const [i, letter] of [...letters].entries())
    builder.add(`${String(i).padStart(3, '0')}.jpg`, sizeOf(letter), digestOf(letter))
  return { target: name, prefix: `${name}/`, manifest: builder.finish('tree') }
}

const sizeOf = (letter: string): number => letter.charCodeAt(0) - 96
/** All digests begin alike, further than a key of the sort reaches. */
const digestOf = (letter: string): string =>
  `abcdef012345${letter.charCodeAt(0).toString(16)}`.padEnd(64, '0')

test('counts, bytes, the largest, and who shares what', () => {
  const files = [target('one', 'aabz'), target('two', 'abyyy'), target('three', 'q')]
  expect(duplicatesIn(files)).toEqual({
    files: 10,
    groups: 3,
    copies: 5,
    bytes: 1 + 1 + 2 + 25 + 25,
    largest: [
      { sha256: digestOf('y'), bytes: 25, count: 3, paths: ['two/002.jpg', 'two/003.jpg', 'two/004.jpg'] },
      { sha256: digestOf('a'), bytes: 1, count: 3, paths: ['one/000.jpg', 'one/001.jpg', 'two/000.jpg'] },
      { sha256: digestOf('b'), bytes: 2, count: 2, paths: ['one/002.jpg', 'two/001.jpg'] },
    ],
    shared: [
      { targets: ['two'], files: 2, bytes: 50 },
      { targets: ['one', 'two'], files: 2, bytes: 3 },
      { targets: ['one'], files: 1, bytes: 1 },
    ],
  })
})

test('as a map of all digests would have it', () => {
  const letters = fc.stringMatching(/^[a-f]{0,12}$/)
  fc.assert(
    fc.property(fc.array(letters, { maxLength: 5 }), parts => {
      const all = parts.flatMap(text => [...text])
      const counts = new Map(all.map(letter => [letter, all.filter(other => other === letter).length]))
      const copies = [...counts].filter(([, count]) => count > 1)
      const found = duplicatesIn(parts.map((text, i) => target(`${i}`, text)))
      expect(found).toMatchObject({
        files: all.length,
        groups: copies.length,
        copies: copies.reduce((sum, [, count]) => sum + count - 1, 0),
        bytes: copies.reduce((sum, [letter, count]) => sum + (count - 1) * sizeOf(letter), 0),
      })
    }),
    { seed: 3, numRuns: 300 },
  )
})

test('digests of all kinds, and many of them: none is lost, none is taken for another', () => {
  const builder = new ManifestBuilder()
  const hex = (n: number): string => ((n * 2_654_435_761) % 2 ** 32).toString(16).padStart(8, '0').repeat(8)
  for (let i = 0; i < 70_000; i += 1) builder.add(`${i}`.padStart(6, '0'), 10, hex(1 + (i % 65_000)))
  const { groups, copies, bytes } = duplicatesIn([
    { target: 't', prefix: '', manifest: builder.finish('tree') },
  ])
  expect({ groups, copies, bytes }).toEqual({ groups: 5000, copies: 5000, bytes: 50_000 })
})

test('what nobody read is not like anything', () => {
  const builder = new ManifestBuilder()
  for (const name of ['a', 'b']) builder.add(name, 1, unknownDigest)
  const manifest = builder.finish('tree')
  expect(duplicatesIn([{ target: 't', prefix: '', manifest }])).toMatchObject({
    files: 2,
    groups: 0,
    shared: [],
  })
  expect(duplicatesIn([])).toMatchObject({ files: 0, groups: 0 })
})
