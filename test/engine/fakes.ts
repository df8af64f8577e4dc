/** Tasks, graphs and knowledge that are made of nothing, for the pure rooms. */

import { formsOf, kindsByName } from '../../lib/cli/kinds.ts'
import { graphOf } from '../../lib/graph.ts'
import type { Graph, Plan } from '../../lib/model/plan.ts'
import type { Memory, Receipt } from '../../lib/model/receipt.ts'
import type { Spec } from '../../lib/model/spec.ts'
import {
  type Artifact,
  inputsOf,
  type Outline,
  type Task,
  type TaskId,
  type TaskKind,
} from '../../lib/model/task.ts'
import type { Survey } from '../../lib/model/verdict.ts'
import type { Knowledge } from '../../lib/plan.ts'
import { parseSpec } from '../../lib/spec/read.ts'
import { kinds } from '../../tasks/index.ts'

export const place = { file: 'datasets.yaml', line: 3, column: 5, length: 4 }

const fakeKind = (rest: Partial<TaskKind> = {}): TaskKind => ({
  name: 'fake',
  version: 1,
  lane: 'core',
  outline: () => ({ name: 'fake', fingerprint: [], takes: [], forecast: {} }),
  run: () => Promise.resolve(),
  ...rest,
})

export interface FakeTask extends Partial<Omit<Outline, 'gives'>> {
  readonly id: TaskId
  /** Undefined: a tree that lasts; `checks`: gives nothing. */
  readonly gives?: Partial<Artifact> | 'checks'
  readonly kind?: Partial<TaskKind>
  readonly target?: string
}

export function fakeTask({ id, gives = {}, kind, target = 'coco', ...outline }: FakeTask): Task {
  const artifact: Artifact | undefined =
    gives === 'checks' ? undefined : { task: id, form: 'tree', at: id, lasting: true, ...gives }
  return {
    id,
    kind: fakeKind(kind),
    params: {},
    target,
    targets: [target],
    outline: { name: id, fingerprint: [], takes: [], forecast: {}, ...outline },
    gives: artifact,
    place,
  }
}

/** In the given order, which has to be one of the graph. */
export function graphWith(...fakes: readonly FakeTask[]): Graph {
  const tasks = fakes.map(fakeTask)
  return {
    tasks: new Map(tasks.map(task => [task.id, task])),
    dependants: new Map(
      tasks.map(({ id }) => [
        id,
        tasks.filter(({ outline }) => inputsOf(outline).includes(id)).map(other => other.id),
      ]),
    ),
    targets: [...new Set(tasks.map(({ target }) => target))],
  }
}

export const digest = (letter: string): string => letter.repeat(64)

/** A finished task. The digest of each input is that of its first letter, unless `inputs` says otherwise. */
const receipt = (task: Task, rest: Partial<Receipt> = {}): Receipt => ({
  task: task.id,
  kind: task.kind.name,
  kindVersion: task.kind.version,
  fingerprint: task.outline.fingerprint.map(({ name, value }) => ({ name, value })),
  inputs: task.outline.takes.map(id => ({ task: id, digest: digestOf(id) })),
  digest: task.gives ? digestOf(task.id) : '',
  manifest: task.gives ? `${task.id}.manifest` : '',
  at: task.gives?.at ?? '',
  files: 10,
  bytes: 1000,
  seconds: 2,
  remarks: {},
  targets: task.targets,
  finished: '2026-01-02T03:04:05.000Z',
  ...rest,
})

export const done = (task: Task, rest: Partial<Receipt> = {}): Memory => ({
  state: 'done',
  receipt: receipt(task, rest),
})

/** What the fake task `id` gives. */
export const digestOf = (id: TaskId): string => digest(id.slice(0, 1))

export const intact: Survey = { state: 'intact', refreshed: 0 }
export const gone: Survey = {
  state: 'damaged',
  missing: ['a.jpg'],
  edited: [],
  missingCount: 10,
  editedCount: 0,
  bytes: 1000,
}
export const edited: Survey = {
  state: 'damaged',
  missing: [],
  edited: ['a.jpg'],
  missingCount: 0,
  editedCount: 1,
  bytes: 100,
}

/** Everything built and as recorded, except what is told. `memory: undefined` forgets. */
export function knowing(
  graph: Graph,
  told: Readonly<
    Record<TaskId, { memory?: Memory | undefined; survey?: Survey; read?: string; resumable?: number }>
  > = {},
): Knowledge {
  return {
    memoryOf(id) {
      const task = graph.tasks.get(id)
      const own = told[id]
      return own && 'memory' in own ? own.memory : task && done(task)
    },
    surveyOf: id => told[id]?.survey ?? (graph.tasks.get(id)?.gives?.lasting ? intact : gone),
    changedRead: ({ id }) => told[id]?.read,
    bytesOutside: () => undefined,
    resumableBytes: id => told[id]?.resumable ?? 0,
  }
}

/** A spec as text, with the real kinds. */
export const specOf = (targets: string): Spec =>
  parseSpec(`version: 1\n${targets}`, {
    file: 'datasets.yaml',
    folder: '/project',
    forms: formsOf(kinds),
  })

export const graphOfText = (targets: string, more: readonly TaskKind[] = []): Graph =>
  graphOf(specOf(targets), kindsByName([...kinds, ...more]))

export const archive = (id: string, bytes?: number, pinned = true): FakeTask => ({
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
export const tree = (id: string, takes: readonly string[], rest: Partial<FakeTask> = {}): FakeTask => ({
  id,
  takes,
  ...rest,
})
export const part = (id: string, takes: readonly string[]): FakeTask =>
  tree(id, takes, { gives: { lasting: false, at: `.groundwork/parts/${id}` } })
export const check = (id: string, takes: readonly string[]): FakeTask => ({ id, takes, gives: 'checks' })

/** `fresh`, the code of the reason, or `after TASK`. */
export const verdicts = (plan: Plan): Readonly<Record<string, string>> =>
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

export const unbuilt = (graph: Graph) =>
  knowing(
    graph,
    Object.fromEntries([...graph.tasks.keys()].map(id => [id, { memory: undefined, survey: gone }])),
  )
