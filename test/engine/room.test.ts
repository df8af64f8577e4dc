/** Refused before the first byte: no room. And failures that nobody planned for. */

import { expect, test } from 'vitest'
import type { Filesystem } from '../../lib/io/disk.ts'
import type { Plan, Step, Totals } from '../../lib/model/plan.ts'
import { Problem } from '../../lib/model/problem.ts'
import { type LeftOf, readOnlyRoot, refuseWithoutRoom } from '../../lib/room.ts'
import { problemOf as problemFrom } from '../../lib/run/failure.ts'
import { expectGolden, problemOf } from '../rig/golden.ts'
import { archive, fakeTask } from './fakes.ts'

const totals = (rest: Partial<Totals>): Totals => ({
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
  ...rest,
})
const planned = (needs: Partial<Totals>, steps: readonly Step[] = []): Plan => ({
  graph: { tasks: new Map(), dependants: new Map(), targets: [] },
  steps: new Map(steps.map(step => [step.task.id, step])),
  totals: totals(needs),
})
const on = (bytes: number, files?: number) => (): Filesystem => ({
  device: 1,
  bytes,
  files,
  blockBytes: 4096,
})
const nothingLeft: LeftOf = () => ({ bytes: 0, files: 0 })
const refuse = (plan: Plan, filesystemAt: (path: string) => Filesystem, leftOf = nothingLeft) =>
  problemOf(() => Promise.resolve().then(() => refuseWithoutRoom('/data', plan, leftOf, filesystemAt)))

test('bytes', async () => {
  const needs = { leastDisk: 49_800_000_000, peakDisk: 90e9 }
  expectGolden('engine/no-room', await refuse(planned(needs), on(50e9, 1e6)))
  expect(() =>
    refuseWithoutRoom('/data', planned({ ...needs, leastDisk: 49.7e9 }), nothingLeft, on(50e9)),
  ).not.toThrow()
  expect(() => refuseWithoutRoom('/data', planned({}), nothingLeft, on(0))).not.toThrow()
})

test('a target on a filesystem of its own needs room there', async () => {
  const step = (at: string, write: number): Step => ({
    task: fakeTask({ id: `unzip:${at}`, gives: { at } }),
    verdict: { state: 'stale', reason: { code: 'never-built' } },
    download: 0,
    write,
    onDisk: write,
    files: 10,
    weight: 0,
  })
  const plan = planned({ leastDisk: 50e9, files: 30 }, [
    step('coco', 20e9),
    step('vg/a', 15e9),
    step('vg/b', 15e9),
  ])
  const mounted = (free: number) => (path: string) =>
    path.startsWith('/data/vg') ? { device: 2, bytes: free, files: undefined, blockBytes: 4096 } : on(60e9)()
  expect(() => refuseWithoutRoom('/data', plan, nothingLeft, mounted(31e9))).not.toThrow()
  expectGolden('engine/no-room.mount', await refuse(plan, mounted(29e9)))
})

test('inodes, where they are counted', async () => {
  const needs = { files: 1_166_209 }
  expectGolden('engine/no-room.inodes', await refuse(planned(needs), on(1e12, 65_536)))
  expect(() => refuseWithoutRoom('/data', planned(needs), nothingLeft, on(1e12))).not.toThrow()
})

test('what an attempt that was ended left is not asked for again; of an archive what lies there at once', async () => {
  const stale = { state: 'stale', reason: { code: 'never-built' } } as const
  const rest = { verdict: stale, download: 0, write: 0, onDisk: 0, files: 0, weight: 0 }
  const plan = planned({ leastDisk: 50e9, files: 100 }, [
    { ...rest, task: fakeTask(archive('download:a')), held: 5e9 },
    { ...rest, task: fakeTask({ id: 'unzip:a' }) },
    { ...rest, task: fakeTask({ id: 'unzip:b' }), verdict: { state: 'fresh' } },
  ])
  const left: Readonly<Record<string, ReturnType<LeftOf>>> = {
    'download:a': { bytes: 9e9, files: 1 },
    'unzip:a': { bytes: 20e9, files: 40 },
    'unzip:b': { bytes: 20e9, files: 40 },
  }
  const leftOf: LeftOf = task => left[task] as ReturnType<LeftOf>
  expect(() => refuseWithoutRoom('/data', plan, leftOf, on(25.3e9, 60))).not.toThrow()
  expect((await refuse(plan, on(25.2e9, 60), leftOf)).diagnostics[0]?.evidence?.[0]?.text).toMatch(
    /^25 GB|^25.0 GB/,
  )
  expect((await refuse(plan, on(25.3e9, 59), leftOf)).diagnostics[0]?.evidence?.[0]?.text).toBe('60 files')
  // Where there is room nobody looks.
  const asked: string[] = []
  refuseWithoutRoom('/data', plan, task => (asked.push(task), nothingLeft(task)), on(60e9, 100))
  expect(asked).toEqual([])
})

test('no rights', () => {
  const error = new Error("EROFS: read-only file system, access '/data'")
  expectGolden('engine/read-only-root', readOnlyRoot('/data', error))
})

const context = { subject: 'coco/train2017: unzip', disk: 'Nothing of this task was placed.' }
const systemError = (code: string) =>
  Object.assign(new Error(`${code}: it did not work, write '/data/x'`), { code })

test.each([
  ['disk-full', systemError('ENOSPC')],
  ['disk-error', systemError('EIO')],
])('%s', (code, error) => {
  const problem = problemFrom(error, context)
  expect(problem.code).toBe(code)
  expectGolden(`engine/${code}`, problem)
})

test('a disk that is full of names, not of bytes', () => {
  const asked: string[] = []
  const error = Object.assign(systemError('ENOSPC'), { path: '/data/x' })
  const problem = problemFrom(error, context, path => asked.push(path) > 0)
  expect(asked).toEqual(['/data/x'])
  expectGolden('engine/disk-full.inodes', problem)
})

test('a mistake of ours says so, with what is needed to find it', () => {
  const error = new TypeError('cannot read x')
  error.stack = 'TypeError: cannot read x\n    at lib/run.ts:12:3'
  expectGolden('engine/bug', problemFrom(error, context))
  expect(problemFrom('only a text', context).code).toBe('bug')
})

test('a problem stays what it is, and is told of its task', () => {
  const problem = problemFrom(
    new Problem({ code: 'corrupt-zip', message: 'It is.', disk: 'As it was.' }),
    context,
  )
  expect(problem.diagnostics).toEqual([
    {
      severity: 'error',
      code: 'corrupt-zip',
      message: 'It is.',
      disk: 'As it was.',
      subject: context.subject,
    },
  ])
})
