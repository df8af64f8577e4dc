/** Refuses a spec in which two tasks give one path, or one target's tree covers another target. Pure. */

import { groupedBy } from '../model/grouped.ts'
import { type DiagnosticDraft, Problem } from '../model/problem.ts'
import type { Spec } from '../model/spec.ts'
import type { Artifact, Task } from '../model/task.ts'
import { comesBefore } from './order.ts'

interface Giver {
  readonly task: Task
  readonly gives: Artifact
}

/**
 * Throws one Problem with every clash. Trees of one target may lie in one another (several archives into one folder);
 * whether their files meet is seen when they are placed.
 */
export function refuseClashes(spec: Spec, tasks: ReadonlyMap<string, Task>): void {
  const givers = [...tasks.values()].flatMap(task =>
    task.gives?.lasting ? piecesOf(task.gives).map(gives => ({ task, gives })) : [],
  )
  const byPath = groupedBy(givers, ({ gives }) => gives.at)
  const clashes = givers.flatMap(giver => clashesOf(giver, byPath))
  const [first, ...rest] = clashes.map(clash => describe(spec, clash))
  if (first) throw new Problem(first, ...rest)
}

/** A tree whose files are known is no more than those. */
const piecesOf = (gives: Artifact): readonly Artifact[] =>
  gives.holds ? gives.holds.map(at => ({ ...gives, form: 'file', at })) : [gives]

interface Clash {
  readonly inner: Giver
  readonly outer: Giver
}

function clashesOf(inner: Giver, byPath: ReadonlyMap<string, readonly Giver[]>): Clash[] {
  const found: Clash[] = []
  for (let path = inner.gives.at; path !== ''; path = path.slice(0, Math.max(0, path.lastIndexOf('/')))) {
    for (const outer of byPath.get(path) ?? []) {
      if (path === inner.gives.at ? meetsAt(inner, outer) : covers(outer, inner)) found.push({ inner, outer })
    }
  }
  return found
}

/** Both at one path; each pair is reported once, by the later of the two. */
function meetsAt(later: Giver, earlier: Giver): boolean {
  if (later.task.id === earlier.task.id) return false
  const trees = later.gives.form === 'tree' && earlier.gives.form === 'tree'
  if (trees && later.task.target === earlier.task.target) return false
  return comesBefore(earlier.task, later.task)
}

/** A file covers nothing but its own path: a folder there would be a clash of its own. */
const covers = (outer: Giver, inner: Giver): boolean =>
  outer.gives.form === 'file' || outer.task.target !== inner.task.target

function describe(spec: Spec, { inner, outer }: Clash): DiagnosticDraft {
  const same = inner.gives.at === outer.gives.at
  const line = spec.places === undefined ? undefined : inner.task.place
  return {
    code: 'target-clash',
    ...(line && { place: line }),
    message: same
      ? `Two sources give ${inner.gives.at}.`
      : `${inner.gives.at} lies inside ${outer.gives.at}, which belongs to the target ${outer.task.target}.`,
    evidence: [
      { label: 'one', text: outer.task.id, from: outer.task.place },
      { label: 'other', text: inner.task.id, from: inner.task.place },
    ],
    next: same
      ? 'give one of them another directory or file name, or remove it.'
      : 'move one of the targets, or make it a source of the other with `into`.',
  }
}
