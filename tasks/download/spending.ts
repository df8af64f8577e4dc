/**
 * Gives the beginning of a file back to the disk while its end is still to come, once whoever reads it has used it and it
 * is hashed; and holds up writers that are too far ahead of that. Knows no note and no host.
 */

import { setTimeout as sleep } from 'node:timers/promises'
import type { Growing } from '../../lib/io/growing.ts'
import { punchHole } from '../../lib/io/native.ts'
import type { Audience } from '../../lib/model/growing-file.ts'
import { isWorthSpending, portionBytes, type SpendingSizes, windowBytes } from '../../lib/model/spending.ts'

/** Holes begin and end with blocks. */
const blockBytes = 4096
/** That a reader is gone for good is not told. */
const lookMs = 500
/** In this time several megabytes are hashed. */
const hashingMs = 10

/** Who brings bytes. */
export interface Writer {
  /** Of who waits for that. */
  readonly signal: AbortSignal
  /** It waits for room, or does not any more. */
  readonly onHeld: (isHeld: boolean) => void
}

/** Somebody needs bytes that were given back: all of it is fetched again. */
export class Regretted extends Error {
  override readonly name = 'Regretted'
}

export interface SpendingOptions {
  readonly spending: SpendingSizes
  readonly audience: () => Audience
  readonly signal: AbortSignal
}

export class Spending {
  readonly #file: Growing
  readonly #options: SpendingOptions
  readonly #blocked = new Set<() => void>()
  readonly #unheed: () => void
  /** Until the filesystem says that it cannot. */
  #isPossible = true
  /** Its host cannot be asked for bytes out of their turn: nothing is given back before it is proven. */
  #isKeptWhole = false

  /** `onReady`: a portion could be given back. */
  constructor(file: Growing, options: SpendingOptions, onReady: () => void) {
    this.#file = file
    this.#options = options
    this.#unheed = file.heed(() => {
      this.release()
      if (this.isUsed) onReady()
    })
    file.holdBack((from, to) => this.#isAhead(from, to))
    options.signal.addEventListener('abort', this.release)
  }

  /** Whether what is read is given back. */
  get isOn(): boolean {
    return this.#isGoingOn('reading', 'coming')
  }

  /** Somebody reads it and is not done, or opens it in a moment. */
  get isInUse(): boolean {
    const audience = this.#options.audience()
    return audience === 'coming' || (audience === 'reading' && this.#file.isRead !== true)
  }

  /** How much may have arrived ahead of what was given back. */
  get window(): number {
    return windowBytes(this.#file.bytes ?? 0, this.#options.spending)
  }

  /** What one connection should fetch at most at once, so that several fit in that. */
  claimBytes(connections: number): number {
    return Math.max(1 << 20, Math.floor(this.window / (2 * connections)))
  }

  /**
   * Up to where everything can be given back, where that is worth it. `hashed`: how far the saved digest goes; of a file
   * that is proven nobody needs that any more.
   */
  ready(hashed: number): number | undefined {
    // Nobody knows yet what one needs that is still coming.
    if (!this.#isGoingOn('reading')) return undefined
    const position = downToBlock(Math.min(this.#file.passed ?? 0, this.#file.watermark, hashed))
    return this.#isWorth(position) ? position : undefined
  }

  /** Whether there will be more in a moment: what was used is only to be hashed yet. */
  async isDue(): Promise<boolean> {
    if (!this.isUsed) return false
    await sleep(hashingMs)
    return this.isUsed
  }

  /** A portion that arrived was used. */
  get isUsed(): boolean {
    const { passed = 0, watermark } = this.#file
    return this.#isWorth(downToBlock(Math.min(passed, watermark))) && this.#isGoingOn('reading')
  }

  /** What a note on disk names as spent. */
  give(handle: number, upTo: number): void {
    const { spent } = this.#file
    // The first block stays: who reads again looks at it for what may stand before the first entry.
    const from = Math.max(spent, blockBytes)
    this.#isPossible = punchHole(handle, from, upTo - from)
    this.#file.spend(upTo)
    this.release()
  }

  /** Resolves when the bytes `[at, end)` may be written, or nobody waits for that any more. */
  async room(at: number, end: number, writer?: Writer): Promise<void> {
    if (this.#isRoom(at, end)) return
    const { signal = this.#options.signal, onHeld } = writer ?? {}
    signal.addEventListener('abort', this.release)
    onHeld?.(true)
    try {
      while (!signal.aborted && !this.#isRoom(at, end)) await this.stirred()
    } finally {
      onHeld?.(false)
      signal.removeEventListener('abort', this.release)
    }
  }

  /**
   * What a reader waits for has to come, however far it is and whatever comes along with it; in its turn, unless there
   * will be room for it in a moment. What begins before the limit may end behind it.
   */
  #isRoom(at: number, end: number): boolean {
    const { isRegretted, wishes, awaited } = this.#file
    if (!this.isOn || isRegretted || at < this.#limit) return true
    return (at < awaited && !this.isUsed) || wishes.some(({ from, to }) => at < to && end > from)
  }

  /** Nothing comes out of its turn, so that nobody can begin before the end. */
  keepWhole(): void {
    this.#isKeptWhole = true
    this.release()
  }

  /** The file is whole, and the right one. */
  prove(): void {
    this.#isKeptWhole = false
    this.release()
  }

  /** Whether a reader is further than what is given back keeps up with; not where nothing would come of waiting. */
  #isAhead(from: number, to: number): boolean {
    const { spent, passed = 0 } = this.#file
    if (to <= spent + this.window) return false
    if (this.#isKeptWhole) return this.#isWanted('reading', 'coming')
    return this.isUsed || (passed < from && this.#isGoingOn('reading'))
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
    this.#file.release()
  }

  close(): void {
    this.#isPossible = false
    this.#unheed()
    this.#options.signal.removeEventListener('abort', this.release)
    this.release()
  }

  get #limit(): number {
    const { isRead, passed = 0, spent } = this.#file
    // Nothing of what is still to come will be given back.
    if (isRead === true && !this.#isWorth(passed)) return Number.POSITIVE_INFINITY
    return spent + this.window
  }

  #isWorth(position: number): boolean {
    return position - this.#file.spent >= portionBytes(this.#file.bytes ?? 0, this.#options.spending)
  }

  #isGoingOn(...whileIt: readonly Audience[]): boolean {
    return !this.#isKeptWhole && this.#isWanted(...whileIt)
  }

  #isWanted(...whileIt: readonly Audience[]): boolean {
    const { spending: sizes, audience } = this.#options
    return this.#isPossible && isWorthSpending(this.#file.bytes ?? 0, sizes) && whileIt.includes(audience())
  }
}

const downToBlock = (position: number): number => position - (position % blockBytes)
