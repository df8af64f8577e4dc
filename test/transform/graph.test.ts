/** Specs that ask for other annotations: which tasks they become, and what is wrong with those that cannot. */

import { expect, test } from 'vitest'
import { partOf } from '../../lib/graph.ts'
import type { Graph } from '../../lib/model/plan.ts'
import { graphOfText } from '../engine/fakes.ts'
import { expectGolden, problemIn } from '../rig/golden.ts'

const ids = (graph: Graph): readonly string[] =>
  [...graph.tasks.keys()].map(id => id.replace(/@[0-9a-f]{8}/, ''))
const taskOf = (graph: Graph, id: string) => graph.tasks.get(id)
const source = (name: string, json = ''): string => `{ url: https://example.org/${name}, json: {${json}} }`

test('what is made of an annotation is a task beside it, and the original stays', () => {
  const graph = graphOfText(`
targets:
  notes:
    sources:
      - ${source('mix.json', 'records: 3, images: /, sample: 10, prefix: coco/')}
      - ${source('lines.jsonl', 'cast_id: string')}
      - ${source('other.json', 'split: true')}
      - ${source('plain.json', 'split: false, images: pictures')}
      - { url: https://example.org/a.zip }
    expect: { files: 9, images: true }
`)
  expect(ids(graph)).toEqual([
    'download:mix.json',
    'json:notes/mix.json',
    'download:lines.jsonl',
    'json:notes/lines.jsonl',
    'download:other.json',
    'json:notes/other.json',
    'download:plain.json',
    'json:notes/plain.json',
    'download:a.zip',
    'unzip:notes',
    'transform:notes/mix.clean.json',
    'transform:notes/lines.clean.jsonl',
    'transform:notes/other.split',
    'expect:notes',
    'images:notes/plain.json',
    'images:notes/mix.clean.json',
  ])
  const made = taskOf(graph, 'transform:notes/mix.clean.json')
  expect(made?.outline).toMatchObject({
    takes: ['json:notes/mix.json'],
    refersBelow: '',
    gives: { form: 'file', at: 'notes/mix.clean.json', lasting: true },
    fingerprint: [
      { name: 'prefix', value: 'coco/', place: { line: 6 } },
      { name: 'sample', value: 10, place: { line: 6 } },
      { name: 'seed', value: 0 },
      { name: 'format', value: 'json' },
    ],
  })
  // One of the two says what is missing, and that is what training reads.
  expect(taskOf(graph, 'json:notes/mix.json')?.outline.refersBelow).toBeUndefined()
  expect(taskOf(graph, 'json:notes/plain.json')?.outline.refersBelow).toBe('notes/pictures')
  expect(taskOf(graph, 'transform:notes/other.split')?.gives).toMatchObject({
    form: 'tree',
    at: 'notes/other.split',
  })
  const check = taskOf(graph, 'expect:notes')
  expect(check?.outline.takes).toContain('transform:notes/other.split')
  expect(check?.params).toMatchObject({
    images: {
      except: [
        'transform:notes/mix.clean.json',
        'transform:notes/lines.clean.jsonl',
        'transform:notes/other.split',
      ],
    },
  })
})

const merging = `
targets:
  all:
    sources:
      - merge: [all/first.json, notes/mix.clean.json, notes/mix.json]
        json: { as: all.json, format: jsonl, records: 9 }
      - merge: [notes/mix.json]
        json: { as: first.json }
  notes: { sources: [${source('mix.json', 'cast_id: string')}] }
`

test('a merge comes after what it is made of, wherever that stands in the spec', () => {
  const graph = graphOfText(merging)
  const order = ids(graph)
  expect(order).toHaveLength(5)
  const all = taskOf(graph, 'transform:all/all.json')
  expect(all?.outline).toMatchObject({
    takes: ['transform:all/first.json', 'transform:notes/mix.clean.json', 'json:notes/mix.json'],
    fingerprint: [
      { name: 'merge[0]', value: 'all/first.json', place: { line: 6 } },
      { name: 'merge[1]', value: 'notes/mix.clean.json' },
      { name: 'merge[2]', value: 'notes/mix.json' },
      { name: 'format', value: 'jsonl' },
    ],
  })
  for (const input of all?.outline.takes ?? [])
    expect(order.indexOf(input)).toBeLessThan(order.indexOf('transform:all/all.json'))
})

test('a target that is merged from another one needs that one as well', () => {
  const part = partOf(graphOfText(merging), ['all'])
  expect(ids(part)).toEqual(ids(graphOfText(merging)))
  expect(part.targets).toEqual(['all'])
  expect(taskOf(part, 'json:notes/mix.json')).toMatchObject({ target: 'notes', targets: ['notes'] })
})

test.each([
  ['unknown-name.merge', `merge: [notes/mix.jsn, elsewhere.json]\n        json: { as: all.json }`],
  ['bad-value.merge', `merge: [notes/LICENSE, notes/images/a.json]\n        json: { as: all.json }`],
  ['bad-value.merge-folder', `merge: [notes/other.split]\n        json: { as: all.json }`],
  ['task-cycle.merge', `merge: [all/b.json, notes/mix.json]\n        json: { as: a.json }`],
  ['target-clash.merge', `merge: [notes/mix.json]\n        json: { as: c.json }`],
  ['missing-key.merge', `merge: [notes/mix.json]\n        json: { format: jsonl }`],
  [
    'bad-value.rewrite',
    `merge: [notes/mix.json]\n        json: { as: a.json, rewrite: [{ match: '(a)', to: '$2' }] }`,
  ],
  [
    'bad-value.pattern',
    `merge: [notes/mix.json]\n        json: { as: a.json, rewrite: [{ match: '(a+)+b', to: c }, { match: '[', to: c }] }`,
  ],
])('%s', (name, written) => {
  const problem = problemIn(() =>
    graphOfText(`
targets:
  all:
    sources:
      - ${written}
      - merge: [all/c.json]
        json: { as: b.json }
      - merge: [${name.startsWith('task-cycle') ? 'all/a.json' : 'notes/mix.json'}]
        json: { as: c.json }
  notes:
    sources:
      - ${source('mix.json')}
      - ${source('other.json', 'split: true')}
      - { url: https://example.org/LICENSE, file: LICENSE }
      - { url: https://example.org/a.zip, unzip: { into: images } }
`),
  )
  expect(problem.code).toBe(name.split('.')[0])
  expectGolden(`transform/${name}`, problem)
})
