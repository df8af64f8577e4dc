/** Up to where nothing of a growing archive is needed any more, while several stretches of it are unpacked at once. */

import type { GrowingFile } from '../../model/growing-file.ts'
import type { Stretch } from './protocol.ts'
import type { Selection } from './selection.ts'

export class Front {
  readonly #selection: Selection
  readonly #file: GrowingFile | undefined
  readonly #running = new Set<Stretch>()
  #next = 0

  constructor(selection: Selection, file: GrowingFile | undefined) {
    this.#selection = selection
    this.#file = file
  }

  /** The next one; resolves when its bytes are there. */
  async reach(stretch: Stretch): Promise<void> {
    this.#next = this.#selection.from(stretch.from)
    this.#tell()
    await this.#file?.need(this.#next, this.#selection.to(stretch.to - 1))
  }

  begin(stretch: Stretch): void {
    this.#running.add(stretch)
  }

  end(stretch: Stretch): void {
    this.#running.delete(stretch)
    this.#tell()
  }

  #tell(): void {
    let first = this.#next
    for (const { from } of this.#running) first = Math.min(first, this.#selection.from(from))
    this.#file?.pass(first)
  }
}
