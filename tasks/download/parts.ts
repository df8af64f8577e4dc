/**
 * The addresses that a file is published in, fetched one behind the other into one file: in their order, but what
 * somebody waits for in a later part comes first. Knows no digest.
 *
 * The size of a part is known when it has come, or beforehand, where somebody who reads asked for the size of the whole
 * and the hosts told it. What they told wrongly costs the parts behind it, which are fetched again. Where somebody reads, a
 * part that its host does not have ends the rest: it would be missing when everything else had come.
 */

import { Problem } from '../../lib/model/problem.ts'
import type { Fetch } from './fetch.ts'
import { sizeAt } from './inquire.ts'
import { copyInto, regularFile, sizeOfLocal } from './local.ts'
import { type Arrived, type Bytes, Elsewhere } from './position.ts'
import type { Source } from './sources.ts'
import { transfer } from './transfer.ts'

/** What somebody waits for in a part whose turn has not come. */
interface Wished {
  readonly part: number
  readonly ahead: Bytes
}

/** Who reads may ask for something out of its turn so often: to begin anew each time has to come to an end. */
const mostTimesAhead = 8

/** In the order of the sources. */
export async function fetchParts(sources: readonly Source[], fetch: Fetch): Promise<readonly Arrived[]> {
  const parts = new Parts(sources, fetch)
  const { growing } = fetch.part
  const unhear = growing.onAsked(() => parts.tellSize())
  const unheed = growing.heed(() => parts.heed())
  parts.heed()
  try {
    return await parts.all()
  } finally {
    unhear()
    unheed()
    await parts.close()
  }
}

class Parts {
  readonly #sources: readonly Source[]
  readonly #fetch: Fetch
  readonly #sizes: (number | undefined)[]
  readonly #arrived: (Arrived | undefined)[]
  /** How often something of each part was fetched ahead of its turn. */
  readonly #timesAhead: number[]
  readonly #closed = new AbortController()
  /** With the Problem of a part that its host does not have. */
  readonly #missing = new AbortController()
  #asking: Promise<void> | undefined

  constructor(sources: readonly Source[], fetch: Fetch) {
    const { bench } = fetch
    this.#sources = sources
    this.#fetch = {
      ...fetch,
      bench: { ...bench, signal: AbortSignal.any([bench.signal, this.#missing.signal]) },
    }
    this.#sizes = sources.map(() => undefined)
    this.#arrived = sources.map(() => undefined)
    this.#timesAhead = sources.map(() => 0)
  }

  async all(): Promise<readonly Arrived[]> {
    if (this.#sources.length > 1)
      for (const source of this.#sources) if (source.form === 'local') await regularFile(source)
    for (;;) {
      this.#missing.signal.throwIfAborted()
      const wished = this.#firstWished(this.#fetch.part.growing.wishes)
      const next = this.#arrived.indexOf(undefined)
      if (next === -1) return this.#arrived.filter(arrived => arrived !== undefined)
      if (wished) await this.#fetchAhead(wished)
      else await this.#fetchOne(next)
    }
  }

  /** Asks for it where nobody knows it yet. */
  tellSize(): void {
    if (this.#measure() || this.#sources.length === 1) return
    this.#asking ??= this.#askSizes()
  }

  /** Whoever reads would wait for all parts. */
  heed(): void {
    if (this.#asking === undefined && this.#fetch.part.growing.isRead !== undefined) this.tellSize()
  }

  /** Nothing is asked any more when it resolves. */
  async close(): Promise<void> {
    this.#closed.abort()
    await this.#asking
  }

  async #fetchOne(i: number, ahead?: Bytes): Promise<void> {
    const source = this.#sources[i] as Source
    const at = this.#startOf(i)
    if (at === undefined) throw new Error(`nobody knows where part ${i + 1} begins`)
    const onTotal = (total: number): void => this.#learn(i, total)
    const isElsewhere = (wish: Bytes): boolean =>
      ahead === undefined && !this.#missingIn(i, wish) && this.#firstWished([wish]) !== undefined
    const arrived =
      source.form === 'web'
        ? await transfer(source, this.#fetchOf(source), { at, ahead, onTotal, isElsewhere }).catch(
            unlessElsewhere,
          )
        : await copyInto(source, this.#fetchOf(source), at)
    if (arrived) await this.#settle(i, at, arrived)
  }

  /** What is said of a part names that part. */
  #fetchOf({ fileName }: Source): Fetch {
    if (this.#sources.length === 1) return this.#fetch
    return { ...this.#fetch, params: { ...this.#fetch.params, fileName } }
  }

  /** Who cannot be asked now is asked again in its turn, and says then why. */
  async #fetchAhead({ part, ahead }: Wished): Promise<void> {
    this.#timesAhead[part] = (this.#timesAhead[part] ?? 0) + 1
    try {
      await this.#fetchOne(part, ahead)
    } catch (error) {
      if (!(error instanceof Problem)) throw error
    }
  }

  async #settle(i: number, at: number, arrived: Arrived): Promise<void> {
    const { part } = this.#fetch
    if (!this.#isMissing(at, arrived.bytes)) this.#arrived[i] = arrived
    if (this.#sizes[i] !== undefined && this.#sizes[i] !== arrived.bytes) {
      // All behind it was put where it does not belong.
      this.#sizes.fill(undefined, i + 1)
      this.#arrived.fill(undefined, i + 1)
      await part.empty(at + arrived.bytes)
    }
    this.#sizes[i] = arrived.bytes
    await this.#forgetMisplaced()
    for (const [j, size] of this.#sizes.entries())
      if (this.#arrived[j] && this.#isMissing(this.#startOf(j), size)) this.#arrived[j] = undefined
    this.#measure()
  }

  /** What an earlier run put where no part begins: it was told other sizes. */
  async #forgetMisplaced(): Promise<void> {
    const starts = this.#sizes.map((_, i) => this.#startOf(i))
    if (starts.includes(undefined)) return
    const misplaced = this.#fetch.part.starts.filter(at => !starts.includes(at))
    if (misplaced.length > 0) await this.#fetch.part.empty(Math.min(...misplaced))
  }

  /** The first part that is yet to come and holds something that is wished. */
  #firstWished(wishes: readonly Bytes[]): Wished | undefined {
    for (const part of this.#sources.keys()) {
      if (this.#arrived[part] || (this.#timesAhead[part] ?? 0) >= mostTimesAhead) continue
      for (const wish of wishes) {
        const ahead = this.#missingIn(part, wish)
        if (ahead) return { part, ahead }
      }
    }
    return undefined
  }

  /** What of it lies in a part and is missing. */
  #missingIn(i: number, wish: Bytes): Bytes | undefined {
    const start = this.#startOf(i)
    const size = this.#sizes[i]
    if (start === undefined || size === undefined) return undefined
    const [from, to] = [Math.max(wish.from, start), Math.min(wish.to, start + size)]
    return this.#isMissing(from, to - from) ? { from, to } : undefined
  }

  #isMissing(from: number | undefined, bytes: number | undefined): boolean {
    if (from === undefined || bytes === undefined) return false
    return this.#fetch.part.gaps(from, from + bytes).bytes() > 0
  }

  #startOf(i: number): number | undefined {
    const before = this.#sizes.slice(0, i)
    return before.includes(undefined) ? undefined : (before as number[]).reduce((sum, size) => sum + size, 0)
  }

  #learn(i: number, total: number): void {
    this.#sizes[i] ??= total
    this.#measure()
  }

  /** Whether the size of the whole is known. */
  #measure(): boolean {
    if (this.#sizes.includes(undefined)) return false
    const sizes = [...(this.#sizes as number[])]
    const bytes = sizes.reduce((sum, size) => sum + size, 0)
    this.#fetch.part.growing.measure(bytes, sizes.length > 1 ? sizes : undefined)
    return true
  }

  /** A small request for each part, beside the one that is being fetched. */
  async #askSizes(): Promise<void> {
    const { bench } = this.#fetch
    const signal = AbortSignal.any([bench.signal, this.#closed.signal])
    const told = await Promise.allSettled(this.#sources.map((_, i) => this.#sizeOf(i, signal)))
    if (signal.aborted) return
    const missing = told.flatMap(answer => (answer.status === 'rejected' ? [answer.reason as unknown] : []))
    if (missing[0] instanceof Problem) return this.#missing.abort(missing[0])
    for (const [i, answer] of told.entries())
      if (answer.status === 'fulfilled') this.#sizes[i] ??= answer.value
    this.#measure()
  }

  async #sizeOf(i: number, signal: AbortSignal): Promise<number | undefined> {
    const source = this.#sources[i] as Source
    const { params, patience, bench } = this.#fetchOf(source)
    if (this.#sizes[i] !== undefined) return this.#sizes[i]
    return source.form === 'web'
      ? sizeAt(params, source, { ...bench, signal }, patience)
      : sizeOfLocal(source)
  }
}

function unlessElsewhere(error: unknown): undefined {
  if (!(error instanceof Elsewhere)) throw error
}
