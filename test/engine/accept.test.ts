/** What may be accepted, obstacle by obstacle. */

import { expect, test } from 'vitest'
import type { Memory } from '../../lib/model/receipt.ts'
import { acceptable } from '../../lib/plan/accept.ts'
import {
  archive,
  check,
  digest,
  done,
  edited,
  type FakeTask,
  fakeTask,
  graphWith,
  intact,
  knowing,
  part,
  place,
  tree,
} from './fakes.ts'

const was = [{ name: 'root', value: 'train2017' }]
const now = [{ name: 'root', value: 'auto', place }]
type Told = Parameters<typeof knowing>[1]

/** Ids of what is accepted, what stands against the others, and what is left. */
function outcome(fakes: readonly FakeTask[], told: Told): object {
  const graph = graphWith(...fakes)
  const { accepted, refused, left } = acceptable(graph, graph, knowing(graph, told))
  return {
    accepted: accepted.map(({ task }) => task.id),
    refused: refused.map(({ task, obstacle }) => `${task.id} ${obstacle.form}`),
    left: left.map(({ task, verdict }) =>
      verdict.state === 'stale' ? `${task.id} ${verdict.reason.code}` : `${task.id} ${verdict.state}`,
    ),
  }
}

const none = { accepted: [], refused: [], left: [] }
const loose = archive('a', undefined, false)
const pinned = archive('a')
const tasks = (rest: Partial<FakeTask> = {}): readonly FakeTask[] => [
  pinned,
  tree('t', ['a'], { fingerprint: now, ...rest }),
]
const recorded = (rest: Partial<FakeTask> = {}, more: Parameters<typeof done>[1] = {}): Memory =>
  done(fakeTask(tree('t', ['a'], { fingerprint: was, ...rest })), more)

test.each<[string, object, object]>([
  ['nothing changed', outcome(tasks(), {}), none],
  ['another definition', outcome(tasks(), { t: { memory: recorded() } }), { ...none, accepted: ['t'] }],
  [
    'another version of the kind',
    outcome(tasks({ kind: { version: 2 } }), { t: { memory: recorded({ fingerprint: now }) } }),
    { ...none, accepted: ['t'] },
  ],
  [
    'another definition, of files that are not as recorded',
    outcome(tasks(), { t: { memory: recorded(), survey: edited } }),
    { ...none, refused: ['t damaged'] },
  ],
  [
    'another definition, and a manifest that cannot be read',
    outcome(tasks(), { t: { memory: recorded(), survey: { state: 'unrecorded' } } }),
    { ...none, refused: ['t damaged'] },
  ],
  [
    'damaged, and nothing else',
    outcome(tasks(), { t: { survey: edited } }),
    { ...none, left: ['t output-damaged'] },
  ],
  ['never built', outcome(tasks(), { t: { memory: undefined } }), { ...none, refused: ['t not-built'] }],
  [
    'begun',
    outcome(tasks(), { t: { memory: { state: 'started', task: 't' } } }),
    { ...none, refused: ['t not-built'] },
  ],
  [
    'another place',
    outcome(tasks(), { t: { memory: recorded({}, { at: 'elsewhere' }) } }),
    { ...none, refused: ['t moved'] },
  ],
  [
    'other names below its place',
    outcome(tasks({ fingerprint: [{ name: 'parts[0].into', value: 'all' }] }), {
      t: { memory: recorded({ fingerprint: [] }) },
    }),
    { ...none, refused: ['t moved'] },
  ],
  [
    'a part where all is wanted',
    outcome(tasks(), { t: { memory: recorded({ fingerprint: [{ name: 'only needed', value: '/x' }] }) } }),
    { ...none, refused: ['t partial'] },
  ],
  [
    'all where a part is wanted',
    outcome(tasks({ fingerprint: [{ name: 'only needed', value: '/x' }] }), {
      t: { memory: recorded({ fingerprint: [] }) },
    }),
    { ...none, refused: ['t partial'] },
  ],
  [
    'made of other bytes than are pinned now',
    outcome(tasks(), { t: { memory: recorded({}, { inputs: [{ task: 'a', digest: digest('x') }] }) } }),
    { ...none, refused: ['t pinned'] },
  ],
  [
    'made of other bytes than were made since: that is no matter of the definition',
    outcome([loose, ...tasks().slice(1)], {
      t: { memory: recorded({}, { inputs: [{ task: 'a', digest: digest('x') }] }) },
    }),
    { ...none, left: ['t input-changed'] },
  ],
  [
    'a pin of its own that its record does not meet',
    outcome(tasks({ gives: { pins: { sha256: digest('x') } } }), { t: { memory: recorded() } }),
    { ...none, refused: ['t pinned'] },
  ],
  [
    'what it demands of the result',
    outcome(tasks({ kind: { demands: ['root'] } }), { t: { memory: recorded() } }),
    { ...none, left: ['t definition-changed'] },
  ],
  [
    'a check',
    outcome([...tasks(), { ...check('c', ['t']), fingerprint: now }], {
      t: { memory: recorded() },
      c: { memory: done(fakeTask(check('c', ['t']))) },
    }),
    { ...none, accepted: ['t'], left: ['c definition-changed'] },
  ],
  [
    'a part that is gone, and what was made of it',
    outcome([loose, { ...part('p', ['a']), fingerprint: now }, tree('t', ['p'])], {
      p: { memory: done(fakeTask(part('p', ['a']))) },
    }),
    { ...none, accepted: ['p'] },
  ],
  [
    'an input less',
    outcome(tasks({ takes: [], fingerprint: was }), { t: { memory: recorded() } }),
    { ...none, accepted: ['t'] },
  ],
  [
    'something outside changed',
    outcome([{ ...loose, reads: ['/a.zip'] }, tree('t', ['a'])], { a: { read: '/a.zip' } }),
    { ...none, left: ['a file-changed', 't unsettled'] },
  ],
])('%s', (_, found, expected) => expect(found).toEqual(expected))

test('a download under another address is the one in whose place it is, and only for all who read it', () => {
  const old = done(fakeTask(loose))
  const heir = { ...loose, id: 'b' }
  const readers = [tree('t', ['b']), tree('u', ['b'], { target: 'vg' })]
  const told: Told = {
    a: { memory: old },
    b: { memory: undefined },
    t: { memory: done(fakeTask(tree('t', ['a']))), survey: intact },
    u: { memory: done(fakeTask(tree('u', ['a']))), survey: intact },
  }
  const shared = (fake: FakeTask) => graphWith({ ...fake }, ...readers)
  const whole = shared(heir)
  const both = new Map(
    [...whole.tasks].map(([id, task]) => [id, id === 'b' ? { ...task, targets: ['coco', 'vg'] } : task]),
  )
  const graph = { ...whole, tasks: both }
  const known = knowing(whole, told)
  const all = acceptable(graph, graph, known)
  expect(all.accepted.map(({ task, receipt, inputs }) => [task.id, receipt.task, inputs])).toEqual([
    ['b', 'a', []],
    ['t', 't', [{ task: 'b', digest: digest('a') }]],
    ['u', 'u', [{ task: 'b', digest: digest('a') }]],
  ])
  const one = acceptable({ ...graph, targets: ['coco'] }, graph, known)
  expect(one.refused.map(({ obstacle }) => obstacle)).toContainEqual({ form: 'shared', targets: ['vg'] })
  // Its own record may not be found any more: then nobody knows what it gave.
  const forgotten = acceptable(graph, graph, knowing(whole, { ...told, a: { memory: undefined } }))
  expect(forgotten.refused.map(({ task, obstacle }) => `${task.id} ${obstacle.form}`)).toEqual([
    'b not-built',
  ])
})
