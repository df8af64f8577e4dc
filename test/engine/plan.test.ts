/** Verdicts over a whole graph, what they move, and in which order. */

import { expect, test } from 'vitest'
import type { Change, Ingredient } from '../../lib/model/fingerprint.ts'
import type { Plan } from '../../lib/model/plan.ts'
import { openSteps, planOf } from '../../lib/plan.ts'
import {
  archive,
  check,
  digest,
  done,
  edited,
  fakeTask,
  gone,
  graphWith,
  intact,
  knowing,
  part,
  tree,
  unbuilt,
  verdicts,
} from './fakes.ts'

/** d → u → e, and a second tree v of the same archive. */
const shared = graphWith(archive('d', 100), tree('u', ['d']), check('e', ['u']), tree('v', ['d']))

test('everything is fresh though the archive is gone: nothing reads it', () => {
  const plan = planOf(shared, knowing(shared))
  expect(verdicts(plan)).toEqual({ d: 'fresh', u: 'fresh', e: 'fresh', v: 'fresh' })
  expect(openSteps(plan)).toEqual([])
  expect(plan.totals).toEqual({
    download: 0,
    write: 0,
    files: 0,
    unknown: 0,
    guessed: 0,
    wholes: 0,
    peakDisk: 0,
    leastDisk: 0,
    archives: 0,
    byHost: {},
  })
})

test('nothing is built', () => {
  expect(verdicts(planOf(shared, unbuilt(shared)))).toEqual({
    d: 'never-built',
    u: 'never-built',
    e: 'never-built',
    v: 'never-built',
  })
})

test('a damaged tree needs its archive again; what stands behind it is not asked twice', () => {
  const plan = planOf(shared, knowing(shared, { u: { survey: edited } }))
  expect(verdicts(plan)).toEqual({ d: 'needed', u: 'output-damaged', e: 'fresh', v: 'fresh' })
  expect(plan.steps.get('d')?.verdict).toMatchObject({ reason: { by: 'u' } })
  // One of ten files of 1000 bytes.
  expect(plan.steps.get('u')).toMatchObject({ write: 100, files: 1, download: 0 })
  expect(plan.steps.get('d')).toMatchObject({ download: 100 })
})

test('an archive that was kept is not fetched again', () => {
  const kept = knowing(shared, { u: { survey: edited }, d: { survey: intact } })
  expect(verdicts(planOf(shared, kept))).toMatchObject({ d: 'fresh', u: 'output-damaged' })
})

test('need reaches back through parts to the archive, in as many rounds as it takes', () => {
  const graph = graphWith(
    archive('d'),
    part('p', ['d']),
    archive('x'),
    part('q', ['x']),
    tree('r', ['p', 'q']),
    check('e', ['r']),
  )
  expect(verdicts(planOf(graph, knowing(graph, { r: { survey: gone } })))).toEqual({
    d: 'needed',
    p: 'needed',
    x: 'needed',
    q: 'needed',
    r: 'output-damaged',
    e: 'fresh',
  })
})

test('a kind that reworks its own result needs no input, unless that changed as well or the result is damaged', () => {
  const rule = { fingerprint: [{ name: 'to', value: 'new' }], kind: { reworks: () => true } }
  const graph = graphWith(archive('d'), part('p', ['d']), tree('r', ['p'], rule))
  const before = done(fakeTask(tree('r', ['p'])))
  const changed = planOf(graph, knowing(graph, { r: { memory: before } }))
  expect(verdicts(changed)).toEqual({ d: 'fresh', p: 'fresh', r: 'definition-changed' })
  expect(changed.steps.get('r')).toMatchObject({ download: 0, write: 0, files: 0 })
  const damaged = planOf(graph, knowing(graph, { r: { memory: before, survey: edited } }))
  expect(verdicts(damaged)).toEqual({ d: 'needed', p: 'needed', r: 'definition-changed' })
  const both = done(fakeTask(tree('r', ['p'])), { inputs: [{ task: 'p', digest: digest('0') }] })
  expect(verdicts(planOf(graph, knowing(graph, { r: { memory: both } })))).toEqual({
    d: 'needed',
    p: 'needed',
    r: 'input-changed',
  })
})

test('a kind that reworks waits for a part that was never made, and may turn out to need none of the others', () => {
  const rule = { fingerprint: [{ name: 'into', value: 'new' }], kind: { reworks: () => true } }
  const graph = graphWith(
    archive('d'),
    archive('x'),
    part('p', ['d']),
    part('q', ['x']),
    tree('r', ['p', 'q'], rule),
  )
  const before = done(fakeTask(tree('r', ['p', 'q'])))
  const known = knowing(graph, { r: { memory: before }, p: { memory: undefined } })
  expect(verdicts(planOf(graph, known))).toEqual({
    d: 'needed',
    p: 'never-built',
    x: 'after p',
    q: 'after p',
    r: 'definition-changed',
  })
})

test('a kind that cannot rework this change reads its inputs', () => {
  const picky = { reworks: (changes: readonly Change[]) => changes.every(({ was }) => was === undefined) }
  const graphOfRule = (to: string) =>
    graphWith(
      archive('d'),
      part('p', ['d']),
      tree('r', ['p'], { fingerprint: [{ name: 'to', value: to }], kind: picky }),
    )
  const verdictsAfter = (before: readonly Ingredient[]) => {
    const graph = graphOfRule('new')
    const memory = done(fakeTask(tree('r', ['p'])), { fingerprint: before })
    return verdicts(planOf(graph, knowing(graph, { r: { memory } })))
  }
  expect(verdictsAfter([])).toEqual({ d: 'fresh', p: 'fresh', r: 'definition-changed' })
  expect(verdictsAfter([{ name: 'to', value: 'old' }])).toEqual({
    d: 'needed',
    p: 'needed',
    r: 'definition-changed',
  })
})

test('an archive without a digest has to be fetched before anybody knows: early cut-off', () => {
  const graph = graphWith(archive('d', 100, false), tree('u', ['d']), check('e', ['u']))
  const moved = done(fakeTask(archive('d', 100, false)), { fingerprint: [{ name: 'url', value: 'old' }] })
  expect(verdicts(planOf(graph, knowing(graph, { d: { memory: moved } })))).toEqual({
    d: 'definition-changed',
    u: 'after d',
    e: 'after u',
  })
})

test('an archive with a digest settles everything beforehand', () => {
  const graph = graphWith(archive('d', 100), tree('u', ['d']))
  const forgotten = knowing(graph, { d: { memory: undefined } })
  expect(verdicts(planOf(graph, forgotten))).toEqual({ d: 'fresh', u: 'fresh' })
  const other = done(fakeTask(tree('u', ['d'])), { inputs: [{ task: 'd', digest: digest('0') }] })
  expect(verdicts(planOf(graph, knowing(graph, { d: { memory: undefined }, u: { memory: other } })))).toEqual(
    {
      d: 'never-built',
      u: 'input-changed',
    },
  )
})

test('a changed file of this machine unsettles what was made from it', () => {
  const graph = graphWith(archive('d', 100, false), tree('u', ['d']))
  expect(verdicts(planOf(graph, knowing(graph, { d: { read: '/project/d.zip' } })))).toEqual({
    d: 'file-changed',
    u: 'after d',
  })
})

test('force asks for everything', () => {
  expect(verdicts(planOf(shared, knowing(shared), { force: true }))).toEqual({
    d: 'forced',
    u: 'forced',
    e: 'forced',
    v: 'forced',
  })
})

test('bytes of an earlier attempt are not downloaded again', () => {
  const known = { ...unbuilt(shared), resumableBytes: (id: string) => (id === 'd' ? 60 : 0) }
  expect(planOf(shared, known).steps.get('d')).toMatchObject({ download: 40, write: 100 })
})

/** Archives of 100, 300 and one of unknown size; trees of 150 and 350. */
const three = graphWith(
  archive('a', 100),
  archive('b', 300),
  archive('c', undefined, false),
  tree('s', ['a'], { forecast: { bytes: 150, files: 5 } }),
  tree('t', ['b'], { forecast: { bytes: 350, files: 7 } }),
)

test.each([
  ['with room for all', {}, { peakDisk: 900, leastDisk: 800, archives: 400 }],
  ['with room for some', { freeBytes: 850 }, { peakDisk: 850, leastDisk: 800, archives: 350 }],
  ['with room for none', { freeBytes: 100 }, { peakDisk: 800, leastDisk: 800, archives: 300 }],
  [
    'when archives are kept',
    { freeBytes: 100, keepArchives: true },
    { peakDisk: 900, leastDisk: 900, archives: 400 },
  ],
])('disk %s', (_, options, room) => {
  expect(planOf(three, unbuilt(three), options).totals).toEqual({
    download: 400,
    write: 500,
    files: 12,
    unknown: 1,
    guessed: 0,
    wholes: 0,
    byHost: { 'a.example.org': 100, 'b.example.org': 300, 'c.example.org': 0 },
    ...room,
  })
})

test('renaming takes no room of its own', () => {
  const graph = graphWith(
    archive('d', 100),
    { ...part('p', ['d']), forecast: { bytes: 120, files: 3 } },
    tree('r', ['p'], { forecast: { bytes: 120, files: 3 } }),
  )
  expect(planOf(graph, unbuilt(graph)).totals).toMatchObject({ peakDisk: 220, leastDisk: 220 })
})

test('the longest way runs first; seconds come from records, else from bytes', () => {
  const graph = graphWith(
    archive('a', 30e6),
    archive('b', 30e6),
    tree('s', ['a'], { forecast: { bytes: 150e6 } }),
    tree('t', ['b'], { forecast: { bytes: 1500e6 } }),
    check('e', ['t']),
  )
  const weight = (plan: Plan) => Object.fromEntries([...plan.steps].map(([id, step]) => [id, step.weight]))
  expect(weight(planOf(graph, unbuilt(graph)))).toEqual({ a: 2, b: 11, s: 1, t: 10, e: 0 })
  const recorded = planOf(graph, knowing(graph), { force: true })
  expect(weight(recorded)).toEqual({ a: 4, b: 6, s: 2, t: 4, e: 2 })
  expect(weight(planOf(graph, knowing(graph)))).toEqual({ a: 0, b: 0, s: 0, t: 0, e: 0 })
})
