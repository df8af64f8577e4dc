/** The list of one task, entry after entry, as often as it is asked for. */

import { formatOfName, type ListFormat } from '../../lib/io/list/formats.ts'
import { checkList, recordsOf } from '../../lib/io/list.ts'
import { identityOf } from '../../lib/model/address.ts'
import type { UrlsParams } from '../../lib/model/params.ts'
import { type Diagnostic, Problem, withContext } from '../../lib/model/problem.ts'
import type { Input, Workbench } from '../../lib/model/task.ts'
import { type Entry, entryOf } from './entries.ts'
import { type Hash64, hashOf } from './hashes.ts'

export class List {
  readonly name: string
  readonly #path: string
  readonly #format: ListFormat
  readonly #params: UrlsParams
  readonly #signal: AbortSignal

  private constructor(params: UrlsParams, bench: Workbench) {
    this.name = params.listName
    this.#path = (bench.inputs[0] as Input).path
    this.#format = params.format ?? formatOfName(params.listName) ?? 'text'
    this.#params = params
    this.#signal = bench.signal
  }

  /** Throws `invalid-json` and `bad-list`. */
  static async open(params: UrlsParams, bench: Workbench): Promise<List> {
    const list = new List(params, bench)
    await checkList(list.#path, list.#format, list.name).catch(saying)
    return list
  }

  /** Many at once, in order. */
  async *entries(): AsyncGenerator<readonly Entry[]> {
    const records = recordsOf(this.#path, this.#format, this.name)
    try {
      for await (const many of records) {
        this.#signal.throwIfAborted()
        yield many.map(record => entryOf(record, this.#params))
      }
    } catch (error) {
      saying(error)
    }
  }
}

function saying(error: unknown): never {
  if (!(error instanceof Problem)) throw error
  const [first, ...rest] = withContext(error, { disk: 'No address was asked.' }).diagnostics as [Diagnostic]
  const next = 'tell the publisher, or mend a copy and name that.'
  throw new Problem(first.code === 'invalid-json' ? { ...first, next } : first, ...rest)
}

/** One number for all ways to write an address, without what is signed anew each day. */
export function originOf({ url, address = '' }: Entry): Hash64 {
  if (url === undefined) return hashOf(address)
  if (url.search === '' && url.username === '' && url.hash === '') return hashOf(url.href)
  return hashOf(identityOf({ scheme: 'http', url: url.href, host: url.hostname, fileName: '' }))
}

/** Entries for many who take one at a time. */
export class Feed {
  readonly #entries: AsyncGenerator<readonly Entry[]>
  #batch: readonly Entry[] = []
  #at = 0
  #ended = false
  #pending: Promise<void> | undefined

  constructor(list: List) {
    this.#entries = list.entries()
  }

  /** Undefined after the last. */
  async next(): Promise<Entry | undefined> {
    for (;;) {
      const entry = this.#batch[this.#at]
      if (entry !== undefined) {
        this.#at += 1
        return entry
      }
      if (this.#ended) return undefined
      this.#pending ??= this.#pull()
      await this.#pending
    }
  }

  /** Whoever leaves early closes the file. */
  async close(): Promise<void> {
    await this.#entries.return(undefined)
  }

  async #pull(): Promise<void> {
    const { done, value } = await this.#entries.next()
    this.#pending = undefined
    this.#ended = done === true
    this.#batch = done === true ? [] : value
    this.#at = 0
  }
}
