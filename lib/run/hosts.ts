/**
 * The hosts of a run: connections, rates and rests that all its tasks share. Knows no request and no clock but the one
 * given.
 */

import type { Host } from '../model/host.ts'
import type { HostBudget } from '../model/spec.ts'
import { Pool, Rate } from './pools.ts'

export interface HostsOptions {
  readonly budgets: Readonly<Record<string, HostBudget>>
  /** For all hosts together. */
  readonly rateBytesPerSecond: number | undefined
  /** In milliseconds. */
  readonly now?: () => number
  /** Resolves after so many milliseconds, or rejects when the run is cancelled. */
  readonly pause: (milliseconds: number) => Promise<void>
}

/** Hosts known to answer more connections with trouble. */
const connectionsByDefault: Readonly<Record<string, number>> = { 'drive.google.com': 1, 'huggingface.co': 8 }
const connectionsElsewhere = 4
/** For many small files, where the time goes by waiting for answers. */
const connectionsForMany = 128

/** After so long without trouble a crowded host is given an eighth of its connections back. */
const quietMs = 60_000
/** What is told of trouble within so long is the same trouble: requests that were on their way. */
const waveMs = 5_000

/** Each host of a run by its name; the same one for whoever asks. */
export function hostsOf(options: HostsOptions): (name: string) => Host {
  const total = options.rateBytesPerSecond === undefined ? [] : [rateOf(options.rateBytesPerSecond, options)]
  const hosts = new Map<string, Host>()
  return name => {
    const found = hosts.get(name) ?? new SharedHost(name, options, total)
    hosts.set(name, found)
    return found
  }
}

const rateOf = (bytesPerSecond: number, { now }: HostsOptions): Rate => new Rate(bytesPerSecond, now)

interface Connections {
  readonly pool: Pool
  readonly most: number
}

const connections = (most: number): Connections => ({ pool: new Pool(most), most })

class SharedHost implements Host {
  readonly name: string
  readonly budget: HostBudget
  readonly #few: Connections
  readonly #many: Connections
  readonly #rates: readonly Rate[]
  readonly #pause: HostsOptions['pause']
  readonly #now: () => number
  #restsUntilMs = 0
  #troubleAtMs = Number.NEGATIVE_INFINITY

  constructor(name: string, options: HostsOptions, total: readonly Rate[]) {
    const { budgets, now = () => performance.now(), pause } = options
    this.name = name
    this.budget = budgets[name] ?? {}
    const known = this.budget.connections ?? connectionsByDefault[name]
    this.#few = connections(known ?? connectionsElsewhere)
    this.#many = known === undefined ? connections(connectionsForMany) : this.#few
    const own = this.budget.rateBytesPerSecond
    this.#rates = own === undefined ? total : [rateOf(own, options), ...total]
    this.#pause = pause
    this.#now = now
  }

  get connections(): number {
    this.#recover()
    return this.#few.pool.size
  }

  get isRationed(): boolean {
    return this.#rates.length > 0
  }

  connect<T>(work: () => Promise<T>): Promise<T> {
    return this.#use(this.#few, work)
  }

  connectForMany<T>(work: () => Promise<T>): Promise<T> {
    return this.#use(this.#many, work)
  }

  async #use<T>({ pool }: Connections, work: () => Promise<T>): Promise<T> {
    this.#recover()
    return pool.use(async () => {
      for (let wait = this.#restLeftMs(); wait > 0; wait = this.#restLeftMs()) await this.#pause(wait)
      return work()
    })
  }

  async ration(bytes: number): Promise<void> {
    const wait = this.#rates.reduce((most, rate) => Math.max(most, rate.take(bytes)), 0)
    if (wait > 1) await this.#pause(wait)
  }

  rest(milliseconds: number): void {
    this.#restsUntilMs = Math.max(this.#restsUntilMs, this.#now() + milliseconds)
  }

  crowded(): void {
    if (this.#now() - this.#troubleAtMs < waveMs) return
    for (const { pool } of new Set([this.#few, this.#many]))
      pool.resize(Math.max(1, Math.floor(pool.size / 2)))
    this.#troubleAtMs = this.#now()
  }

  #restLeftMs = (): number => this.#restsUntilMs - this.#now()

  #recover(): void {
    const reduced = [...new Set([this.#few, this.#many])].filter(({ pool, most }) => pool.size < most)
    if (reduced.length === 0) return
    const quiet = Math.floor((this.#now() - this.#troubleAtMs) / quietMs)
    if (quiet === 0) return
    for (const { pool, most } of reduced) pool.resize(Math.min(most, pool.size + quiet * Math.ceil(most / 8)))
    this.#troubleAtMs += quiet * quietMs
  }
}
