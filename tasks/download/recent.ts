/**
 * What was written of a partial file and is not synced yet. A process that is killed loses nothing that the kernel has:
 * until the machine is started again those bytes are as good as synced ones. Knows no note.
 */

import { readFileSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { remove } from '../../lib/io/disk.ts'
import { thisMachine } from '../../lib/io/machine.ts'
import { type ByteRange, ByteRanges } from '../../lib/model/byte-ranges.ts'

/** Said again after so many bytes. */
const everyBytes = 2 << 20

export class Recent {
  readonly #file: string
  readonly #boot = thisMachine().boot
  #said = 0
  #saying: Promise<void> = Promise.resolve()
  #isBusy = false

  /** `folder`: of the partial file. */
  constructor(folder: string) {
    this.#file = join(folder, 'recent.json')
  }

  /** What an earlier process wrote, where the machine runs since then. */
  read(): ByteRanges {
    try {
      const { boot, written } = JSON.parse(readFileSync(this.#file, 'utf8')) as {
        readonly boot: string
        readonly written: readonly ByteRange[]
      }
      return new ByteRanges(boot === this.#boot && boot !== '' ? written : [])
    } catch {
      return new ByteRanges()
    }
  }

  /** `bytes` more were written. Who writes does not wait for it. */
  take(bytes: number, written: ByteRanges): void {
    this.#said += bytes
    if (this.#said < everyBytes || this.#isBusy || this.#boot === '') return
    this.#said = 0
    this.#isBusy = true
    const text = JSON.stringify({ boot: this.#boot, written })
    // What it would have saved is only time.
    this.#saying = this.#say(text)
      .catch(() => {})
      .finally(() => {
        this.#isBusy = false
      })
  }

  async forget(): Promise<void> {
    await this.#saying
    remove(this.#file)
  }

  settled(): Promise<void> {
    return this.#saying
  }

  async #say(text: string): Promise<void> {
    await writeFile(`${this.#file}.tmp`, text)
    await rename(`${this.#file}.tmp`, this.#file)
  }
}
