/** What a task may take, or take in part, is made only where that is found to be needed. */

import { expect, test } from 'vitest'
import type { Survey } from '../../lib/model/verdict.ts'
import { planOf } from '../../lib/plan.ts'
import {
  archive,
  done,
  edited,
  type FakeTask,
  fakeTask,
  gone,
  graphWith,
  intact,
  knowing,
  tree,
  unbuilt,
  verdicts,
} from './fakes.ts'

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
const damagedFiles = (count: number, bytes = 100 * count): Survey =>
  ({ ...edited, editedCount: count, bytes }) as Survey

test('a few damaged files do not need the archive, but their share of it', () => {
  const plan = planOf(inPieces, knowing(inPieces, { u: { survey: damagedFiles(2) } }))
  expect(verdicts(plan)).toEqual({ d: 'fresh', u: 'output-damaged' })
  // Two of ten files of an archive of 1000 bytes, but no more than all of it.
  expect(plan.steps.get('u')).toMatchObject({ write: 200, files: 2, download: 1000 })
  expect(plan.totals).toMatchObject({ download: 1000, byHost: { 'd.example.org': 1000 } })
})

test('the bytes of just those files count, however large the others are', () => {
  const plan = planOf(inPieces, knowing(inPieces, { u: { survey: damagedFiles(2, 7) } }))
  // Seven of a thousand bytes, and the directory of ten files, that takes more than the archive has.
  expect(plan.steps.get('u')).toMatchObject({ write: 7, files: 2 })
  const memory = done(fakeTask(tree('u', ['d'])), { remarks: { 'directory bytes': 20 } })
  const told = planOf(inPieces, knowing(inPieces, { u: { memory, survey: damagedFiles(2, 7) } }))
  expect(told.steps.get('u')).toMatchObject({ download: 7 + 30 })
  const empty = done(fakeTask(tree('u', ['d'])), { bytes: 0, remarks: { 'directory bytes': 20 } })
  const nothing = planOf(inPieces, knowing(inPieces, { u: { memory: empty, survey: damagedFiles(2, 0) } }))
  expect(nothing.steps.get('u')).toMatchObject({ download: 30, write: 0 })
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
    bytes: 100,
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
