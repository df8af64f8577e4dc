/** One address, asked until it gives its file, or it is clear that it will not now. Knows no list and no ledger. */

import { type Answer, get, type Patience } from '../../lib/io/http.ts'
import { Problem } from '../../lib/model/problem.ts'
import type { Workbench } from '../../lib/model/task.ts'
import { askedPauseMs, backoffMs, readLength, sniffedBytes } from '../download/rules.ts'
import { flawOf } from './content.ts'
import { type Failure, type FailureClass, isTransient } from './failure.ts'
import { Incoming } from './incoming.ts'
import { Silence } from './silence.ts'

export type Outcome =
  | { readonly state: 'came'; readonly bytes: number; readonly sha256: string }
  | { readonly state: 'failed'; readonly failure: Failure; readonly tries: number }

export interface Wanted {
  readonly url: URL
  /** Below the target. */
  readonly path: string
  /** Absolute: where the whole file belongs, and where it lies until then. */
  readonly goal: string
  readonly coming: string
}

const mostTries = 4
/** One file of a list: a host that sends for ever must not fill the disk. */
const mostBytes = 1 << 30
/** A whole host is not left alone for longer because of one of its files. */
const longestRestMs = 60_000
/** Of a refusal. */
const pageBytes = 65_536

const classOfProblem: Readonly<Record<string, FailureClass>> = {
  'connection-failed': 'connection',
  'connection-cut': 'cut',
  stalled: 'stalled',
  'bad-redirect': 'bad-redirect',
}

export class Fetcher {
  readonly #bench: Workbench
  readonly #patience: Patience
  readonly #silence: Silence

  constructor(bench: Workbench, patience: Patience, now: () => number) {
    this.#bench = bench
    this.#patience = patience
    this.#silence = new Silence(now)
  }

  async fetch(wanted: Wanted, signal: AbortSignal): Promise<Outcome> {
    const { hostname } = wanted.url
    for (let tries = 1; ; tries += 1) {
      signal.throwIfAborted()
      if (this.#silence.isSilent(hostname))
        return { state: 'failed', failure: { class: 'connection', status: 0 }, tries: tries - 1 }
      const outcome = await this.#attempt(wanted, signal)
      if (outcome.state === 'came') {
        this.#silence.answered(hostname)
        return outcome
      }
      const { failure, pauseMs } = outcome
      if (failure.class !== 'connection') this.#silence.answered(hostname)
      if (!isTransient(failure) || tries === mostTries) {
        if (failure.class === 'connection') this.#silence.unanswered(hostname)
        return { state: 'failed', failure, tries }
      }
      if (pauseMs === undefined) await this.#bench.pause(backoffMs(tries, Math.random()))
    }
  }

  #attempt(wanted: Wanted, signal: AbortSignal): Promise<Attempt> {
    const { hostname, href } = wanted.url
    const bench = this.#bench
    const host = bench.host(hostname)
    return host.connectForMany(async () => {
      try {
        const onRequest = (): void => bench.requested()
        const { headersOf } = bench
        const answer = await get(
          { url: href, isNamed: false, from: 0, signal, headersOf, onRequest },
          this.#patience,
        )
        try {
          if (answer.status === 200) return await this.#receive(wanted, answer)
          await readOut(answer)
          return this.#refused(hostname, answer)
        } finally {
          answer.close()
        }
      } catch (error) {
        const kind = error instanceof Problem ? classOfProblem[error.code] : undefined
        if (kind === undefined) throw error
        return failed(kind)
      }
    })
  }

  /** What the host asks for holds for everybody who wants something from it. */
  #refused(hostname: string, { status, headers }: Answer): Attempt {
    const failure: Failure = { class: 'status', status }
    if (!isTransient(failure)) return { state: 'failed', failure, pauseMs: undefined }
    const host = this.#bench.host(hostname)
    const pauseMs = askedPauseMs(headers, Date.now())
    if (pauseMs !== undefined) host.rest(Math.min(pauseMs, longestRestMs))
    if (status === 429) host.crowded()
    return { state: 'failed', failure, pauseMs }
  }

  async #receive({ url, path, goal, coming }: Wanted, answer: Answer): Promise<Attempt> {
    const bench = this.#bench
    const host = bench.host(url.hostname)
    const contentType = answer.headers['content-type']
    if ((readLength(answer.headers) ?? 0) > mostBytes) return failed('too-large')
    const incoming = new Incoming(coming)
    try {
      let judged = false
      for await (const piece of answer.body) {
        await host.ration(piece.length)
        bench.received(piece.length)
        incoming.add(piece)
        if (incoming.bytes > mostBytes) return failed('too-large')
        // What is wrong from its beginning on need not be read to its end.
        if (judged || incoming.bytes < sniffedBytes) continue
        judged = true
        const { head } = incoming
        const flaw = flawOf(path, { bytes: Number.POSITIVE_INFINITY, head, contentType })
        if (flaw !== undefined) return failed(flaw)
      }
      const { bytes, head } = incoming
      if (bytes < (readLength(answer.headers) ?? 0)) return failed('cut')
      const flaw = flawOf(path, { bytes, head, contentType })
      if (flaw !== undefined) return failed(flaw)
      return { state: 'came', bytes, sha256: incoming.finish(goal) }
    } finally {
      incoming.drop()
    }
  }
}

/** A short page about what is not there is read to its end: a connection that is left early cannot be used again. */
async function readOut({ body, headers }: Answer): Promise<void> {
  if ((readLength(headers) ?? Number.POSITIVE_INFINITY) > pageBytes) return
  try {
    for await (const _ of body);
  } catch (error) {
    if (!(error instanceof Problem)) throw error
  }
}

type Attempt =
  | { readonly state: 'came'; readonly bytes: number; readonly sha256: string }
  /** `pauseMs`: what the host asked for, and will be waited for at its door; undefined leaves it to us. */
  | { readonly state: 'failed'; readonly failure: Failure; readonly pauseMs: number | undefined }

const failed = (kind: FailureClass): Attempt => ({
  state: 'failed',
  failure: { class: kind, status: 0 },
  pauseMs: undefined,
})
