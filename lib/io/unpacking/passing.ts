/**
 * Looks at entries that nobody unpacks (folders, mostly) when everything before them was unpacked: what they say of
 * themselves and what is behind them. Reads no content, and knows nothing of threads.
 */

import type { GrowingFile } from '../../model/growing-file.ts'
import { passBy } from '../zip/content.ts'
import { inItsTurn, overHandle, type RandomAccess } from '../zip/random-access.ts'
import type { Selection } from './selection.ts'

interface Bystanders {
  readonly selection: Selection
  /** Indexes in the directory, front to back. */
  readonly passedBy?: Uint32Array | undefined
  readonly handle: number
  readonly growing?: GrowingFile | undefined
}

export class Passing {
  readonly #selection: Selection
  readonly #entries: Uint32Array
  readonly #archive: RandomAccess
  #next = 0

  constructor({ selection, passedBy = new Uint32Array(0), handle, growing }: Bystanders) {
    const file = overHandle(handle, selection.directory.archive)
    this.#selection = selection
    this.#entries = passedBy
    this.#archive = growing ? inItsTurn(growing, file) : file
    // Before the first that is not there yet an earlier attempt has looked, and what it read may have been given back.
    this.#skip(this.#firstToDo())
  }

  /** Looks at those that begin before that place in the archive, when they are there. `onNext`: where each begins. */
  async upTo(offset: number, onNext: (offset: number) => void): Promise<void> {
    const { directory } = this.#selection
    for (let i = this.#entries[this.#next]; i !== undefined; i = this.#entries[this.#next]) {
      const entry = directory.entry(i)
      if (entry.headerOffset >= offset) return
      onNext(entry.headerOffset)
      await passBy(this.#archive, entry)
      this.#next += 1
    }
  }

  #firstToDo(): number {
    const selection = this.#selection
    if (selection.columns.done.indexOf(1) < 0) return 0
    const first = selection.columns.done.indexOf(0)
    return first < 0 ? Number.POSITIVE_INFINITY : selection.from(first)
  }

  #skip(offset: number): void {
    const { headerOffset } = this.#selection.directory.columns
    const next = this.#entries.findIndex(i => (headerOffset[i] as number) >= offset)
    this.#next = next < 0 ? this.#entries.length : next
  }
}
