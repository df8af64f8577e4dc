/** The one judgement, reason by reason. */

import { expect, test } from 'vitest'
import type { Memory } from '../../lib/model/receipt.ts'
import { differences, judge, type Survey, type Verdict } from '../../lib/model/verdict.ts'
import { digest, digestOf, done, type FakeTask, fakeTask, gone, intact, place } from './fakes.ts'

const usual: FakeTask = {
  id: 'unzip:coco',
  fingerprint: [{ name: 'root', value: 'train2017', place }],
  takes: ['download:a'],
}
const now = (rest: Partial<FakeTask> = {}) => fakeTask({ ...usual, ...rest })
const judged = (
  rest: Partial<FakeTask> = {},
  memory: Memory | undefined = done(now()),
  survey: Survey = intact,
  digests: (id: string) => string | undefined = digestOf,
): Verdict => judge(now(rest), memory, survey, digests)

const twoInputs = done(now(), {
  inputs: [
    { task: 'download:a', digest: digest('1') },
    { task: 'download:b', digest: digest('2') },
  ],
})

const because = (reason: object): object => ({ state: 'stale', reason })
const tenGone = {
  code: 'output-damaged',
  missing: ['a.jpg'],
  edited: [],
  missingCount: 10,
  editedCount: 0,
  bytes: 1000,
}
const pinned = { pins: { sha256: digest('e'), place } }

test.each<[string, Verdict, object]>([
  ['as recorded', judged(), { state: 'fresh' }],
  ['nobody looked', judged({}, done(now()), { state: 'not-looked' }), { state: 'fresh' }],
  ['forgotten', judged({}, { state: 'forgotten', task: usual.id }), because({ code: 'never-built' })],
  ['begun', judged({}, { state: 'started', task: usual.id }), because({ code: 'interrupted' })],
  [
    'another definition',
    judged({ fingerprint: [{ name: 'root', value: 'val2017', place }] }),
    because({
      code: 'definition-changed',
      changes: [{ ingredient: 'root', was: 'train2017', now: 'val2017', place }],
    }),
  ],
  [
    'another version of the kind',
    judged({ kind: { version: 2 } }),
    because({ code: 'kind-changed', was: 1, now: 2 }),
  ],
  [
    'another input',
    judged({}, done(now()), intact, () => digest('x')),
    because({ code: 'input-changed', input: 'download:a', was: digest('d'), now: digest('x') }),
  ],
  [
    'another input and another definition: the input counts, so that nobody makes the new result of the old one',
    judged({ fingerprint: [] }, done(now()), intact, () => digest('x')),
    because({ code: 'input-changed', input: 'download:a', was: digest('d'), now: digest('x') }),
  ],
  [
    'an input more',
    judged({ takes: ['download:a', 'download:b'] }),
    because({ code: 'input-added', input: 'download:b' }),
  ],
  [
    'two inputs in another order, one of them from elsewhere',
    judged({ takes: ['download:b', 'download:c'] }, twoInputs, intact, id =>
      digest(id === 'download:b' ? '2' : '1'),
    ),
    { state: 'fresh' },
  ],
  [
    'an input more, before the others',
    judged({ takes: ['download:b', 'download:a'] }),
    because({ code: 'input-added', input: 'download:b' }),
  ],
  ['an input less', judged({ takes: [] }), because({ code: 'input-removed', input: 'download:a' })],
  ['an input from elsewhere, of the same bytes', judged({ takes: ['download:b'] }), { state: 'fresh' }],
  [
    'an input that nobody knows yet',
    judged({}, done(now()), intact, () => undefined),
    { state: 'unsettled', until: 'download:a' },
  ],
  [
    'an input that nobody knows yet, and a file is gone',
    judged({}, done(now()), gone, () => undefined),
    because(tenGone),
  ],
  [
    'a file of this machine changed',
    judged({}, done(now()), { state: 'reads-changed', path: '/project/a.zip' }),
    because({ code: 'file-changed', path: '/project/a.zip' }),
  ],
  [
    'whole, where the target lay under another name',
    judged({}, done(now()), { state: 'elsewhere', at: 'coco/before' }),
    because({ code: 'moved', from: 'coco/before' }),
  ],
  [
    'elsewhere, and of another definition: it cannot only be moved',
    judged({ fingerprint: [] }, done(now()), { state: 'elsewhere', at: 'coco/before' }),
    because({
      code: 'definition-changed',
      changes: [{ ingredient: 'root', was: 'train2017', now: undefined }],
    }),
  ],
  [
    'pinned to what is recorded, and a file is gone',
    judged({ gives: pinned }, done(now(), { digest: digest('e') }), gone),
    because(tenGone),
  ],
  [
    'an unreadable manifest',
    judged({}, done(now()), { state: 'unrecorded' }),
    because({ code: 'record-unreadable' }),
  ],
  [
    'pinned to what is recorded, whatever the definition says',
    judged({ gives: pinned, fingerprint: [] }, done(now(), { digest: digest('e') })),
    { state: 'fresh' },
  ],
  [
    'pinned to something else',
    judged({ gives: pinned }, done(now())),
    because({
      code: 'definition-changed',
      changes: [{ ingredient: 'sha256', was: digest('u'), now: digest('e'), place }],
    }),
  ],
  [
    'pinned by an MD5 that nobody compared yet',
    judged({ gives: { pins: { md5: 'c'.repeat(32) } } }),
    because({
      code: 'definition-changed',
      changes: [{ ingredient: 'md5', was: undefined, now: 'c'.repeat(32) }],
    }),
  ],
  [
    'pinned by the MD5 that was remarked',
    judged({ gives: { pins: { md5: 'c'.repeat(32) } } }, done(now(), { remarks: { md5: 'c'.repeat(32) } })),
    { state: 'fresh' },
  ],
  [
    'another exact size',
    judged({ gives: { pins: { bytes: 999 } } }),
    because({ code: 'definition-changed', changes: [{ ingredient: 'size', was: 1000, now: 999 }] }),
  ],
  [
    'a size alone pins no bytes: the definition still counts',
    judged({ gives: { pins: { bytes: 1000 } }, fingerprint: [] }),
    because({
      code: 'definition-changed',
      changes: [{ ingredient: 'root', was: 'train2017', now: undefined }],
    }),
  ],
])('%s', (_, verdict, expected) => expect(verdict).toEqual(expected))

test('never built', () => {
  expect(judge(now(), undefined, intact, digestOf)).toEqual(because({ code: 'never-built' }))
})

test('differences have names: changed, added, then removed; places and order are none', () => {
  const was = [
    { name: 'root', value: 'a' },
    { name: 'into', value: null },
    { name: 'gone', value: true },
  ]
  const is = [
    { name: 'into', value: null, place },
    { name: 'root', value: 'b', place },
    { name: 'new', value: 1 },
  ]
  expect(differences(was, is)).toEqual([
    { ingredient: 'root', was: 'a', now: 'b', place },
    { ingredient: 'new', was: undefined, now: 1 },
    { ingredient: 'gone', was: true, now: undefined },
  ])
  expect(differences(is, [...is].toReversed())).toEqual([])
})
