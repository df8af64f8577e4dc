/** How much of an archive a plan expects to lie beside the trees that are made of it. */

import { expect, test } from 'vitest'
import { type PlanOptions, planOf } from '../../lib/plan.ts'
import { digest, type FakeTask, graphWith, knowing } from './fakes.ts'

const megabyte = 1 << 20
const archive = (bytes: number, pins: object = { sha256: digest('a') }): FakeTask => ({
  id: 'a',
  gives: { form: 'file', lasting: false, pins },
  forecast: { bytes, download: { host: 'example.org', bytes } },
})
const tree = (id: string, bytes: number): FakeTask => ({
  id,
  takes: ['a'],
  kind: { takesGrowing: 'once' },
  forecast: { bytes, files: 1 },
})

function heldOf(fakes: readonly FakeTask[], options: PlanOptions = {}): number | undefined {
  const graph = graphWith(...fakes)
  const unbuilt = Object.fromEntries(fakes.map(({ id }) => [id, { memory: undefined }]))
  return planOf(graph, knowing(graph, unbuilt), { givesBack: () => true, ...options }).steps.get('a')?.held
}

const [large, window] = [480 * megabyte, 42 * megabyte]

test.each<[string, readonly FakeTask[], PlanOptions, number]>([
  ['what is ahead of what was given back', [archive(large), tree('t', large)], {}, window],
  ['all of it where archives are kept', [archive(large), tree('t', large)], { keepArchives: true }, large],
  [
    'all of it on a disk that gives nothing back',
    [archive(large), tree('t', large)],
    { givesBack: () => false },
    large,
  ],
  ['all of it where nothing proves it', [archive(large, {}), tree('t', large)], {}, large],
  ['all of a small one', [archive(megabyte), tree('t', megabyte)], {}, megabyte],
  [
    'what is more than its tree, since a host without ranges sends all before anything is unpacked',
    [archive(large), tree('t', 180 * megabyte)],
    {},
    300 * megabyte,
  ],
  [
    'nothing of a file of this machine that gets a second name',
    [
      { ...archive(large, {}), forecast: { bytes: large, copyOf: '/a.zip', mayLink: true } },
      tree('t', large),
    ],
    { canLink: path => path === '/a.zip' },
    0,
  ],
  [
    'all of one that cannot get one',
    [
      { ...archive(large, {}), forecast: { bytes: large, copyOf: '/a.zip', mayLink: true } },
      tree('t', large),
    ],
    { canLink: () => false },
    large,
  ],
  [
    'all of parts that are joined',
    [
      { ...archive(large, {}), forecast: { bytes: large, copyOf: '/a.zip', mayLink: false } },
      tree('t', large),
    ],
    { canLink: () => true },
    large,
  ],
])('%s', (_, fakes, options, bytes) => expect(heldOf(fakes, options)).toBe(bytes))
