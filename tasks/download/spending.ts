/**
 * Gives the beginning of a file back to the disk while its end is still to come, once whoever reads it has used it and it
 * is hashed; and holds up writers that are too far ahead of that. Knows no note and no host.
 */

import { setTimeout as sleep } from 'node:timers/promises'
import type { Growing } from '../../lib/io/growing.ts'
import { punchHole } from '../../lib/io/native.ts'
import { isWorthSpending, portionBytes, windowBytes } from '../../lib/model/spending.ts'

/** Holes begin and end with blocks. */
const blockBytes = 4096
/** That a reader is gone for good is not told. */
const lookMs = 500
/** In this time several megabytes are hashed. */
const hashingMs = 10

export class Spending {
  readonly #file: Growing
  readonly #mayDiscard: () => boolean
  readonly #signal: AbortSignal
  readonly #blocked = new Set<() => void>()
  readonly #unheed: () => void
  /** Until the filesystem says that it cannot, or the host. */
  #isPossible = true

  /** `mayDiscard`: whether everybody who will read the file is reading it now. `onReady`: a portion could be given back. */
  constructor(
    file: Growing,
    options: {
      readonly mayDiscard: () => boolean
      readonly signal: AbortSignal
      readonly onReady: () => void
    },
  ) {
    this.#file = file
    this.#mayDiscard = options.mayDiscard
    this.#signal = options.signal
    this.#unheed = file.heed(() => {
      this.release()
      if (this.#isUsed) options.onReady()
    })
    this.#signal.addEventListener('abort', this.release)
  }

  /** Whether what was read is given back, now. */
  get isOn(): boolean {
    return this.#isPossible && isWorthSpending(this.#file.bytes ?? 0) && this.#mayDiscard()
  }

  /** How much may have arrived ahead of what was given back. */
  get window(): number {
    return windowBytes(this.#file.bytes ?? 0)
  }

  /** Up to where everything can be given back, where that is worth it. `hashed`: how far the saved digest goes. */
  ready(hashed: number): number | undefined {
    if (!this.isOn) return undefined
    const upTo = Math.min(this.#file.passed ?? 0, hashed)
    const position = upTo - (upTo % blockBytes)
    return this.#isWorth(position) ? position : undefined
  }

  /** Whether there will be more in a moment: what was used is only to be hashed yet. */
  async isDue(): Promise<boolean> {
    if (!this.#isUsed) return false
    await sleep(hashingMs)
    return this.#isUsed
  }

  get #isUsed(): boolean {
    return this.isOn && this.#isWorth(this.#file.passed ?? 0)
  }

  /** What a note on disk names as spent. */
  give(handle: number, upTo: number): void {
    const { spent } = this.#file
    this.#isPossible = punchHole(handle, spent, upTo - spent)
    this.#file.spend(upTo)
    this.release()
  }

  /** Resolves when the bytes `[at, end)` may be written, or nobody waits for that any more. */
  async room(at: number, end: number, signal = this.#signal): Promise<void> {
    if (this.#isRoom(at, end)) return
    signal.addEventListener('abort', this.release)
    try {
      while (!signal.aborted && !this.#isRoom(at, end)) await this.stirred()
    } finally {
      signal.removeEventListener('abort', this.release)
    }
  }

  /** What begins before the limit may end behind it: pieces of the network know nothing of what a reader waits for. */
  #isRoom(at: number, end: number): boolean {
    const { isRegretted, wishes } = this.#file
    return (
      !this.isOn || isRegretted || at < this.#limit || wishes.some(({ from, to }) => at < to && end > from)
    )
  }

  /** Nothing comes out of its turn, so that nobody can begin before the end. */
  keepWhole(): void {
    this.#isPossible = false
    this.release()
  }

  /** Resolves when something about the readers changed, or may have. */
  async stirred(): Promise<void> {
    const timer = setTimeout(this.release, lookMs)
    await new Promise<void>(resolve => void this.#blocked.add(resolve))
    clearTimeout(timer)
  }

  /** Whoever waits looks again. */
  readonly release = (): void => {
    for (const wake of this.#blocked) wake()
    this.#blocked.clear()
  }

  close(): void {
    this.#isPossible = false
    this.#unheed()
    this.#signal.removeEventListener('abort', this.release)
    this.release()
  }

  /** What a reader waits for has to come, however far it is. */
  get #limit(): number {
    if (this.#file.isRead === true) return Number.POSITIVE_INFINITY
    return Math.max(this.#file.spent + this.window, this.#file.awaited)
  }

  #isWorth(position: number): boolean {
    return position - this.#file.spent >= portionBytes(this.#file.bytes ?? 0)
  }
}
