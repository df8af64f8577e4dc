/** Who goes on with what the spec does not name any more. */

import { expect, test } from 'vitest'
import type { Memory } from '../../lib/model/receipt.ts'
import { heirsOf } from '../../lib/plan/heirs.ts'
import { digestOf, done, type FakeTask, fakeTask, graphWith } from './fakes.ts'

const root = (value: string) => [{ name: 'root', value }]
const archive: FakeTask = { id: 'download:a', gives: { lasting: false } }
const was: FakeTask = { id: 'unzip:old', fingerprint: root('x'), takes: ['download:a'] }
const now: FakeTask = { id: 'unzip:new', fingerprint: root('x'), takes: ['download:a'] }

/** By the first letter of the name, its bytes are the same. */
const pinnedUnder = (id: string, bytesOf = id): FakeTask => ({
  id,
  gives: {
    form: 'file',
    lasting: false,
    at: `.groundwork/archives/${id}`,
    pins: { sha256: digestOf(bytesOf) },
  },
})

function heirs(tasks: readonly FakeTask[], ...remembered: readonly FakeTask[]): object {
  const memories = new Map<string, Memory>(remembered.map(fake => [fake.id, done(fakeTask(fake))]))
  return Object.fromEntries(
    [...heirsOf(graphWith(...tasks), memories)].map(([id, receipt]) => [id, receipt.task]),
  )
}

test.each<[string, readonly FakeTask[], readonly FakeTask[], object]>([
  ['another name', [archive, now], [archive, was], { 'unzip:new': 'unzip:old' }],
  ['the old one is still there', [archive, was, now], [archive, was], {}],
  ['it has a record of its own', [archive, now], [archive, was, now], {}],
  ['another definition', [archive, { ...now, fingerprint: root('y') }], [archive, was], {}],
  ['of another archive', [archive, { ...now, takes: ['download:b'] }], [archive, was], {}],
  ['another version of the kind', [archive, { ...now, kind: { version: 2 } }], [archive, was], {}],
  ['another kind', [archive, { ...now, kind: { name: 'untar' } }], [archive, was], {}],
  [
    'one heir for one result',
    [archive, now, { ...now, id: 'unzip:more' }],
    [archive, was],
    { 'unzip:new': 'unzip:old' },
  ],
  [
    'two of two',
    [archive, now, { ...now, id: 'unzip:more' }],
    [archive, was, { ...was, id: 'unzip:older' }],
    { 'unzip:new': 'unzip:old', 'unzip:more': 'unzip:older' },
  ],
  [
    'what is made of what is inherited, and what is checked',
    [
      archive,
      { ...now, gives: { lasting: false } },
      { id: 'rename:new', fingerprint: root('r'), takes: ['unzip:new'] },
      { id: 'expect:new', fingerprint: root('e'), takes: ['rename:new'], gives: 'checks' },
    ],
    [
      archive,
      { ...was, gives: { lasting: false } },
      { id: 'rename:old', fingerprint: root('r'), takes: ['unzip:old'] },
      { id: 'expect:old', fingerprint: root('e'), takes: ['rename:old'], gives: 'checks' },
    ],
    { 'unzip:new': 'unzip:old', 'rename:new': 'rename:old', 'expect:new': 'expect:old' },
  ],
  [
    'an archive under another address, pinned; and what is made of it, under another name',
    [pinnedUnder('download:elsewhere'), { ...now, takes: ['download:elsewhere'] }],
    [pinnedUnder('download:a'), was],
    { 'download:elsewhere': 'download:a', 'unzip:new': 'unzip:old' },
  ],
  [
    'one that another target still fetches from there',
    [pinnedUnder('download:a'), pinnedUnder('download:elsewhere')],
    [pinnedUnder('download:a')],
    {},
  ],
  ['an archive of other bytes', [pinnedUnder('download:elsewhere', 'download:a')], [pinnedUnder('x:a')], {}],
  ['an archive is fetched for its own sake', [{ ...archive, id: 'download:b' }], [archive], {}],
  [
    'its place is another one’s by now',
    [archive, now, { id: 'json:x', gives: { at: 'unzip:old' } }],
    [archive, was],
    {},
  ],
  [
    'one of another target lies within',
    [archive, now, { id: 'json:x', target: 'other', gives: { at: 'unzip:old/b' } }],
    [archive, was],
    {},
  ],
  [
    'it lies within one of another target',
    [archive, now, { id: 'json:x', target: 'other', gives: { at: 'a' } }],
    [archive, { ...was, gives: { at: 'a/b' } }],
    {},
  ],
  [
    'into a folder of the old one, with another of its target',
    [archive, { ...now, gives: { at: 'a/b' } }, { id: 'json:x', gives: { at: 'a/b/x.json' } }],
    [archive, { ...was, gives: { at: 'a' } }],
    { 'unzip:new': 'unzip:old' },
  ],
  [
    'out of its folder',
    [archive, { ...now, gives: { at: 'a' } }],
    [archive, { ...was, gives: { at: 'a/b' } }],
    { 'unzip:new': 'unzip:old' },
  ],
])('%s', (_, tasks, remembered, expected) => {
  expect(heirs(tasks, ...remembered)).toEqual(expected)
})

test('what was begun and not finished has no heir', () => {
  const memories = new Map<string, Memory>([['unzip:old', { state: 'started', task: 'unzip:old' }]])
  expect(heirsOf(graphWith(archive, now), memories).size).toBe(0)
})
