/** Long work on this thread in short turns, so that everything else goes on meanwhile. Knows no work. */

import { setImmediate } from 'node:timers/promises'

const turnMs = 20

export class Turns {
  #until = performance.now() + turnMs

  /** Asked between two steps; then `next` lets everybody else have theirs. No promise is made where it is not over. */
  get isOver(): boolean {
    return performance.now() >= this.#until
  }

  async next(): Promise<void> {
    await setImmediate()
    this.#until = performance.now() + turnMs
  }
}
