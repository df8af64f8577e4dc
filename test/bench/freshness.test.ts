/** The tree of the freshness bench: as many files as were asked for, in order, and what is harmed lies in it. */

import { expect, test } from 'vitest'
import { chosen } from '../../bench/freshness/harms.ts'
import { entriesOf, pathsBelow, pathsIn, shelvesOf } from '../../bench/freshness/tree.ts'

test('1.2 million files: three flat folders, and 600 others', () => {
  const shelves = shelvesOf(1_200_000)
  expect(shelves.filter(({ folders }) => folders === 0).map(({ files }) => files)).toEqual([
    100_000, 150_000, 200_000,
  ])
  expect(shelves.reduce((sum, { folders }) => sum + folders, 0)).toBe(600)
  expect(shelves.reduce((sum, { files }) => sum + files, 0)).toBe(1_200_000)
})

test.each([12, 1001, 24_000])('%d files, each once, in the order of their bytes', files => {
  const shelves = shelvesOf(files)
  expect(shelves.every(shelf => shelf.files > 0)).toBe(true)
  const paths = [...pathsBelow(shelves)]
  expect(new Set(paths).size).toBe(files)
  for (const shelf of shelves) expect([...pathsIn(shelf)]).toEqual([...pathsIn(shelf)].toSorted())
  expect(paths).toEqual(paths.toSorted())
})

test('folders are filled alike', () => {
  const filled = new Map<string | undefined, number>()
  for (const path of pathsIn({ target: 'foldered/1', files: 125_000, folders: 100 })) {
    const [folder] = path.split('/')
    filled.set(folder, (filled.get(folder) ?? 0) + 1)
  }
  expect(filled.size).toBe(100)
  expect([...filled.values()].every(count => count === 1250)).toBe(true)
})

test('entries of an archive have few contents, all of one size', async () => {
  const contents = new Set<string>()
  let count = 0
  for await (const { packed, bytes } of entriesOf({ target: 'flat/1', files: 2500, folders: 0 })) {
    contents.add(packed.toString())
    count += 1
    expect(bytes).toBe(64)
  }
  expect([count, contents.size]).toEqual([2500, 1000])
})

test('what is harmed is spread', () => {
  expect(chosen(1, [0, 1, 2, 3, 4])).toEqual([2])
  expect(
    chosen(
      3,
      Array.from({ length: 9 }, (_, i) => i),
    ),
  ).toEqual([1, 4, 7])
})
