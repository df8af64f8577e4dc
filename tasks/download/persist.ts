/**
 * How one address is asked again and again, as long as that brings something: for who fetches a whole file, and for who
 * fetches pieces of one. Knows no meaning of an answer.
 */

import type { Answer } from '../../lib/io/http.ts'
import type { Host } from '../../lib/model/host.ts'
import { Crew, type CrewWork, type Setback } from './crew.ts'
import type { Asking, Fetch } from './fetch.ts'
import * as problems from './problems.ts'
import {
  backoffMs,
  exhaustedForMs,
  longestWaitBesideOthersMs,
  longestWaitMs,
  mostTries,
  silentWaitMs,
} from './rules.ts'
import type { WebSource } from './sources.ts'

/**
 * Rounds until one ends without a setback. A try that got further than any before it begins the count anew: a slow host
 * that cuts each hour ends up done. Throws what ends the address.
 */
export async function persist(
  source: WebSource,
  fetch: Fetch<Asking>,
  round: () => Promise<Setback | undefined>,
): Promise<void> {
  const { part } = fetch
  let furthest = part.length
  for (let failures = 0; ; ) {
    const setback = await round()
    if (!setback) return
    failures = part.length > furthest ? 1 : failures + 1
    furthest = Math.max(furthest, part.length)
    if (failures === mostTries) throw problems.tried(setback.problem, mostTries)
    await wait(source, fetch, setback, failures)
  }
}

async function wait(
  source: WebSource,
  { bench, hasOthers }: Fetch<Asking>,
  { problem, pauseMs }: Setback,
  failures: number,
): Promise<void> {
  const longest = hasOthers ? longestWaitBesideOthersMs : longestWaitMs
  if (pauseMs !== undefined && pauseMs > longest) throw problems.asksToWait(problem, pauseMs)
  if (pauseMs !== undefined && pauseMs > silentWaitMs) bench.tell(problems.waiting(source, problem, pauseMs))
  await bench.pause(pauseMs ?? backoffMs(failures, Math.random()))
}

/** The connections of one round. */
export function crewOf(work: CrewWork, source: WebSource, host: Host, fetch: Fetch<Asking>): Crew {
  const { bench, tuning, part, hasOthers } = fetch
  const { floorBytesPerSecond } = host.budget
  return new Crew(work, {
    host,
    tuning,
    signal: bench.signal,
    mostClaimBytes: () => part.claimBytes(host.connections),
    ...(floorBytesPerSecond !== undefined &&
      hasOthers &&
      !host.isRationed && {
        floor: {
          bytesPerSecond: floorBytesPerSecond,
          problem: rate => problems.tooSlow(source, rate, floorBytesPerSecond),
        },
      }),
  })
}

/** The host says that this was the last request for a while. */
export function restIfExhausted(host: Host, { headers }: Answer): void {
  const restMs = exhaustedForMs(headers, Date.now())
  if (restMs !== undefined) host.rest(restMs)
}
