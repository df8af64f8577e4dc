/**
 * Steps that read what others are still making: who offers a file that grows, who reads it, and how both hear of the
 * other's end. Knows no order of steps.
 */

import { Forsaken, type GrowingFile, type GrowingSource } from '../model/growing-file.ts'
import type { TaskId } from '../model/task.ts'

type Reader = GrowingFile & { close(): void }

interface Maker {
  readonly stop: AbortController
  /** Whether it was made. */
  readonly made: Promise<boolean>
  readonly end: (isMade: boolean) => void
  offer: GrowingSource | undefined
  /** Tells who waits for another offer. */
  readonly waiting: Set<() => void>
}

/** Who knows all steps. */
interface Listener {
  /** Somebody may begin who could not before. */
  readonly onOffer: () => void
  readonly mayDiscard: (task: TaskId) => boolean
}

export class Overlaps {
  readonly #makers = new Map<TaskId, Maker>()
  #listener: Listener = { onOffer: () => {}, mayDiscard: () => false }

  listen(listener: Listener): void {
    this.#listener = listener
  }

  /** Whether nobody but who reads it while it is made will want what a task gives. */
  mayDiscard(task: TaskId): boolean {
    return this.#listener.mayDiscard(task)
  }

  /** A step begins. Its signal, beside that of the run. */
  begin(task: TaskId): AbortSignal {
    const stop = new AbortController()
    let end: Maker['end'] = () => {}
    const made = new Promise<boolean>(resolve => {
      end = resolve
    })
    this.#makers.set(task, { stop, made, end, offer: undefined, waiting: new Set() })
    return stop.signal
  }

  end(task: TaskId, isMade: boolean): void {
    this.#makers.get(task)?.end(isMade)
    this.#makers.delete(task)
  }

  offer(task: TaskId, file: GrowingSource): void {
    const maker = this.#makers.get(task)
    if (!maker) return
    maker.offer = file
    for (const tell of maker.waiting) tell()
    maker.waiting.clear()
    this.#listener.onOffer()
  }

  isOffered(task: TaskId): boolean {
    const offer = this.#makers.get(task)?.offer
    return offer !== undefined && !offer.isWhole && !offer.isVoid
  }

  /** Nobody will read what it makes. */
  stop(task: TaskId): void {
    const maker = this.#makers.get(task)
    // What failed by itself has yet to say why, and what is whole would be lost on its way to its place.
    if (maker?.offer?.isVoid || maker?.offer?.isWhole) return
    maker?.stop.abort(new Forsaken(`nobody reads ${task} any more`))
  }

  /** Of those tasks, what is being made now. */
  join(tasks: readonly TaskId[]): Overlap {
    const makers = new Map<TaskId, Maker>()
    for (const task of tasks) {
      const maker = this.#makers.get(task)
      if (maker?.offer) makers.set(task, maker)
    }
    return new Overlap(makers)
  }
}

/** What one step reads while it grows. */
export class Overlap {
  readonly #makers: ReadonlyMap<TaskId, Maker>
  readonly #readers = new Map<TaskId, Reader>()

  constructor(makers: ReadonlyMap<TaskId, Maker>) {
    this.#makers = makers
  }

  /** Takes up what is offered now; waits for what was whole before it could be opened. Throws Forsaken. */
  async open(): Promise<void> {
    for (const [task, maker] of this.#makers) {
      while (maker.offer?.isVoid && (await isOfferedAgain(task, maker)));
      if (maker.offer && !maker.offer.isWhole && !maker.offer.isVoid)
        this.#readers.set(task, maker.offer.read())
      else await requireMade(task, maker)
    }
  }

  /** Undefined for what is made already. */
  readerOf(task: TaskId): GrowingFile | undefined {
    return this.#readers.get(task)
  }

  close(): void {
    for (const reader of this.#readers.values()) reader.close()
    this.#readers.clear()
  }

  /** Resolves when all of it is made. Throws Forsaken where something is not, and BegunAnew, at once, where it is not what was read. */
  async awaitMade(): Promise<void> {
    await Promise.all([...this.#readers.values()].map(reader => reader.until(Number.POSITIVE_INFINITY)))
    for (const [task, maker] of this.#makers) await requireMade(task, maker)
  }
}

async function requireMade(task: TaskId, { made }: Maker): Promise<void> {
  if (!(await made)) throw new Forsaken(`${task} was not made`)
}

/** False where it was made meanwhile. Throws Forsaken where it will not be. */
async function isOfferedAgain(task: TaskId, maker: Maker): Promise<boolean> {
  const offered = new Promise<'offered'>(resolve => void maker.waiting.add(() => resolve('offered')))
  if ((await Promise.race([offered, maker.made])) === 'offered') return true
  await requireMade(task, maker)
  return false
}
