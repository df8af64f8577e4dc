/** What is to be made of files that other tasks place: which, found by their paths, and in which order. Pure; makes no task. */

import { Places } from '../model/places.ts'
import { type DiagnosticDraft, type Place, Problem } from '../model/problem.ts'
import type { Derivation } from '../model/source-form.ts'
import type { Source } from '../model/spec.ts'
import { didYouMean } from '../model/suggest.ts'
import type { Artifact, Task, TaskKind } from '../model/task.ts'

/** A result that a source asks for. */
export interface Wish {
  readonly target: string
  readonly source: Source
  readonly kind: TaskKind
  readonly derivation: Derivation
  /** Of the source's own file; of a merge empty. */
  readonly fileName: string
  readonly size: number | undefined
  /** Below the root. */
  readonly at: string
  /** What it is made of, below the root. */
  readonly of: readonly { readonly at: string; readonly place: Place }[]
  /** Where it is asked for. */
  readonly place: Place
}

/**
 * Each after what it is made of. `originals`: paths of files that something can be made of. `others`: what else is placed. Throws
 * every path that is no such file (`unknown-name`, `bad-value`), or `task-cycle`.
 */
export function inOrder(
  wishes: readonly Wish[],
  originals: ReadonlySet<string>,
  others: Iterable<Task>,
): readonly Wish[] {
  const byPath = new Map(wishes.toReversed().map(wish => [wish.at, wish]))
  const known = new Set([...originals, ...byPath.keys()])
  const wrong = wishes.flatMap(({ of }) => of.filter(({ at }) => !known.has(at)))
  const places = new Places([...others].flatMap(({ gives }) => (gives?.lasting ? [gives] : [])))
  const [first, ...rest] = wrong.map(({ at, place }) => unknown(at, place, known, places.around(at)))
  if (first) throw new Problem(first, ...rest)
  const ordered = new Set<Wish>()
  const path: Wish[] = []
  const visit = (wish: Wish): void => {
    if (ordered.has(wish)) return
    if (path.includes(wish)) throw cycle(path.slice(path.indexOf(wish)))
    path.push(wish)
    for (const { at } of wish.of) {
      const before = originals.has(at) ? undefined : byPath.get(at)
      if (before) visit(before)
    }
    path.pop()
    ordered.add(wish)
  }
  for (const wish of wishes) visit(wish)
  return [...ordered]
}

function unknown(
  at: string,
  place: Place,
  known: ReadonlySet<string>,
  [giver]: readonly Artifact[],
): DiagnosticDraft {
  if (giver)
    return {
      code: 'bad-value',
      message: `${at} is no annotation that could be merged.`,
      place,
      evidence: [
        { label: 'wanted', text: 'what a source with `json:` places, or one with `merge:`' },
        { label: 'found', text: `${giver.at}, given by ${giver.task}` },
      ],
      next:
        giver.at === at
          ? 'place it with `json:` instead, so that it is checked.'
          : 'make the annotation a source of its own, with `json:`.',
    }
  const listed = [...known].toSorted()
  return {
    code: 'unknown-name',
    message: `No annotation of this playground is called ${at}.`,
    place,
    evidence: [{ label: 'annotations', text: listed.slice(0, 20).join(', ') || 'none' }],
    next:
      didYouMean(at, listed) ?? 'write its path below the root: the name of its target, and its file name.',
  }
}

/** The folder that a result lies in has no single file to be merged. */
export const isFolder = (at: string, place: Place, giver: Task | undefined): Problem =>
  new Problem({
    code: 'bad-value',
    message: `${at} is a folder of annotations, not one.`,
    place,
    ...(giver && { evidence: [{ label: 'found', text: `given by ${giver.id}`, from: giver.place }] }),
    next: 'merge what it is split from.',
  })

function cycle(loop: readonly Wish[]): Problem {
  return new Problem({
    code: 'task-cycle',
    message: `${[...loop, loop[0]].map(wish => wish?.at).join(' → ')} need one another in a circle.`,
    evidence: loop.map(({ at, place }, i) => ({
      label: i === 0 ? 'loop' : '',
      text: `${at} is merged from`,
      from: place,
    })),
    next: 'take one of these out of the circle.',
  })
}
