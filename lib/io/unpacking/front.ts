/** Up to where nothing of a growing archive is needed any more, while several stretches of it are unpacked at once. */

import type { GrowingFile } from '../../model/growing-file.ts'
import type { Passing } from './passing.ts'
import type { Stretch } from './protocol.ts'
import type { Selection } from './selection.ts'

export class Front {
  readonly #selection: Selection
  readonly #file: GrowingFile | undefined
  readonly #passing: Passing
  readonly #running = new Set<Stretch>()
  #next = 0

  constructor(selection: Selection, file: GrowingFile | undefined, passing: Passing) {
    this.#selection = selection
    this.#file = file
    this.#passing = passing
  }

  /** The next one; resolves when its bytes are there, and what lies before it was looked at. */
  async reach(stretch: Stretch): Promise<void> {
    const next = this.#selection.from(stretch.from)
    await this.#passing.upTo(next, this.#come)
    this.#come(next)
    await this.#file?.need(next, this.#selection.to(stretch.to - 1))
  }

  begin(stretch: Stretch): void {
    this.#running.add(stretch)
  }

  leave(stretch: Stretch): void {
    this.#running.delete(stretch)
    this.#tell()
  }

  /** There is no next one: resolves when the rest was looked at. */
  end(): Promise<void> {
    return this.#passing.upTo(Number.POSITIVE_INFINITY, this.#come)
  }

  readonly #come = (to: number): void => {
    this.#next = to
    this.#tell()
  }

  #tell(): void {
    let first = this.#next
    for (const { from } of this.#running) first = Math.min(first, this.#selection.from(from))
    this.#file?.pass(first)
  }
}
