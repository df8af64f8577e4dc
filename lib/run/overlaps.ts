/**
 * Steps that read what others are still making: who offers a file that grows, who reads it, and how both hear of the
 * other's end. Knows no order of steps.
 */

import { type Audience, Forsaken, type GrowingFile, type GrowingSource } from '../model/growing-file.ts'
import type { TaskId } from '../model/task.ts'

type Reader = GrowingFile & { close(): void }

interface Maker {
  readonly stop: AbortController
  /** Whether it was made. */
  readonly made: Promise<boolean>
  readonly end: (isMade: boolean) => void
  offer: GrowingSource | undefined
  /** Nobody reads it any more: that ends it when it is offered once more. */
  isUnread: boolean
  /** Tells who waits for another offer. */
  readonly waiting: Set<() => void>
  /** Steps that have it open. */
  readonly readers: Set<TaskId>
}

/** Who knows all steps. */
interface Listener {
  /** Somebody may begin who could not before. */
  readonly onOffer: (maker: TaskId) => void
  readonly audienceOf: (task: TaskId) => Audience
}

export class Overlaps {
  readonly #makers = new Map<TaskId, Maker>()
  #listener: Listener = { onOffer: () => {}, audienceOf: () => 'later' }

  listen(listener: Listener): void {
    this.#listener = listener
  }

  audienceOf(task: TaskId): Audience {
    return this.#listener.audienceOf(task)
  }

  /** Whether a step has open what another one makes. Before that nobody knows what it needs. */
  isReading(reader: TaskId, task: TaskId): boolean {
    return this.#makers.get(task)?.readers.has(reader) === true
  }

  /** A step begins. Its signal, beside that of the run. */
  begin(task: TaskId): AbortSignal {
    const stop = new AbortController()
    let end: Maker['end'] = () => {}
    const made = new Promise<boolean>(resolve => {
      end = resolve
    })
    const waiting = new Set<() => void>()
    this.#makers.set(task, {
      stop,
      made,
      end,
      offer: undefined,
      isUnread: false,
      waiting,
      readers: new Set(),
    })
    return stop.signal
  }

  end(task: TaskId, isMade: boolean): void {
    const maker = this.#makers.get(task)
    // However it ended: who still waits for bytes would wait for ever.
    if (!isMade) maker?.offer?.fail(new Forsaken(`${task} was not made`))
    maker?.end(isMade)
    this.#makers.delete(task)
  }

  offer(task: TaskId, file: GrowingSource): void {
    const maker = this.#makers.get(task)
    if (!maker) return
    maker.offer = file
    if (maker.isUnread) forsake(task, maker)
    for (const tell of maker.waiting) tell()
    maker.waiting.clear()
    this.#listener.onOffer(task)
  }

  isOffered(task: TaskId): boolean {
    const offer = this.#makers.get(task)?.offer
    return offer !== undefined && !offer.isWhole && !offer.isVoid
  }

  /** Nobody will read what it makes. Where it gave up by itself, that is why nobody does: it has to say so. */
  stop(task: TaskId): void {
    const maker = this.#makers.get(task)
    if (!maker) return
    maker.isUnread = true
    // What failed by itself has yet to say why, and what is whole would be lost on its way to its place.
    if (maker.offer?.isVoid || maker.offer?.isWhole) return
    // Of a host without ranges it would all be fetched again: its maker goes on until a later run can begin with it.
    if (maker.offer?.isUnproven) maker.offer.onProven(() => forsake(task, maker))
    else forsake(task, maker)
  }

  /** Of those tasks, what is being made now, for the step that reads it. */
  join(reader: TaskId, tasks: readonly TaskId[]): Overlap {
    const makers = new Map<TaskId, Maker>()
    for (const task of tasks) {
      const maker = this.#makers.get(task)
      if (maker?.offer) makers.set(task, maker)
    }
    return new Overlap(reader, makers)
  }
}

/** What one step reads while it grows. */
export class Overlap {
  readonly #reader: TaskId
  readonly #makers: ReadonlyMap<TaskId, Maker>
  readonly #readers = new Map<TaskId, Reader>()

  constructor(reader: TaskId, makers: ReadonlyMap<TaskId, Maker>) {
    this.#reader = reader
    this.#makers = makers
  }

  /** Takes up what is offered now; waits for what was whole before it could be opened. Throws Forsaken. */
  async open(): Promise<void> {
    for (const [task, maker] of this.#makers) {
      while (maker.offer?.isVoid && (await isOfferedAgain(task, maker)));
      if (maker.offer && !maker.offer.isWhole && !maker.offer.isVoid) {
        this.#readers.set(task, maker.offer.read())
        maker.readers.add(this.#reader)
      } else await requireMade(task, maker)
    }
  }

  /** Undefined for what is made already. */
  readerOf(task: TaskId): GrowingFile | undefined {
    return this.#readers.get(task)
  }

  close(): void {
    for (const { readers } of this.#makers.values()) readers.delete(this.#reader)
    for (const reader of this.#readers.values()) reader.close()
    this.#readers.clear()
  }

  /** Resolves when all of it is made. Throws Forsaken where something is not, and BegunAnew, at once, where it is not what was read. */
  async awaitMade(): Promise<void> {
    await Promise.all([...this.#readers.values()].map(reader => reader.until(Number.POSITIVE_INFINITY)))
    for (const [task, maker] of this.#makers) await requireMade(task, maker)
  }
}

const forsake = (task: TaskId, { stop }: Maker): void =>
  stop.abort(new Forsaken(`nobody reads ${task} any more`))

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
