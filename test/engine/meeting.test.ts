/** Where the files of two trees meet, held against a look at every pair of names. */

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ManifestBuilder } from '../../lib/model/manifest-builder.ts'
import { type Branch, type Meeting, mayMeet, meetings } from '../../lib/model/meeting.ts'
import { sha256Of } from '../rig/playground.ts'

function branch(folder: string, paths: Iterable<string>): Branch {
  const builder = new ManifestBuilder()
  const digest = sha256Of('')
  for (const path of paths) builder.add(path, 0, digest)
  return { folder, manifest: builder.finish('tree') }
}

const whole = ({ folder, manifest }: Branch, i: number): string => `${folder}/${manifest.path(i)}`

/** `same`, or the file and the folder that it would have to be. */
function toldOf(a: Branch, b: Branch, { form, ours, theirs }: Meeting): string {
  const [one, other] = [whole(a, ours), whole(b, theirs)]
  if (form === 'path') return one === other ? `same ${one}` : `${one} is not ${other}`
  if (other.startsWith(`${one}/`)) return `ours ${one}`
  return one.startsWith(`${other}/`) ? `theirs ${other}` : `${one} and ${other} do not meet`
}

function expected(a: Branch, b: Branch): ReadonlySet<string> {
  const all = (branch: Branch) => Array.from({ length: branch.manifest.count }, (_, i) => whole(branch, i))
  const pairs = all(a).flatMap(one => all(b).map(other => [one, other] as const))
  return new Set(
    pairs.flatMap(([one, other]) => {
      if (one === other) return [`same ${one}`]
      if (other.startsWith(`${one}/`)) return [`ours ${one}`]
      return one.startsWith(`${other}/`) ? [`theirs ${other}`] : []
    }),
  )
}

test('all meetings of two trees, and no other', () => {
  // `-` and `0` stand before and behind `/`: what lies below a folder does not follow its name at once.
  const name = fc.constantFrom('a', 'b', 'a-', 'a0', 'é', 'b.jpg')
  const path = fc.array(name, { minLength: 1, maxLength: 4 }).map(names => names.join('/'))
  const folder = fc.constantFrom('t', 't/a', 't/a/b', 't/a-', 'ta')
  const tree = fc.tuple(folder, fc.uniqueArray(path, { maxLength: 12 })).map(asked => branch(...asked))
  fc.assert(
    fc.property(tree, tree, (a, b) => {
      const found = [...meetings(a, b)].map(meeting => toldOf(a, b, meeting))
      expect(new Set(found)).toEqual(expected(a, b))
      if (found.length > 0) expect(mayMeet(a.folder, b.folder)).toBe(true)
    }),
    { numRuns: 1000 },
  )
})

test('of many names those that are met are found without looking at all of them', () => {
  const many = Array.from({ length: 200 }, (_, i) =>
    Array.from({ length: 1000 }, (_, j) => `${1000 + i}/${1000 + j}.jpg`),
  ).flat()
  const large = branch('t', many)
  const small = branch('t/1150', ['1500.jpg', '1700.jpg/x', 'y'])
  // Folders are found once; then only what is near is compared.
  void [...meetings(large, small)]
  const began = performance.now()
  const found = [...meetings(large, small)]
  const seconds = (performance.now() - began) / 1000
  expect(found.map(meeting => toldOf(large, small, meeting))).toEqual([
    'same t/1150/1500.jpg',
    'ours t/1150/1700.jpg',
  ])
  expect(seconds).toBeLessThan(0.05)
})
