/** Who owns a path: around it, below it, and nobody beside it. */

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ManifestBuilder } from '../../lib/model/manifest-builder.ts'
import { formOf, type Holding, has, Places } from '../../lib/model/places.ts'
import { digest } from './fakes.ts'

const manifestOf = (form: 'file' | 'tree', ...paths: readonly string[]) => {
  const builder = new ManifestBuilder()
  for (const path of paths) builder.add(path, 1, digest('a'))
  return builder.finish(form)
}
const holding = (at: string, form: 'file' | 'tree', ...paths: readonly string[]): Holding => {
  const manifest = manifestOf(form, ...paths)
  return { at, form, manifest: () => manifest }
}

test('around and below, as asking everybody would find', () => {
  const name = fc.constantFrom('a', 'b', 'a.b', 'a-b', 'ä')
  const path = fc.array(name, { minLength: 1, maxLength: 3 }).map(names => names.join('/'))
  fc.assert(
    fc.property(fc.array(path, { maxLength: 12 }), path, (ats, asked) => {
      const holdings = ats.map(at => holding(at, 'tree'))
      const places = new Places(holdings)
      const sorted = (found: readonly Holding[]) => found.map(({ at }) => at).toSorted()
      expect(sorted(places.around(asked))).toEqual(
        ats.filter(at => at === asked || asked.startsWith(`${at}/`)).toSorted(),
      )
      expect(sorted(places.below(asked))).toEqual(ats.filter(at => at.startsWith(`${asked}/`)).toSorted())
    }),
  )
})

test('a file is had by who has it in its manifest, below its own place', () => {
  const tree = holding('coco/train', 'tree', 'a.jpg', 'deep/b.jpg')
  const had = [
    'coco/train/a.jpg',
    'coco/train/deep/b.jpg',
    'coco/train/b.jpg',
    'coco/train',
    'coco/trainer/a.jpg',
  ]
  expect(had.map(path => has(tree, path))).toEqual([true, true, false, false, false])
  expect(has(holding('coco/x.json', 'file', 'x.json'), 'coco/x.json')).toBe(true)
  expect(has({ at: 'coco', form: 'tree', manifest: () => undefined }, 'coco/a.jpg')).toBe(false)
})

test('the form of a result is told by its manifest', () => {
  expect(formOf(manifestOf('file', 'x.json'))).toBe('file')
  expect(formOf(manifestOf('tree', 'x.json'))).toBe('tree')
  expect(formOf(manifestOf('tree', 'a', 'b'))).toBe('tree')
  expect(formOf(manifestOf('tree'))).toBe('tree')
})
