/** Paths of many manifests are found by their bytes, and no others. */

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ManifestBuilder } from '../../lib/model/manifest-builder.ts'
import { PathTable } from '../../lib/model/path-table.ts'

const name = fc.string({ unit: fc.constantFrom('a', 'b', 'é', '1', '.'), minLength: 1, maxLength: 3 })
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map(parts => parts.join('/'))
const shelf = fc.record({ folder: fc.oneof(fc.constant(''), path), paths: fc.uniqueArray(path) })
const below = (folder: string, own: string): string => (folder === '' ? own : `${folder}/${own}`)

/** Of many at a time. */
function allOf(table: PathTable, folder: string, wanted: readonly string[]): readonly (string | undefined)[] {
  const bytes = Buffer.from(wanted.join(''))
  let end = 0
  const ends = wanted.map(each => {
    end += Buffer.byteLength(each)
    return end
  })
  const spans = { from: Int32Array.from([0, ...ends.slice(0, -1)]), to: Int32Array.from(ends) }
  const entries = new Int32Array(wanted.length)
  table.allBelow(folder)(bytes, spans, wanted.length, entries)
  return Array.from(entries, entry => (entry < 0 ? undefined : table.path(entry)))
}

test('paths of many manifests are found by their bytes, and no others', () =>
  fc.assert(
    fc.property(
      fc.array(shelf, { maxLength: 4 }),
      fc.array(path),
      fc.oneof(fc.constant(''), path),
      (all, more, images) => {
        const shelves = all.map(({ folder, paths }) => {
          const builder = new ManifestBuilder()
          for (const [i, own] of paths.entries()) builder.add(own, i, '0'.repeat(64))
          return { folder, manifest: builder.finish('tree') }
        })
        const table = new PathTable(shelves)
        const there = all.flatMap(({ folder, paths }) => paths.map(own => below(folder, own)))
        expect(table.count).toBe(there.length)
        expect(Array.from({ length: table.count }, (_, entry) => table.path(entry)).toSorted()).toEqual(
          there.toSorted(),
        )
        const find = (folder: string, wanted: string): string | undefined => {
          const bytes = Buffer.from(`"${wanted}"`)
          const entry = table.below(folder)(bytes, 1, bytes.length - 1)
          return entry < 0 ? undefined : table.path(entry)
        }
        for (const each of there) expect(find('', each)).toBe(each)
        const many = [...there, ...more, String.raw`a\u0061`].flatMap(each => Array<string>(40).fill(each))
        const found = allOf(table, images, many)
        expect(found).toEqual(many.map(each => find(images, each)))
        for (const each of more) {
          const wanted = below(images, each)
          expect(find(images, each)).toBe(there.includes(wanted) ? wanted : undefined)
        }
        expect(find('', String.raw`a\u0061`)).toBe(undefined)
      },
    ),
  ))
