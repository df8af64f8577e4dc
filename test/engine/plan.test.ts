/** Verdicts over a whole graph, what they move, and in which order. */

import { expect, test } from 'vitest'
import type { Graph, Plan } from '../../lib/model/plan.ts'
import type { Change, Ingredient } from '../../lib/model/task.ts'
import type { Survey } from '../../lib/model/verdict.ts'
import { openSteps, planOf } from '../../lib/plan.ts'
import {
  digest,
  digestOf,
  done,
  edited,
  type FakeTask,
  fakeTask,
  gone,
  graphWith,
  intact,
  knowing,
} from './fakes.ts'

const archive = (id: string, bytes?: number, pinned = true): FakeTask => ({
  id,
  gives: {
    form: 'file',
    lasting: false,
    at: `.groundwork/archives/${id}`,
    ...(pinned && { pins: { sha256: digestOf(id) } }),
  },
  kind: { lane: 'network' },
  forecast: { bytes, download: { host: `${id}.example.org`, bytes } },
})
const tree = (id: string, takes: readonly string[], rest: Partial<FakeTask> = {}): FakeTask => ({
  id,
  takes,
  ...rest,
})
const part = (id: string, takes: readonly string[]): FakeTask =>
  tree(id, takes, { gives: { lasting: false, at: `.groundwork/parts/${id}` } })
const check = (id: string, takes: readonly string[]): FakeTask => ({ id, takes, gives: 'checks' })

/** `fresh`, the code of the reason, or `after TASK`. */
const verdicts = (plan: Plan): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...plan.steps].map(([id, { verdict }]) => [
      id,
      verdict.state === 'stale'
        ? verdict.reason.code
        : verdict.state === 'unsettled'
          ? `after ${verdict.until}`
          : 'fresh',
    ]),
  )

const unbuilt = (graph: Graph) =>
  knowing(
    graph,
    Object.fromEntries([...graph.tasks.keys()].map(id => [id, { memory: undefined, survey: gone }])),
  )

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

/** l → w, which may also take d. */
const spare = (rest: Partial<FakeTask> = {}, pinned = false) =>
  graphWith(archive('d', 100, pinned), archive('l', 1), tree('w', ['l'], { mayTake: ['d'], ...rest }))

test.each([false, true])('what a task may take is not made before it is asked for (pinned: %s)', pinned => {
  const graph = spare({}, pinned)
  expect(verdicts(planOf(graph, unbuilt(graph)))).toMatchObject({ d: 'after w', w: 'never-built' })
  const never = knowing(graph, { d: { memory: undefined, survey: gone } })
  expect(verdicts(planOf(graph, never))).toEqual({ d: 'fresh', l: 'fresh', w: 'fresh' })
  expect(planOf(graph, unbuilt(graph)).totals).toMatchObject({ download: 1 })
})

test('what a task found to need is certain, and the task runs again for the reason that it had', () => {
  const graph = spare()
  const wishes = new Map([['w', { input: 'd', reason: { code: 'forced' } as const }]])
  expect(verdicts(planOf(graph, knowing(graph), { wishes }))).toEqual({
    d: 'needed',
    l: 'needed',
    w: 'forced',
  })
  const there = knowing(graph, { d: { survey: intact }, l: { survey: intact } })
  expect(verdicts(planOf(graph, there, { wishes }))).toEqual({ d: 'fresh', l: 'fresh', w: 'forced' })
})

test('what one task may take and another takes is made for the other', () => {
  const graph = graphWith(archive('d', 100), tree('u', ['d']), tree('w', [], { mayTake: ['d'] }))
  expect(verdicts(planOf(graph, unbuilt(graph)))).toMatchObject({ d: 'never-built', u: 'never-built' })
  const half = knowing(graph, { w: { memory: undefined, survey: gone } })
  expect(verdicts(planOf(graph, half))).toEqual({ d: 'after w', u: 'fresh', w: 'never-built' })
})

test('what a task fetches beside what it takes is not told by that', () => {
  const graph = graphWith(
    archive('l', 100),
    tree('w', ['l'], { forecast: { download: { host: 'addresses in l', bytes: undefined } } }),
  )
  const { steps, totals } = planOf(graph, unbuilt(graph))
  expect(steps.get('w')).toMatchObject({ download: undefined, write: undefined })
  expect(totals).toMatchObject({ unknown: 1, download: 100, byHost: { 'addresses in l': 0 } })
})

/** d → u, which can take the pieces that it needs from the host of d; ten files each. */
const inPieces = graphWith(
  archive('d', 1000),
  tree('u', ['d'], { pieces: { host: 'd.example.org', endBytes: 30, isPinned: false } }),
)
const damagedFiles = (count: number): Survey => ({ ...edited, editedCount: count }) as Survey

test('a few damaged files do not need the archive, but their share of it', () => {
  const plan = planOf(inPieces, knowing(inPieces, { u: { survey: damagedFiles(2) } }))
  expect(verdicts(plan)).toEqual({ d: 'fresh', u: 'output-damaged' })
  // Two of ten files of an archive of 1000 bytes, but no more than all of it.
  expect(plan.steps.get('u')).toMatchObject({ write: 200, files: 2, download: 1000 })
  expect(plan.totals).toMatchObject({ download: 1000, byHost: { 'd.example.org': 1000 } })
})

test.each([
  ['the directory of the archive counts as large as it was', 50, 250],
  ['the end of the archive is fetched whole, though the directory is shorter', 20, 230],
])('%s', (_, directoryBytes, download) => {
  const memory = done(fakeTask(tree('u', ['d'])), { remarks: { 'directory bytes': directoryBytes } })
  const plan = planOf(inPieces, knowing(inPieces, { u: { memory, survey: damagedFiles(2) } }))
  expect(plan.steps.get('u')).toMatchObject({ download })
})

test.each([
  ['too many files are damaged', { u: { survey: damagedFiles(3) } }, 'needed'],
  ['its archive was never fetched', { u: { survey: edited }, d: { memory: undefined } }, 'never-built'],
] as const)('the whole archive is needed: %s', (_, told, verdict) => {
  expect(verdicts(planOf(inPieces, knowing(inPieces, told)))['d']).toBe(verdict)
})

test('a repair that found out that it needs the whole archive gets it', () => {
  const reason = {
    code: 'output-damaged',
    missing: [],
    edited: ['a.jpg'],
    missingCount: 0,
    editedCount: 1,
  } as const
  const wishes = new Map([['u', { input: 'd', reason }]])
  const plan = planOf(inPieces, knowing(inPieces, { u: { survey: edited } }), { wishes })
  expect(verdicts(plan)).toEqual({ d: 'needed', u: 'output-damaged' })
  expect(plan.totals.download).toBe(1000)
})

test('an archive that is here, or will be, is read and not asked for', () => {
  const kept = knowing(inPieces, { u: { survey: edited }, d: { survey: intact } })
  expect(planOf(inPieces, kept).totals.download).toBe(0)
})
