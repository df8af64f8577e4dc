/**
 * Gets each file of the list: from what came before where it still lies there, else from its address. Remembers each outcome
 * in the ledger as soon as it is known, so that whoever comes after a kill goes on there. Knows no allowance and no archive.
 */

import { setMaxListeners } from 'node:events'
import { join } from 'node:path'
import { sha256OfFile } from '../../lib/io/digest.ts'
import { look, makeFolder, remove } from '../../lib/io/disk.ts'
import type { Patience } from '../../lib/io/http.ts'
import type { Workbench } from '../../lib/model/task.ts'
import type { Entry } from './entries.ts'
import { isTransient, keptMs } from './failure.ts'
import { Fetcher } from './fetch.ts'
import { type Hash64, isSame } from './hashes.ts'
import type { Ledger } from './ledger.ts'
import { Feed, type List, originOf } from './list.ts'

/** Connections over all hosts. */
const lanes = 128

export interface Collected {
  /** Files that are part of the result. */
  held: number
  /** Not asked for, because nobody may be asked. */
  unasked: number
}

export class Collector {
  readonly collected: Collected = { held: 0, unasked: 0 }
  readonly #bench: Workbench
  readonly #ledger: Ledger
  readonly #fetcher: Fetcher
  readonly #now: () => number
  readonly #coming: string
  readonly #total: number
  #done = 0
  #serial = 0

  constructor(bench: Workbench, ledger: Ledger, total: number, patience: Patience, now: () => number) {
    this.#bench = bench
    this.#ledger = ledger
    this.#total = total
    this.#now = now
    this.#fetcher = new Fetcher(bench, patience, now)
    this.#coming = join(bench.shelf, 'coming')
  }

  /** Resolves, or throws the first failure, when nothing is fetched any more. */
  async collect(list: List): Promise<Collected> {
    remove(this.#coming)
    makeFolder(this.#coming)
    const failure = new AbortController()
    const signal = AbortSignal.any([this.#bench.signal, failure.signal])
    // Every request listens to it.
    setMaxListeners(0, signal)
    const feed = new Feed(list)
    const lane = async (): Promise<void> => {
      for (let entry = await feed.next(); entry; entry = await feed.next()) {
        signal.throwIfAborted()
        await this.#take(entry, signal)
      }
    }
    const stopAll = (error: unknown): void => failure.abort(error)
    try {
      await Promise.all(Array.from({ length: Math.min(lanes, this.#total) }, () => lane().catch(stopAll)))
      signal.throwIfAborted()
    } finally {
      await feed.close()
      remove(this.#coming)
    }
    return this.collected
  }

  async #take(entry: Entry, signal: AbortSignal): Promise<void> {
    if (entry.name.form === 'good') {
      const { path } = entry.name
      const { rows } = this.#ledger
      const row = this.#ledger.row(path)
      // The same line again.
      if (rows.is(row, 'decided')) return
      rows.mark(row, 'decided')
      await this.#get(entry, row, path, signal)
    }
    this.#done += 1
    this.#bench.progress(this.#done, this.#total, 'files')
  }

  async #get(entry: Entry, row: number, path: string, signal: AbortSignal): Promise<void> {
    const { rows } = this.#ledger
    const { url, key, address = '' } = entry
    const from = originOf(entry)
    const cameFromThere = rows.is(row, 'came') && isSame(rows.cameFrom.get(row), from)
    if (cameFromThere && (await this.#hold(row, path))) return
    const asks = url !== undefined && !this.#isSettled(row, from)
    const { offline } = this.#bench
    if (asks && !offline && (await this.#fetch(url, { key, address, from }, row, path, signal))) return
    // What an archive gave instead.
    if (rows.is(row, 'filled') && (await this.#hold(row, path))) return
    if (asks && offline) this.collected.unasked += 1
  }

  /** It failed, and is not asked again for now. */
  #isSettled(row: number, from: Hash64): boolean {
    const { rows } = this.#ledger
    if (!rows.is(row, 'failed') || !isSame(rows.failedAt.get(row), from)) return false
    const failure = rows.failureOf(row)
    const { began, forced } = this.#bench
    if (failure.when >= began) return true
    return !forced && !isTransient(failure) && this.#now() - failure.when <= keptMs
  }

  async #fetch(
    url: URL,
    about: { readonly key: string; readonly address: string; readonly from: Hash64 },
    row: number,
    path: string,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { staging } = this.#bench
    const coming = join(this.#coming, String((this.#serial += 1)))
    const outcome = await this.#fetcher.fetch({ url, path, goal: join(staging, path), coming }, signal)
    if (outcome.state === 'failed') {
      this.#ledger.failed(row, path, { ...about, tries: outcome.tries }, outcome.failure)
      return false
    }
    const { bytes, sha256 } = outcome
    this.#ledger.came(row, path, about.from, bytes, sha256)
    this.#bench.fetched()
    this.#holdStaged(row, path)
    return true
  }

  /** Whether the file of a row still lies somewhere as it came; then it is part of the result. */
  async #hold(row: number, path: string): Promise<boolean> {
    const { rows } = this.#ledger
    const { staging, final, intact } = this.#bench
    const wanted = rows.fileOf(row)
    const i = intact?.find(path) ?? -1
    if (intact !== undefined && i >= 0 && intact.sha256(i) === wanted.sha256) {
      this.#bench.keep(path)
      this.#mark(row)
      return true
    }
    const staged = join(staging, path)
    if (isFileOf(staged, wanted.bytes)) {
      if (!rows.is(row, 'doubtful') || (await sha256OfFile(staged)).sha256 === wanted.sha256) {
        this.#holdStaged(row, path)
        return true
      }
      remove(staged)
    }
    // Placed by a build that was ended before it could record that.
    const placed = join(final, path)
    if (!isFileOf(placed, wanted.bytes) || (await sha256OfFile(placed)).sha256 !== wanted.sha256) return false
    this.#bench.keep(path, wanted)
    this.#mark(row)
    return true
  }

  #holdStaged(row: number, path: string): void {
    const { bytes, sha256 } = this.#ledger.rows.fileOf(row)
    this.#bench.record(path, bytes, sha256)
    this.#ledger.rows.mark(row, 'staged')
    this.#mark(row)
  }

  #mark(row: number): void {
    this.#ledger.rows.mark(row, 'held')
    this.collected.held += 1
  }
}

function isFileOf(path: string, bytes: number): boolean {
  const stats = look(path)
  return stats?.isFile() === true && stats.size === bytes
}
