/** Specs become graphs; what cannot be one is refused. */

import { expect, test } from 'vitest'
import { drawGraph } from '../../lib/cli/graph.ts'
import { kindsByName } from '../../lib/cli/kinds.ts'
import { inOrder } from '../../lib/graph/order.ts'
import { graphOf, partOf } from '../../lib/graph.ts'
import { identityOf, parseAddress } from '../../lib/model/address.ts'
import type { Graph } from '../../lib/model/plan.ts'
import { kinds } from '../../tasks/index.ts'
import { expectGolden, problemOf } from '../rig/golden.ts'
import { digest, fakeTask, graphOfText, specOf } from './fakes.ts'

const ids = (graph: Graph): readonly string[] =>
  [...graph.tasks.keys()].map(id => id.replace(/@[0-9a-f]{8}/, ''))
const refused = (text: string) => problemOf(() => Promise.resolve().then(() => graphOfText(text)))

test('a download that two targets share is one task, whatever it is written like', () => {
  const graph = graphOfText(`
downloads:
  pack: { url: https://example.org/pack.zip, sha256: ${digest('a')} }
targets:
  one: { sources: [{ download: pack, unzip: { root: one } }] }
  two: { sources: [{ url: "https://user:secret@example.org/pack.zip#top", sha256: ${digest('A')}, unzip: { root: two } }] }
`)
  expect(ids(graph)).toEqual(['download:pack.zip', 'unzip:one', 'unzip:two'])
  const [download] = graph.tasks.values()
  expect(download).toMatchObject({ target: 'one', targets: ['one', 'two'] })
  expect(graph.dependants.get(download?.id ?? '')).toEqual(['unzip:one', 'unzip:two'])
  expect(ids(partOf(graph, ['two']))).toEqual(['download:pack.zip', 'unzip:two'])
  expect(partOf(graph, ['two']).targets).toEqual(['two'])
})

test('the same address with other pins is another file, in a folder of its own', () => {
  const graph = graphOfText(`
targets:
  one: { sources: [{ url: https://example.org/pack.zip, sha256: ${digest('a')} }] }
  two: { sources: [{ url: https://example.org/pack.zip, sha256: ${digest('b')} }] }
  three: { sources: [{ url: https://example.org/pack.zip, sha256: ${digest('b')} }] }
`)
  const downloads = [...graph.tasks.values()].filter(({ kind }) => kind.name === 'download')
  expect(downloads.map(({ targets }) => targets)).toEqual([['one'], ['two', 'three']])
  expect(new Set(downloads.map(({ gives }) => gives?.at)).size).toBe(2)
})

test('two archives into one folder, a rename of both, and the count of all', () => {
  const graph = graphOfText(`
targets:
  images:
    sources:
      - { url: https://example.org/a.zip }
      - { url: https://example.org/b.zip }
      - { url: https://example.org/notes.json, json: }
    expect: { files: 3 }
`)
  const [one, two] = [...graph.tasks.values()].filter(({ kind }) => kind.name === 'unzip')
  expect([one?.gives?.at, two?.gives?.at]).toEqual(['images', 'images'])
  expect(two?.id).toMatch(/^unzip:images#[0-9a-f]{8}$/)
  expect([...graph.tasks.values()].at(-1)?.outline.takes).toEqual([
    one?.id,
    two?.id,
    'json:images/notes.json',
  ])

  const renamed = graphOfText(`
targets:
  images:
    sources:
      - { url: https://example.org/a.zip }
      - { url: https://example.org/b.zip, unzip: { into: b } }
    rename: [{ match: '**', to: '{name}' }]
`)
  expect([...renamed.tasks.values()].filter(({ gives }) => gives?.lasting).map(({ id }) => id)).toEqual([
    'rename:images',
  ])
  expect(renamed.tasks.get('rename:images')?.params).toMatchObject({
    parts: [{ prefix: '' }, { prefix: 'b' }],
  })
})

test('what becomes JPEG is a part first, of archives and lists alike; files that are placed one by one are not', () => {
  const graph = graphOfText(`
targets:
  images:
    sources:
      - { url: https://example.org/a.zip, unzip: { into: a } }
      - { urls: list.txt }
      - { url: https://example.org/cover.png, file: cover.png }
    transcode: jpg
`)
  expect([...graph.tasks.values()].filter(({ gives }) => gives?.lasting).map(({ id }) => id)).toEqual([
    'file:images/cover.png',
    'rename:images',
  ])
  const task = graph.tasks.get('rename:images')
  expect(task?.place).toMatchObject({ line: 9 })
  expect(task?.outline.takes).toEqual(['unzip:images/a', 'urls:images'])
  expect(task?.params).toMatchObject({ rules: [], parts: [{ prefix: 'a' }, { prefix: '' }] })
})

test('what becomes of a file is told by its name where the spec says nothing', () => {
  const graph = graphOfText(`
targets:
  x:
    sources:
      - { url: https://example.org/a.ZIP }
      - { url: https://example.org/b.json }
      - { url: https://example.org/c.bin }
  y: { sources: [{ url: https://example.org/d.tar.gz }] }
`)
  expect(ids(graph).filter(id => !id.startsWith('download:'))).toEqual([
    'unzip:x',
    'json:x/b.json',
    'file:x/c.bin',
    'untar:y',
  ])
})

test('every task comes after what it takes, in a chain of 20,000 as well', () => {
  const count = 20_000
  const chain = Array.from({ length: count }, (_, i) =>
    fakeTask({ id: `${i}`, takes: i + 1 < count ? [`${i + 1}`] : [] }),
  )
  const ordered = inOrder(new Map(chain.map(task => [task.id, task])))
  expect(ordered.map(({ id }) => Number(id))).toEqual(chain.map((_, i) => count - 1 - i))
})

test('a loop is told whole', async () => {
  // No spec can say it: a kind would have to take what is made from it.
  const loop = ['unzip:a', 'rename:b', 'expect:c'].map((id, i, all) =>
    fakeTask({ id, takes: [all[(i + 1) % 3] as string] }),
  )
  const tasks = new Map([fakeTask({ id: 'x', takes: ['unzip:a'] }), ...loop].map(task => [task.id, task]))
  const problem = await problemOf(() => Promise.resolve().then(() => inOrder(tasks)))
  expect(problem.code).toBe('task-cycle')
  expectGolden('engine/task-cycle', problem)
})

test('through a kind of task that takes its own result', async () => {
  const selfish = kinds.map(kind =>
    kind.name === 'json'
      ? { ...kind, outline: (params: never) => ({ ...kind.outline(params), takes: ['json:x/b.json'] }) }
      : kind,
  )
  const spec = specOf('targets:\n  x: { sources: [{ url: https://example.org/b.json }] }\n')
  const problem = await problemOf(() => Promise.resolve().then(() => graphOf(spec, kindsByName(selfish))))
  expect(problem.message).toBe('task-cycle: json:x/b.json → json:x/b.json need one another in a circle.')
})

test('targets that clash are told all at once', async () => {
  const problem = await refused(`
targets:
  coco:
    sources: [{ url: https://example.org/coco.zip }]
  coco/train2017:
    sources: [{ url: https://example.org/train2017.zip }]
  notes:
    sources:
      - { url: https://example.org/a.txt, file: same.txt }
      - { url: https://example.org/b.txt, file: same.txt }
`)
  expect(problem.diagnostics.map(({ code }) => code)).toEqual(['target-clash', 'target-clash'])
  expectGolden('engine/target-clash', problem)
})

test.each([
  ['a file beside a tree', 'a: { sources: [{ url: x.zip }, { url: n.json }] }'],
  [
    'neighbours with a common beginning',
    'a: { sources: [{ url: x.zip }] }\n  ab: { sources: [{ url: x.zip }] }',
  ],
])('no clash: %s', (_, targets) => {
  expect(() => graphOfText(`targets:\n  ${targets}\n`)).not.toThrow()
})

test('drawn as Mermaid, Graphviz and JSON', () => {
  const graph = graphOfText('targets:\n  \'a "b"\': { sources: [{ url: https://example.org/x.zip }] }\n')
  expect(drawGraph(graph, 'mermaid')).toBe(
    'flowchart LR\n  t0["download x.zip<br/>.groundwork/archives/KEY/x.zip"]\n  t1["unzip a #quot;b#quot;<br/>a #quot;b#quot;/"]\n  t0 --> t1\n'.replace(
      'KEY',
      keyOf(graph),
    ),
  )
  expect(drawGraph(graph, 'dot')).toContain(`"unzip:a \\"b\\"" [label="unzip a \\"b\\"\\na \\"b\\"/"];`)
  expect(JSON.parse(drawGraph(graph, 'json'))).toEqual({
    tasks: [...graph.tasks.values()].map(({ id, kind, gives, outline }) => ({
      task: id,
      kind: kind.name,
      targets: ['a "b"'],
      takes: outline.takes,
      gives: gives?.at,
    })),
  })
})

/** The folder of the graph's first download. */
const keyOf = (graph: Graph): string => [...graph.tasks.values()][0]?.gives?.at.split('/')[2] ?? ''

test('an address means the same file without its credentials', () => {
  const identity = (text: string) =>
    identityOf(parseAddress(text) as Exclude<ReturnType<typeof parseAddress>, string>)
  expect(identity('https://me:secret@example.org/a.zip?token=x&part=1#here')).toBe(
    'https://example.org/a.zip?part=1',
  )
})
