/** Refused before the first byte: no room. And failures that nobody planned for. */

import { expect, test } from 'vitest'
import type { Totals } from '../../lib/model/plan.ts'
import { Problem } from '../../lib/model/problem.ts'
import { readOnlyRoot, refuseWithoutRoom } from '../../lib/room.ts'
import { problemOf as problemFrom } from '../../lib/run/failure.ts'
import { expectGolden, problemOf } from '../rig/golden.ts'

const totals = (rest: Partial<Totals>): Totals => ({
  download: 0,
  write: 0,
  files: 0,
  unknown: 0,
  peakDisk: 0,
  leastDisk: 0,
  archives: 0,
  byHost: {},
  ...rest,
})
const refuse = (needs: Partial<Totals>, room: { bytes: number; files: number | undefined }) =>
  problemOf(() => Promise.resolve().then(() => refuseWithoutRoom('/data', totals(needs), room)))

test('bytes', async () => {
  const room = { bytes: 50e9, files: 1e6 }
  const needs = { leastDisk: 49_800_000_000, peakDisk: 90e9 }
  expectGolden('engine/no-room', await refuse(needs, room))
  expect(() => refuseWithoutRoom('/data', totals({ ...needs, leastDisk: 49.7e9 }), room)).not.toThrow()
  expect(() => refuseWithoutRoom('/data', totals({}), { bytes: 0, files: undefined })).not.toThrow()
})

test('inodes, where they are counted', async () => {
  const needs = { files: 1_166_209 }
  expectGolden('engine/no-room.inodes', await refuse(needs, { bytes: 1e12, files: 65_536 }))
  expect(() => refuseWithoutRoom('/data', totals(needs), { bytes: 1e12, files: undefined })).not.toThrow()
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
