/** The list of what is left out of a result: the image that is missing and the number of its record, one a line. */

import { createHash } from 'node:crypto'
import { appendFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { makeFolder } from '../../lib/io/disk.ts'
import type { Workbench } from '../../lib/model/task.ts'

/** Bytes that are gathered before they are written. */
const held = 1 << 16

export class DroppedList {
  readonly #name: string
  readonly #bench: Pick<Workbench, 'staging' | 'wrote' | 'record'>
  readonly #hash = createHash('sha256')
  #rows = ''
  #bytes = 0
  /** Records that are left out. */
  count = 0

  /** `name`: in the result. */
  constructor(name: string, bench: Pick<Workbench, 'staging' | 'wrote' | 'record'>) {
    this.#name = name
    this.#bench = bench
    makeFolder(dirname(join(bench.staging, name)))
  }

  /** A tab stands between the two; what would break a line is written as in JSON. */
  add(record: number, images: readonly string[]): void {
    this.count += 1
    for (const image of images) this.#rows += `${record}\t${JSON.stringify(image).slice(1, -1)}\n`
    if (this.#rows.length > held) this.#flush()
  }

  end(): void {
    this.#flush()
    this.#bench.record(this.#name, this.#bytes, this.#hash.digest('hex'))
  }

  #flush(): void {
    const bytes = Buffer.from(this.#rows)
    appendFileSync(join(this.#bench.staging, this.#name), bytes)
    this.#hash.update(bytes)
    this.#bytes += bytes.length
    this.#bench.wrote(bytes.length)
    this.#rows = ''
  }
}
