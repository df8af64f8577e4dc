/** What people read: reasons in words, plans as pages, the progress line. */

import { expect, test } from 'vitest'
import type { RunEvent } from '../../lib/model/event.ts'
import type { Reason } from '../../lib/model/verdict.ts'
import { planOf } from '../../lib/plan.ts'
import { eventLine, planLine } from '../../lib/report/json.ts'
import { ProgressLine } from '../../lib/report/live.ts'
import { textOf } from '../../lib/report/plain.ts'
import { planPage } from '../../lib/report/plan.ts'
import { because, nameOf, wordsOf } from '../../lib/report/words.ts'
import { digest, done, type FakeTask, fakeTask, gone, graphWith, intact, knowing, place } from './fakes.ts'

const damage = {
  code: 'output-damaged',
  missing: [],
  edited: [],
  missingCount: 0,
  editedCount: 0,
  bytes: 0,
} as const

test.each<[Reason, string]>([
  [{ code: 'never-built' }, 'never built'],
  [{ code: 'interrupted' }, 'a build ended while it was being placed'],
  [{ code: 'forced' }, 'asked for with --force'],
  [{ code: 'kind-changed', was: 1, now: 2 }, 'Groundwork makes it otherwise now (version 1 → 2)'],
  [
    {
      code: 'definition-changed',
      changes: [
        { ingredient: 'sha256', was: digest('a'), now: digest('b'), place },
        { ingredient: 'into', was: null, now: 'images' },
        { ingredient: 'size', was: 5, now: undefined },
      ],
    },
    'sha256 changed: aaaaaaaa…aaaa → bbbbbbbb…bbbb (datasets.yaml:3:5); into added: images; size removed: was 5',
  ],
  [
    { code: 'input-changed', input: 'download:a.zip@0123abcd', was: digest('a'), now: digest('b') },
    'download a.zip gives other bytes: aaaaaaaa…aaaa → bbbbbbbb…bbbb',
  ],
  [{ code: 'input-added', input: 'unzip:a' }, 'takes unzip a now'],
  [{ code: 'input-removed', input: 'unzip:a' }, 'does not take unzip a any more'],
  [{ code: 'file-changed', path: '/project/a.zip' }, '/project/a.zip changed'],
  [{ ...damage, missing: ['a.jpg'], missingCount: 1 }, '1 file missing (a.jpg)'],
  [
    { ...damage, missing: ['a', 'b', 'c', 'd'], missingCount: 1204, edited: ['e'], editedCount: 1 },
    '1,204 files missing (a, b, c, and 1,201 more); 1 file edited (e)',
  ],
  [{ code: 'record-unreadable' }, 'its record cannot be read'],
  [{ code: 'needed', by: 'unzip:a' }, 'needed again by unzip a'],
])('%j', (reason, words) => expect(because(reason)).toBe(words))

test('verdicts and names in words', () => {
  expect(wordsOf({ state: 'fresh' })).toBe('fresh')
  expect(wordsOf({ state: 'stale', reason: { code: 'forced' } })).toBe('stale: asked for with --force')
  expect(wordsOf({ state: 'unsettled', until: 'download:a.zip@0123abcd+89abcdef' })).toBe(
    'unsettled: asked again after download a.zip+89abcdef',
  )
  expect(nameOf('file:notes@home/x@2.txt')).toBe('file notes@home/x@2.txt')
})

const archive: FakeTask = {
  id: 'download:a.zip',
  gives: { form: 'file', lasting: false },
  forecast: { bytes: 30e6, download: { host: 'example.org', bytes: 30e6 } },
}
const graph = graphWith(
  archive,
  { id: 'unzip:coco', takes: ['download:a.zip'], forecast: { bytes: 31e6, files: 1200 } },
  { id: 'expect:coco', takes: ['unzip:coco'], gives: 'checks' },
  {
    id: 'download:b.bin',
    gives: { form: 'file', lasting: false },
    forecast: { download: { host: 'b.org', bytes: undefined } },
  },
  { id: 'file:b', takes: ['download:b.bin'], gives: { form: 'file' } },
)

test('a plan is a page', () => {
  const unbuilt = [...graph.tasks.keys()].map(id => [id, { memory: undefined, survey: gone }])
  expect(planPage(planOf(graph, knowing(graph, Object.fromEntries(unbuilt))), 500e6)).toBe(
    `5 tasks to run, 0 fresh.

  download a.zip  30.0 MB ↓             never built
  unzip coco      31.0 MB, 1,200 files  never built
  expect coco     check                 never built
  download b.bin  size unknown          never built
  file b          size unknown          never built

download   30.0 MB, and 1 file of unknown size
  example.org                      30.0 MB
  b.org                            size unknown
write      31.0 MB in 1,200 files or more
peak disk  61.0 MB, and what the files of unknown size need; 500 MB free
`,
  )
  expect(planPage(planOf(graph, knowing(graph)), 500e6)).toBe('Nothing to do: 5 tasks fresh.\n')
})

test('a plan that does not fit, and steps that nobody can judge yet', () => {
  const moved = done(fakeTask(archive), { fingerprint: [{ name: 'url', value: 'old' }], bytes: 30e6 })
  const page = planPage(planOf(graph, knowing(graph, { 'download:a.zip': { memory: moved } })), 1e6)
  expect(page).toContain('1 task to run, 2 to be judged on the way, 2 fresh.')
  expect(page).toContain('  unzip coco: after download a.zip\n  expect coco: after unzip coco\n')
  expect(page).toContain('not enough: this build would be refused')
})

test('a plan is one line of JSON; what nobody can tell is null', () => {
  const known = knowing(graph, {
    'file:b': { survey: gone },
    'download:b.bin': { memory: undefined, survey: gone },
    'unzip:coco': { survey: intact },
  })
  const line = JSON.parse(planLine(planOf(graph, known), 5, '2026-01-02T03:04:05.000Z')) as {
    steps: object[]
    totals: object
  }
  expect(line.steps[3]).toEqual({
    task: 'download:b.bin',
    target: 'coco',
    kind: 'fake',
    verdict: 'stale',
    reason: { code: 'never-built' },
    download: null,
    write: null,
    files: null,
  })
  expect(line.totals).toEqual({
    download: 0,
    write: 1000,
    files: 10,
    unknown: 1,
    atLeast: true,
    peakDisk: 1000,
    freeDisk: 5,
    byHost: { 'b.org': 0 },
  })
})

test('no secret of the spec gets into an event, whichever field it stands in', () => {
  const address = 'https://user:hunter2@example.org/a.zip?token=hunter2'
  const line = eventLine(
    {
      event: 'diagnostic',
      diagnostic: {
        severity: 'error',
        code: 'bad-value',
        message: `${address} is wrong.`,
        subject: address,
        excerpt: `      - url: ${address}`,
        evidence: [{ label: 'found', text: address, from: address }],
        disk: address,
        next: address,
        place,
      },
    },
    '2026-01-02T03:04:05.000Z',
  )
  expect(line).not.toContain('hunter2')
  expect(JSON.parse(line)).toMatchObject({ event: 'diagnostic', file: 'datasets.yaml', line: 3, column: 5 })
})

const task = { task: 'download:a.zip@0123abcd', target: 'coco', kind: 'download' }
const progress = (bytes: number, total: number | undefined): RunEvent => ({
  event: 'task-progress',
  ...task,
  done: bytes,
  total,
  unit: 'bytes',
})

function watched(width = 80) {
  let text = ''
  let now = 0
  const line = new ProgressLine({
    write: more => (text += more),
    width: () => width,
    now: () => now,
    steps: 3,
  })
  return {
    line,
    /** Takes an event so many milliseconds later; returns what was written, without the code that clears the line. */
    take: (event: RunEvent, afterMs: number): string => {
      now += afterMs
      text = ''
      line.take(event)
      return text.replaceAll('\r\x1b[K', '<')
    },
    written: () => text,
  }
}

test('the progress line: steps, rate of the last seconds, what runs', () => {
  const { line, take, written } = watched()
  expect(take({ event: 'task-started', ...task, reason: { code: 'never-built' } }, 0)).toBe(
    '<[0/3] download a.zip',
  )
  expect(take(progress(1e6, 10e6), 50)).toBe('')
  expect(take(progress(2e6, 10e6), 950)).toBe('<[0/3] 2.00 MB/s download a.zip 20 %')
  expect(take(progress(2e6, 10e6), 10_000)).toBe('<[0/3] download a.zip 20 %')
  const started = { ...task, task: 'unzip:coco', kind: 'unzip' }
  expect(take({ event: 'task-started', ...started, reason: { code: 'never-built' } }, 100)).toBe(
    '<[0/3] download a.zip 20 % · unzip coco',
  )
  const finished = { seconds: 1, files: 1, bytes: 1, bytesDownloaded: 1, filesWritten: 1, bytesWritten: 1 }
  expect(take({ event: 'task-finished', ...task, ...finished }, 100)).toBe('<[1/3] unzip coco')
  line.above('a warning')
  expect(written()).toContain('\r\x1b[Ka warning\n\r\x1b[K[1/3] unzip coco')
  expect(take({ event: 'task-failed', ...started, code: 'bug', message: '' }, 100)).toBe('')
  line.clear()
  expect(written()).toBe('\r\x1b[K')
})

test('while files are read before anything runs the progress line tells how far that is, and then goes away', () => {
  const { take } = watched()
  const read = (done: number): RunEvent => ({ event: 'reading', done, total: 4e9 })
  take(read(16e6), 0)
  expect(take(read(1.5e9), 1000)).toBe('<Reading 37 % of 4.00 GB 1.48 GB/s')
  expect(take(read(4e9), 50)).toBe('<')
})

test('of many small files the progress line tells how many a second', () => {
  const { take } = watched()
  const many = { task: 'urls:ocr/images', target: 'ocr/images', kind: 'urls' }
  take({ event: 'task-started', ...many, reason: { code: 'never-built' } }, 0)
  const after = (done: number): RunEvent => ({
    event: 'task-progress',
    ...many,
    done,
    total: 207_572,
    unit: 'files',
  })
  expect(take(after(2500), 1000)).toBe('<[0/3] 2,500 files/s urls ocr/images 1 %')
})

test('the progress line never wraps', () => {
  const { take } = watched(20)
  take({ event: 'task-started', ...task, reason: { code: 'never-built' } }, 0)
  expect(take(progress(512, undefined), 100)).toBe('<[0/3] 5.12 kB/s do…')
})

test('events as lines', () => {
  const options = { color: false, width: 100, quiet: false }
  const finished: RunEvent = {
    event: 'task-finished',
    ...task,
    seconds: 2,
    files: 3,
    bytes: 4e6,
    bytesDownloaded: 4e6,
    filesWritten: 3,
    bytesWritten: 4e6,
  }
  expect(textOf(finished, options)).toMatch(
    /^done +download a\.zip.* {2}3 files, 4\.00 MB in 2\.0 s, 2\.00 MB\/s$/,
  )
  expect(textOf({ ...finished, files: 200, filesWritten: 200, filesDownloaded: 100 }, options)).toMatch(
    / {2}200 files, 4\.00 MB in 2\.0 s, 50 files\/s$/,
  )
  // Of a repair what it made is told, and of how many.
  expect(textOf({ ...finished, files: 700, bytes: 9e9, bytesDownloaded: 0 }, options)).toMatch(
    / {2}3 of 700 files, 4\.00 MB in 2\.0 s$/,
  )
  expect(textOf({ event: 'task-stopped', ...task, why: 'the build was ended' }, options)).toMatch(
    /^stop +download a\.zip.* {2}the build was ended$/,
  )
  expect(textOf({ ...finished, files: 0 }, options)).toMatch(/ {2}2\.0 s$/)
  const looked = (images: number, missing: number): RunEvent => ({
    ...finished,
    files: 0,
    looked: { images, missing },
  })
  expect(textOf(looked(1200, 0), options)).toMatch(/ {2}1,200 images in 2\.0 s$/)
  expect(textOf(looked(1, 1), options)).toMatch(/ {2}1 image, 1 missing in 2\.0 s$/)
  expect(textOf({ event: 'task-failed', ...task, code: 'stalled', message: 'x' }, options)).toMatch(
    /^failed .* stalled$/,
  )
  expect(textOf(finished, { ...options, quiet: true })).toBeUndefined()
  expect(textOf(progress(1, 2), options)).toBeUndefined()
})
