/**
 * One request to one host, judged and poured into the partial file. Says whether the file is whole now, or whether the
 * same address is worth another try. Does not wait and does not know the other addresses.
 */

import type { IncomingHttpHeaders } from 'node:http'
import { type Answer, type Ask, get, type Patience } from '../../lib/io/http.ts'
import type { Code } from '../../lib/model/codes.ts'
import type { DownloadParams } from '../../lib/model/params.ts'
import { type Diagnostic, Problem } from '../../lib/model/problem.ts'
import type { Workbench } from '../../lib/model/task.ts'
import { checkAnnouncement, checkPage, checkWhole, watchForPage } from './checks.ts'
import type { Origin, PartialFile } from './partial.ts'
import * as problems from './problems.ts'
import { askedPauseMs, mostBytes, readContentRange, readLength, validatorOf } from './rules.ts'
import type { WebSource } from './sources.ts'

/** Anything that is thrown instead means that this address cannot help. */
export type Outcome =
  | { readonly state: 'whole'; readonly etag: string | undefined }
  /** `pauseMs`: what the host asked for; undefined leaves it to us. */
  | { readonly state: 'try-again'; readonly problem: Problem; readonly pauseMs: number | undefined }

/** What stays the same over all attempts of a run. */
export interface Fetch {
  readonly params: DownloadParams
  readonly part: PartialFile
  readonly bench: Workbench
  readonly patience: Patience
}

const transient: ReadonlySet<Code> = new Set(['connection-failed', 'connection-cut', 'stalled'])

export const attempt = (fetch: Fetch, source: WebSource): Promise<Outcome> =>
  fetch.bench.host(source.hostname).connect(async () => {
    const from = resumeAt(fetch, source)
    const { origin } = fetch.part
    const ifRange = origin?.identity === source.identity ? origin.validator : undefined
    const ask = (rest: Pick<Ask, 'url' | 'from' | 'ifRange'>): Promise<Answer> =>
      get(
        {
          ...rest,
          ...(source.authorization !== undefined && { authorization: source.authorization }),
          signal: fetch.bench.signal,
          headersOf: fetch.bench.headersOf,
          onRequest: () => fetch.bench.requested(),
        },
        fetch.patience,
      )
    try {
      const url = (await source.resolve?.(way => ask({ url: way, from: 0 }))) ?? source.url
      const answer = await ask({ url, from, ...(ifRange !== undefined && { ifRange }) })
      try {
        return await take(fetch, source, from, answer)
      } finally {
        answer.close()
      }
    } catch (error) {
      if (!(error instanceof Problem) || !transient.has(error.code)) throw error
      return { state: 'try-again', problem: error, pauseMs: undefined }
    }
  })

/** The first byte to ask for. Bytes are only put together when they are of one version, or when a digest will tell. */
export function resumeAt({ params, part }: Pick<Fetch, 'params' | 'part'>, source: WebSource): number {
  if (params.download.sha256 !== undefined || params.download.md5 !== undefined) return part.length
  const { origin } = part
  return origin?.identity === source.identity && origin.validator !== undefined ? part.length : 0
}

async function take(fetch: Fetch, source: WebSource, from: number, answer: Answer): Promise<Outcome> {
  const { params, part, bench } = fetch
  const { status, headers } = answer
  if (status === 200) {
    const origin = originOf(source, headers, readLength(headers))
    await checkPage(params, source, answer)
    checkAnnouncement(params, source, origin.total, answer.linked)
    if (from > 0) bench.tell(whyAnew(source, part, origin))
    await part.begin(origin)
    return pour(fetch, source, answer)
  }
  if (status === 206 && from > 0) return takeRest(fetch, source, from, answer)
  if (status === 416 && from > 0) return startAgain(fetch, source, 'status 416')
  if (status === 401 || status === 403) throw problems.unauthorized(params, source, answer)
  if (status === 404 || status === 410) throw problems.notFound(params, source, status)
  if (status === 429 || status >= 500 || status === 408) {
    const problem = status === 429 ? problems.rateLimited(source) : problems.serverError(source, status)
    return { state: 'try-again', problem, pauseMs: askedPauseMs(headers, Date.now()) }
  }
  throw problems.serverError(source, status)
}

async function takeRest(fetch: Fetch, source: WebSource, from: number, answer: Answer): Promise<Outcome> {
  const { params, part, bench } = fetch
  const range = readContentRange(answer.headers['content-range'])
  const was = part.origin
  const origin = originOf(source, answer.headers, range?.total ?? was?.total)
  if (range?.start !== from) {
    return startAgain(fetch, source, `Content-Range: ${answer.headers['content-range'] ?? 'absent'}`)
  }
  if (was && isAnother(was, origin)) {
    bench.tell(whyAnew(source, part, origin))
    return startAgain(fetch, source, 'another version of the file')
  }
  checkAnnouncement(params, source, origin.total, answer.linked)
  await part.continueFrom(origin)
  return pour(fetch, source, answer)
}

/** Bytes of a wrong file are not left for anybody to continue. */
async function pour(fetch: Fetch, source: WebSource, answer: Answer): Promise<Outcome> {
  try {
    await pourBody(fetch, source, answer)
    return await judgeWhole(fetch, source, answer)
  } catch (error) {
    if (error instanceof Problem && !transient.has(error.code)) await fetch.part.empty()
    throw error
  }
}

async function pourBody({ params, part, bench }: Fetch, source: WebSource, answer: Answer): Promise<void> {
  const { size } = params.download
  const total = part.origin?.total
  const refusePage = watchForPage(params, source, part.length)
  for await (const bytes of answer.body) {
    await bench.host(source.hostname).ration(bytes.length)
    bench.received(bytes.length)
    refusePage(bytes)
    const length = part.length + bytes.length
    if (total !== undefined && length > total) {
      throw problems.sizeUnlikeAnnounced(params, source, total, length)
    }
    if (size && length > mostBytes(size)) {
      throw problems.sizeMismatch(params, size, { bytes: length, from: `and more, from ${source.host}` })
    }
    await part.append(bytes)
    bench.progress(part.length, total ?? size?.bytes, 'bytes')
  }
  if (total !== undefined && part.length < total) throw problems.tooShort(source, part.length, total)
}

/** A wrong file that was put together from several answers proves nothing against the last one: asked again, whole. */
async function judgeWhole(fetch: Fetch, source: WebSource, answer: Answer): Promise<Outcome> {
  const { params, part, bench } = fetch
  try {
    checkWhole(params, source, { bytes: part.length, digests: part.digests() }, answer.linked)
    return { state: 'whole', etag: answer.headers.etag }
  } catch (error) {
    if (!(error instanceof Problem) || !part.mixed) throw error
    const message = `${params.fileName}, continued from an earlier part, is not the file that was wanted.`
    bench.tell(problems.startsAnew('digest-mismatch', message, part.length))
    await part.empty()
    return { state: 'try-again', problem: error, pauseMs: 0 }
  }
}

async function startAgain({ part }: Fetch, source: WebSource, found: string): Promise<Outcome> {
  await part.empty()
  return { state: 'try-again', problem: problems.unfitRange(source, found), pauseMs: 0 }
}

function originOf(source: WebSource, headers: IncomingHttpHeaders, total: number | undefined): Origin {
  const validator = validatorOf(headers)
  return {
    identity: source.identity,
    ...(validator !== undefined && { validator }),
    ...(total !== undefined && { total }),
  }
}

/** Whether the bytes to come are of another file than those that are there. An answer may leave its validator out. */
function isAnother(was: Origin, now: Origin): boolean {
  if (was.total !== undefined && was.total !== now.total) return true
  return was.identity === now.identity && now.validator !== undefined && was.validator !== now.validator
}

function whyAnew(source: WebSource, part: PartialFile, now: Origin): Diagnostic {
  return part.origin && isAnother(part.origin, now)
    ? problems.startsAnew(
        'source-changed',
        `${source.host} has another version of the file by now.`,
        part.length,
      )
    : problems.startsAnew(
        'range-ignored',
        `${source.host} cannot continue a file in its middle.`,
        part.length,
      )
}
