/**
 * Sources of one target that are at work at the same time: where their files meet, the one that the spec names first is placed
 * first, whoever arrives first, and never two at once. Knows names, no bytes, and not what a clash is.
 */

import { comesBefore } from '../graph/order.ts'
import { Turns } from '../io/turns.ts'
import { type ColumnarManifest, type Manifest, unknownDigest } from '../model/manifest.ts'
import { ManifestBuilder } from '../model/manifest-builder.ts'
import { type Branch, mayMeet, meetings } from '../model/meeting.ts'
import type { Task, TaskId } from '../model/task.ts'
import { branchOf, folderOf } from './clashes.ts'
import { isLasting, type Lasting } from './owners.ts'

/** Paths in an artifact. */
type Names = Pick<Manifest, 'count' | 'path'>

interface Work {
  readonly task: Lasting
  /** Of what it will give, once that is known. */
  names: Names | undefined
  isPlacing: boolean
}

export class Precedence {
  readonly #atWork = new Map<TaskId, Work>()
  readonly #waiting = new Set<() => void>()

  /** An attempt begins: nothing is known of what it will give. */
  begin(task: Task): void {
    if (isLasting(task)) this.#atWork.set(task.id, { task, names: undefined, isPlacing: false })
  }

  foretell(task: TaskId, names: Names): void {
    const work = this.#atWork.get(task)
    if (work === undefined) return
    work.names = names
    this.#tell()
  }

  /** It was placed and recorded, or it will not be. */
  end(task: TaskId): void {
    if (this.#atWork.delete(task)) this.#tell()
  }

  /**
   * Resolves when these contents may be placed; until its end no other of these folders is. Only who has begun is waited
   * for: one that has not may need the room, the core or the connection that this one has.
   */
  async turn(task: Lasting, contents: ColumnarManifest, signal: AbortSignal): Promise<void> {
    const own = this.#atWork.get(task.id)
    if (own === undefined) return
    const ours = branchOf(task.gives, contents)
    const meet = new Map<Names, boolean>()
    for (let work = this.#before(task, meet); work; work = this.#before(task, meet)) {
      const { names, isPlacing } = work
      if (isPlacing || names === undefined || meet.get(names)) await this.#change(signal)
      else meet.set(names, await doMeet(ours, work.task, names))
    }
    own.isPlacing = true
  }

  /** Whom it has to wait for, or may have to. `meet`: whose names do, as far as was found out. */
  #before(task: Lasting, meet: ReadonlyMap<Names, boolean>): Work | undefined {
    return [...this.#atWork.values()].find(
      ({ task: other, names, isPlacing }) =>
        other.id !== task.id &&
        other.target === task.target &&
        mayMeet(folderOf(other.gives), folderOf(task.gives)) &&
        (isPlacing || (comesBefore(other, task) && (names === undefined || meet.get(names) !== false))),
    )
  }

  async #change(signal: AbortSignal): Promise<void> {
    let tell: () => void = () => {}
    try {
      await new Promise<void>(resolve => {
        tell = resolve
        this.#waiting.add(tell)
        signal.addEventListener('abort', tell)
        if (signal.aborted) tell()
      })
    } finally {
      this.#waiting.delete(tell)
      signal.removeEventListener('abort', tell)
    }
    signal.throwIfAborted()
  }

  #tell(): void {
    for (const tell of this.#waiting) tell()
  }
}

async function doMeet(ours: Branch, { gives }: Lasting, names: Names): Promise<boolean> {
  const builder = new ManifestBuilder()
  const turns = new Turns()
  for (let i = 0; i < names.count; i += 1) {
    builder.add(names.path(i), 0, unknownDigest)
    if (turns.isOver) await turns.next()
  }
  return !meetings(ours, branchOf(gives, builder.finish('tree'))).next().done
}
