/** A goal is reached, missed, or cannot be judged. */

import { expect, test } from 'vitest'
import { type Goal, verdicts } from '../../bench/goals.ts'
import type { Footprint } from '../../bench/rounds.ts'

const footprint = (name: string, median: number, bytes: number): Footprint => ({
  ...{ name, median, least: median, most: median, cpuSeconds: median },
  ...{ peakBytes: bytes, togetherBytes: bytes, diskBytes: bytes, strayBytes: 0 },
})

const measured = [footprint('build', 4.2, 300e6), footprint('unzip', 10, 10e6)]

const ratio = (peer: string, most: number): Goal => ({
  form: 'ratio',
  what: 'time',
  ours: 'build',
  peer,
  most,
})
const limit = (of: 'median' | 'togetherBytes', most: number, ours = 'build'): Goal => ({
  form: 'limit',
  what: 'limit',
  ours,
  of,
  most,
})

test.each<[Goal, string]>([
  [ratio('unzip', 0.45), '  yes  time: build / unzip = 0.42x (at most 0.45x)'],
  [ratio('unzip', 0.4), '  NO   time: build / unzip = 0.42x (at most 0.40x)'],
  [ratio('7z', 0.4), '  –    build / 7z: not measured'],
  [limit('togetherBytes', 400e6), '  yes  limit: build = 300 MB (at most 400 MB)'],
  [limit('togetherBytes', 200e6), '  NO   limit: build = 300 MB (at most 200 MB)'],
  [limit('median', 1), '  NO   limit: build = 4.20 s (at most 1.00 s)'],
  [limit('median', 1, 'ours'), '  –    ours: not measured'],
])('%o', (goal, line) => expect(verdicts([goal], measured)).toEqual([line]))
