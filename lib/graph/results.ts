/** What sources ask to be made of annotations that are placed: heard of target by target, made when all of those are known. */

import { canMeet } from '../model/annotation.ts'
import { type Place, Problem } from '../model/problem.ts'
import type { SourceRequest } from '../model/source-form.ts'
import { below, placeOf, type Source, type Spec } from '../model/spec.ts'
import type { Task, TaskId, TaskKind } from '../model/task.ts'
import { inOrder, isFolder, type Wish } from './derived.ts'

type Told = Pick<SourceRequest, 'written' | 'fileName' | 'size'>

export class Results {
  readonly #spec: Spec
  readonly #wishes: Wish[] = []
  /** By paths below the root: what something can be made of. */
  readonly #originals = new Map<string, TaskId>()
  /** Tasks that give originals, or what is made of them. */
  readonly #annotations = new Set<TaskId>()

  constructor(spec: Spec) {
    this.#spec = spec
  }

  /** A source that places a file, and what it is to be made of. Returns whether something is made of it. */
  hear(source: Source, kind: TaskKind, task: Task, told: Told): void {
    if (kind.source?.derives === undefined || task.gives === undefined) return
    const { at } = task.gives
    this.#originals.set(at, task.id)
    this.#annotations.add(task.id)
    this.#wish(task.target, source, kind, told, [{ at, place: task.place }])
  }

  /** A source that has no file of its own. Throws `missing-key` where the result has no name. */
  hearMerge(target: string, source: Source, kind: TaskKind): void {
    const paths = source.origin.form === 'merge' ? source.origin.paths : []
    const of = paths.map((at, i) => ({ at, place: this.#placed(source, 'merge', i) }))
    const told = { written: source.becomes?.params, fileName: '', size: undefined }
    if (this.#wish(target, source, kind, told, of)) return
    throw new Problem({
      code: 'missing-key',
      message: 'What the annotations are merged into has no name.',
      place: this.#placed(source, 'merge'),
      next: `add "as:" below "${kind.name}:", such as all.json.`,
    })
  }

  /** Whether something is made for this target. */
  isFor(target: string): boolean {
    return this.#wishes.some(wish => wish.target === target)
  }

  /** `add`: a task of a kind, for a target, asked for at a pointer. Throws what is wrong with the paths of merges. */
  make(
    tasks: ReadonlyMap<TaskId, Task>,
    add: (kind: string, params: unknown, target: string, pointer: string) => Task,
  ): readonly Task[] {
    const others = [...tasks.values()].filter(({ id }) => !this.#annotations.has(id))
    const givenAt = (folder: string) =>
      others.filter(({ gives }) => gives?.lasting && canMeet(folder, gives.at)).map(({ id }) => id)
    return inOrder(this.#wishes, new Set(this.#originals.keys()), others).map(wish => {
      const { target, source, kind, derivation, fileName, size, of } = wish
      const isMerge = source.origin.form === 'merge'
      const params = derivation.params({
        target,
        fileName,
        size,
        isMerge,
        givenAt,
        written: source.becomes?.params,
        originals: of.map(({ at, place }) => ({ at, place, task: this.#originalAt(at, place, tasks) })),
        placeOf: (...keys) => this.#placed(source, kind.name, ...keys),
      })
      const task = add(derivation.kind, params, target, below(source.pointer, isMerge ? 'merge' : kind.name))
      for (const at of filesOf(task)) if (!this.#originals.has(at)) this.#originals.set(at, task.id)
      return task
    })
  }

  #wish(target: string, source: Source, kind: TaskKind, told: Told, of: Wish['of']): boolean {
    const derivation = kind.source?.derives
    const at = derivation?.at({ target, written: told.written, fileName: told.fileName })
    if (derivation === undefined || at === undefined) return false
    const place = this.#placed(source, 'merge')
    this.#wishes.push({ ...told, target, source, kind, derivation, at, of, place })
    return true
  }

  #originalAt(at: string, place: Place, tasks: ReadonlyMap<TaskId, Task>): TaskId {
    const task = this.#originals.get(at)
    if (task !== undefined) return task
    throw isFolder(
      at,
      place,
      [...tasks.values()].find(({ gives }) => gives?.at === at),
    )
  }

  #placed(source: Source, ...keys: readonly (string | number)[]): Place {
    return placeOf(this.#spec, below(source.pointer, ...keys))
  }
}

/** Below the root. */
const filesOf = ({ gives }: Task): readonly string[] =>
  gives === undefined ? [] : gives.form === 'file' ? [gives.at] : (gives.holds ?? [])
