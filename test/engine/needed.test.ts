/** The graph with --only-needed: who makes only a part, for whose sake, and which counts are not checked. */

import { expect, test } from 'vitest'
import { asMade, type Before, onlyNeeded } from '../../lib/graph/needed.ts'
import { canMeet, isPartial } from '../../lib/model/annotation.ts'
import type { Graph } from '../../lib/model/plan.ts'
import { graphOfText } from './fakes.ts'

const whole = graphOfText(`targets:
  coco/train:
    sources: [{ url: "http://h/train.zip" }]
    expect: { files: 9 }
  ocr/images:
    sources: [{ url: "http://h/ocr.zip", unzip: { into: x } }]
    rename: [{ match: '*.gif', to: '{stem}.jpg' }]
    expect: { files: 9 }
  tables:
    sources: [{ url: "http://h/tables.zip" }]
  sft:
    sources: [{ url: "http://h/sft.json", json: { images: / } }]
  captions:
    sources: [{ url: "http://h/captions.json", json: { images: /coco/train } }]
  loose:
    sources: [{ url: "http://h/loose.json" }]
`)

const takes = (graph: Graph, id: string): readonly string[] =>
  graph.tasks.get(id)?.outline.takes ?? ['absent']
const never: Before = { isWhole: () => false, chosenBy: () => undefined }
const all = onlyNeeded(whole, whole.targets, never)

test('what is unpacked waits for the annotations that can refer to it, and may do without its archive', () => {
  expect(takes(all, 'unzip:coco/train')).toEqual(['json:sft/sft.json', 'json:captions/captions.json'])
  expect(takes(all, 'unzip:tables')).toEqual(['json:sft/sft.json'])
  expect(all.tasks.get('unzip:tables')?.outline.mayTake).toEqual([takes(whole, 'unzip:tables')[0]])
  expect(isPartial(all.tasks.get('unzip:tables')?.outline.fingerprint ?? [])).toBe(true)
})

test('every task comes after what it takes', () => {
  const order = [...all.tasks.keys()]
  expect(order.indexOf('unzip:coco/train')).toBeGreaterThan(order.indexOf('json:captions/captions.json'))
})

test('counts of parts are not checked, also behind a rename, which stays', () => {
  expect([...whole.tasks.keys()].filter(id => id.startsWith('expect:'))).toHaveLength(2)
  expect([...all.tasks.keys()].filter(id => id.startsWith('expect:'))).toEqual([])
  expect(takes(all, 'rename:ocr/images')).toEqual(['unzip:ocr/images/x'])
})

test('annotations that are not asked for do not count, and other targets stay whole', () => {
  const some = onlyNeeded(whole, ['coco/train', 'captions'], never)
  expect(takes(some, 'unzip:coco/train')).toEqual(['json:captions/captions.json'])
  expect(some.tasks.get('unzip:tables')).toBe(whole.tasks.get('unzip:tables'))
  expect(some.tasks.has('expect:ocr/images')).toBe(true)
})

test('what was made whole stays so, with its count', () => {
  const kept = onlyNeeded(whole, whole.targets, { ...never, isWhole: ({ id }) => id === 'unzip:coco/train' })
  expect(kept.tasks.get('unzip:coco/train')).toBe(whole.tasks.get('unzip:coco/train'))
  expect(kept.tasks.has('expect:coco/train')).toBe(true)
})

const train = { ...never, chosenBy: chosenBySft }

function chosenBySft({ id }: Parameters<Before['chosenBy']>[0]): ReturnType<Before['chosenBy']> {
  return id === 'unzip:coco/train' ? ['json:sft/sft.json', 'json:gone.json'] : undefined
}

test('where nobody refers to it now, those who chose its files before are looked at, and made with it', () => {
  const alone = onlyNeeded(whole, ['coco/train', 'tables'], train)
  expect(takes(alone, 'unzip:coco/train')).toEqual(['json:sft/sft.json'])
  expect(alone.tasks.get('json:sft/sft.json')?.targets).toEqual(['sft', 'coco/train'])
  expect(alone.tasks.get(takes(alone, 'json:sft/sft.json')[0] ?? '')?.targets).toEqual(['sft', 'coco/train'])
  expect(takes(alone, 'unzip:tables')).toEqual([])
  const together = onlyNeeded(whole, ['coco/train', 'captions'], train)
  expect(takes(together, 'unzip:coco/train')).toEqual(['json:captions/captions.json'])
  expect(together.tasks.get('json:sft/sft.json')?.targets).toEqual(['sft'])
})

test('as it was made: a part where a part was made, and everything else whole', () => {
  const made = asMade(whole, train)
  expect(takes(made, 'unzip:coco/train')).toEqual(['json:sft/sft.json'])
  expect(made.tasks.has('expect:coco/train')).toBe(false)
  expect(made.tasks.get('unzip:tables')).toBe(whole.tasks.get('unzip:tables'))
  expect(made.tasks.has('expect:ocr/images')).toBe(true)
})

test('other images, another archive or another rule make another definition', () => {
  const fingerprint = (text: string): unknown => {
    const graph = graphOfText(
      `targets: { a/b: { ${text} }, c: { sources: [{ url: "http://h/c.json", json: { images: / } }] } }`,
    )
    return [...onlyNeeded(graph, graph.targets, never).tasks.values()]
      .find(({ kind }) => kind.name === 'unzip')
      ?.outline.fingerprint.map(({ value }) => value)
  }
  const usual = fingerprint('sources: [{ url: "http://h/b.zip" }]')
  expect(usual).toEqual([null, null, '/', 'http://h/b.zip'])
  expect(fingerprint('sources: [{ url: "http://h/d.zip" }]')).not.toEqual(usual)
  expect(
    fingerprint(`sources: [{ url: "http://h/b.zip" }], rename: [{ match: '*.gif', to: '{stem}.jpg' }]`),
  ).toContain('*.gif → {stem}.jpg')
})

test.each([
  ['', 'a', true],
  ['a', 'a', true],
  ['a', 'a/b', true],
  ['a/b', 'a', true],
  ['a', 'ab', false],
  ['ab', 'a', false],
  ['a/b', 'a/c', false],
])('images below /%s and the target %s: %s', (images, target, meet) => {
  expect(canMeet(images, target)).toBe(meet)
})
