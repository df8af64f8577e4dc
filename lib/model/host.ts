/** A host that is asked for bytes, as a budget that all tasks of a run share. Types only. */

import type { HostBudget } from './spec.ts'

export interface Host {
  readonly name: string
  /** What the spec says of it. */
  readonly budget: HostBudget
  /** How many connections it is given at once now: the budget, or fewer after it showed that it has enough. */
  readonly connections: number
  /** We hold ourselves back, under a rate of its own or a total one: its slowness says nothing of the host. */
  readonly isRationed: boolean
  /** Runs `work` while holding one of its connections; waits for one, and for the end of a rest. */
  connect<T>(work: () => Promise<T>): Promise<T>
  /**
   * The same for one of very many small files, for which a host is given more: its budget, or 128 connections where neither
   * the spec nor experience sets one.
   */
  connectForMany<T>(work: () => Promise<T>): Promise<T>
  /** Resolves when `bytes` may be used under its rate and the total one. */
  ration(bytes: number): Promise<void>
  /** It asked to be left alone: nobody connects for so many milliseconds. */
  rest(milliseconds: number): void
  /** It had enough of us: half of the connections from now on, and some more again after each quiet minute. */
  crowded(): void
}

/**
 * Headers that a host is sent beside the usual ones, names in small letters: only that host, never one that it redirects
 * to. Throws a Problem where an environment variable is missing.
 */
export type HeadersOf = (host: string) => Readonly<Record<string, string>>
