/**
 * Hosts that cannot be reached: after a while they are not asked for each of their files any more, but once a minute, until
 * they answer again. Pure: is told outcomes and the time.
 */

interface Unanswered {
  /** Addresses in a row that found no connection. */
  count: number
  readonly sinceMs: number
  askedMs: number
}

/** So many, for so long: a short outage is none. */
const silentAfter = 16
const silentMs = 60_000

export class Silence {
  readonly #hosts = new Map<string, Unanswered>()
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  /** Whether to leave the host alone now. Who is told not to asks for all. */
  isSilent(host: string): boolean {
    const unanswered = this.#hosts.get(host)
    const now = this.#now()
    if (!unanswered || unanswered.count < silentAfter || now - unanswered.sinceMs < silentMs) return false
    if (now - unanswered.askedMs < silentMs) return true
    unanswered.askedMs = now
    return false
  }

  answered(host: string): void {
    this.#hosts.delete(host)
  }

  unanswered(host: string): void {
    const now = this.#now()
    const before = this.#hosts.get(host) ?? { count: 0, sinceMs: now, askedMs: now }
    before.count += 1
    this.#hosts.set(host, before)
  }
}
