/**
 * Names the tasks that a build has to run. Written from ARCHITECTURE.md and docs/ alone: it imports nothing of the engine, keeps its own
 * records of which bytes went into which result, and is told what lies on disk and what hosts would give. Knows no engine.
 */

import { type Content, type Scene, type Target, type Task, tasksOf } from './asked.ts'

interface Memory extends Pick<Task, 'kind' | 'how' | 'at'> {
  /** Keys. */
  readonly from: readonly string[]
  readonly inputs: readonly string[]
  readonly content: Content
}

export interface Foreseen {
  readonly runs: ReadonlySet<string>
  /** Those of which that cannot succeed. */
  readonly fails: ReadonlySet<string>
  /** What needs something that fails: it does not succeed, and may have begun. */
  readonly blocked: ReadonlySet<string>
  /** Remembers those that finished. */
  readonly learn: (finished: ReadonlySet<string>) => void
}

/** `json t1/notes.json` → where that lies. */
const placeIn = (key: string): string => key.slice(key.indexOf(' ') + 1)

/** A path is that of a folder, or below it. */
const isWithin = (path: string, folder: string): boolean => `${path}/`.startsWith(`${folder}/`)

export class Oracle {
  readonly #memories = new Map<string, Memory>()

  foresee(scene: Scene): Foreseen {
    const whole = Object.entries(scene.spec).flatMap(([name, target]) =>
      tasksOf(name, target, scene.published),
    )
    const tasks = new Map(
      scene.asked
        .flatMap(name => tasksOf(name, scene.spec[name] as Target, scene.published))
        .map(task => [task.key, task]),
    )
    const named = new Set(whole.map(({ key }) => key))
    const heritage = new Map<string, string>()
    const lies = ({ content }: Memory, at: string | undefined): boolean =>
      at !== undefined &&
      Object.entries(content.files).every(([path, digest]) => scene.disk[`${at}/${path}`] === digest)
    const targetOf = new Map(
      Object.entries(scene.spec).flatMap(([name, target]) =>
        tasksOf(name, target, scene.published).map(({ key }) => [key, name] as const),
      ),
    )
    const placed = whole.filter(({ at }) => at !== undefined)
    /** What another target names lies there, above or below: then it is not one result's alone to take. */
    const isShared = (key: string, heir: string): boolean =>
      this.#memories.get(key)?.at !== undefined &&
      placed.some(({ key: other }) => {
        const place = placeIn(other)
        const isMet = isWithin(place, placeIn(key)) || isWithin(placeIn(key), place)
        return isMet && (targetOf.get(other) !== targetOf.get(heir) || place === placeIn(key))
      })
    /** One place is within the other, and one of the files would come to lie where another one lay, or a folder of another. */
    const isTangled = ({ content }: Memory, key: string, heir: string): boolean => {
      const [outer, inner] = [placeIn(key), placeIn(heir)].toSorted((a, b) => a.length - b.length) as [
        string,
        string,
      ]
      const paths = Object.keys(content.files).map(path => `${outer}/${path}`)
      return (
        outer !== inner &&
        isWithin(inner, outer) &&
        paths.some(path => isWithin(path, inner) || isWithin(inner, path))
      )
    }
    // A target under another name: its result is known by its definition and by what it was made of.
    for (const task of whole) {
      if (this.#memories.has(task.key) || task.kind === 'download') continue
      const from = task.takes.map(({ key }) => heritage.get(key) ?? key).join()
      const taken = new Set(heritage.values())
      const orphans = [...this.#memories].filter(
        ([key, { kind, how, from: of }]) =>
          !named.has(key) &&
          !taken.has(key) &&
          !isShared(key, task.key) &&
          kind === task.kind &&
          how === task.how &&
          of.join() === from,
      )
      const isLasting = task.at !== undefined
      const fit = orphans.find(([, { at }]) => (at !== undefined) === isLasting)
      const orphan = fit ?? (isLasting ? undefined : orphans[0])
      if (orphan) heritage.set(task.key, orphan[0])
    }
    // What is not whole any more is made anew.
    for (const { key, at } of whole) {
      const heir = heritage.get(key) ?? ''
      const memory = this.#memories.get(heir)
      if (memory && at !== undefined && (!lies(memory, memory.at) || isTangled(memory, heir, key)))
        heritage.delete(key)
    }
    const memoryOf = ({ key }: Task): Memory | undefined => this.#memories.get(heritage.get(key) ?? key)
    const runs = new Set<string>()
    /** What is pinned is taken over where a file of it was placed, whatever its host gives by now. */
    const placedOf = ({ key, pin }: Task): Content | undefined => {
      const content = [...this.#memories.values()].find(memory => memory.content.digest === pin)?.content
      const digests = Object.values(content?.files ?? {})
      const isPlaced = whole.some(
        ({ kind, at, takes: [input] }) =>
          ['file', 'json'].includes(kind) &&
          input?.key === key &&
          Object.entries(scene.disk).some(
            ([path, digest]) => path.startsWith(`${at}/`) && digests.includes(digest),
          ),
      )
      return pin !== undefined && isPlaced ? content : undefined
    }
    const contentOf = (task: Task): Content | undefined =>
      runs.has(task.key) || memoryOf(task) === undefined
        ? (placedOf(task) ?? task.give(task.takes.map(input => contentOf(input) as Content)))
        : memoryOf(task)?.content
    const digestOf = (task: Task): string | undefined => task.pin ?? contentOf(task)?.digest
    const sameInputs = (task: Task, memory: Memory): boolean =>
      task.takes
        .map(input => `${digestOf(input)}`)
        .toSorted()
        .join() === memory.inputs.toSorted().join()
    const isWhole = (task: Task, memory: Memory): boolean => task.at === undefined || lies(memory, task.at)
    const isMoved = ({ at, key }: Task): boolean => at !== undefined && heritage.has(key)
    const isStale = (task: Task): boolean => {
      const memory = memoryOf(task)
      // What is pinned is what it is, wherever it came from.
      if (task.kind === 'download' && task.pin !== undefined) return false
      if (memory === undefined || memory.how !== task.how || !sameInputs(task, memory)) return true
      return isMoved(task) || !isWhole(task, memory)
    }
    /** A fifth of the files at most is had by ranges of archives that are as they were. */
    const isRepaired = (task: Task, memory: Memory): boolean => {
      const parts = task.kind === 'rename' ? task.takes : [task]
      const paths = Object.entries(memory.content.files)
      const lost = paths.filter(([path, digest]) => scene.disk[`${task.at}/${path}`] !== digest)
      return (
        lost.length <= paths.length / 5 &&
        parts.every(part => {
          // Under another address, too: it is fetched, and turns out to be the one that the part was made of.
          const [before] = memoryOf(part)?.inputs ?? []
          return part.kind === 'unzip' && part.takes[0]?.give([]).digest === before
        })
      )
    }
    /** Rules that changed work on the task's own result; what moves is read by nobody. */
    const reads = (task: Task): boolean => {
      const memory = memoryOf(task)
      if (!runs.has(task.key) || task.kind === 'expect') return false
      if (memory === undefined || scene.force || !sameInputs(task, memory)) return true
      if (memory.how === task.how) return !isMoved(task) && !isRepaired(task, memory)
      return !['rename', 'json'].includes(task.kind) || !isWhole(task, memory)
    }
    const isThere = (task: Task): boolean => {
      const memory = memoryOf(task)
      if (memory === undefined || (task.pin !== undefined && task.pin !== memory.content.digest)) return false
      if (task.kind === 'download') return scene.archives.has(memory.content.digest)
      const digests = Object.values(memory.content.files)
      return lies(memory, memory.at) || digests.every(digest => scene.parts.has(digest))
    }
    const isWanted = (task: Task): boolean =>
      task.at === undefined &&
      !isThere(task) &&
      [...tasks.values()].some(other => other.takes.some(({ key }) => key === task.key) && reads(other))
    for (let before = -1; before < runs.size; ) {
      before = runs.size
      for (const task of tasks.values())
        if (scene.force || isStale(task) || isWanted(task)) runs.add(task.key)
    }
    // What was to run for an input that turns out to be as it was does not.
    for (const task of tasks.values())
      if (!scene.force && !isStale(task) && !isWanted(task)) runs.delete(task.key)
    const fails = new Set<string>()
    const blocked = new Set<string>()
    for (const task of tasks.values()) {
      const inputs = task.takes.map(input => contentOf(input) as Content)
      if (task.takes.some(({ key }) => fails.has(key) || blocked.has(key))) blocked.add(task.key)
      else if (runs.has(task.key) && !task.isRight(inputs) && !placedOf(task)) fails.add(task.key)
    }
    const namesOf = (keys: Iterable<string>) => new Set([...keys].map(key => tasks.get(key)?.name ?? ''))
    return {
      runs: namesOf([...runs].filter(key => !blocked.has(key))),
      fails: namesOf(fails),
      blocked: namesOf(blocked),
      learn: finished => {
        const learnt = [...tasks.values()].flatMap(task => {
          const memory = memoryOf(task)
          const content = contentOf(task)
          const from = task.takes.map(({ key }) => key)
          const inputs = task.takes.map(input => digestOf(input) as string)
          if (finished.has(task.name) && content) return [[task, { ...task, from, inputs, content }] as const]
          return heritage.has(task.key) && memory ? [[task, { ...memory, from, at: task.at }] as const] : []
        })
        // The oldest first, as they ended; what moved without a task of its own comes last.
        const ranks = new Map([...finished].map((name, rank) => [name, rank]))
        const rankOf = ([{ name }]: readonly [Task, Memory]): number => ranks.get(name) ?? ranks.size
        for (const [task, { kind, how, from, at, inputs, content }] of learnt.toSorted(
          (a, b) => rankOf(a) - rankOf(b),
        )) {
          this.#memories.delete(heritage.get(task.key) ?? '')
          this.#memories.set(task.key, { kind, how, from, at, inputs, content })
        }
        // What a rename consumed lies in the playground no more.
        const renamed = [...tasks.values()].filter(
          ({ kind, name }) => kind === 'rename' && finished.has(name),
        )
        for (const { key } of renamed.flatMap(({ takes }) => takes)) {
          const memory = this.#memories.get(key)
          if (memory) this.#memories.set(key, { ...memory, at: undefined })
        }
      },
    }
  }
}
