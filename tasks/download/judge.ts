/**
 * What an answer means: bytes that fit, another version of the file, no ranges, a refusal. Reads no byte and decides
 * nothing about what is done next.
 */

import type { IncomingHttpHeaders } from 'node:http'
import type { Answer } from '../../lib/io/http.ts'
import type { Code } from '../../lib/model/codes.ts'
import type { DownloadParams } from '../../lib/model/params.ts'
import { Problem } from '../../lib/model/problem.ts'
import type { Origin } from './note.ts'
import * as problems from './problems.ts'
import { askedPauseMs, readContentRange, readLength, validatorOf } from './rules.ts'
import type { WebSource } from './sources.ts'

export type Judgement =
  /** The bytes that were asked for follow, up to `end` (within the file of the address; undefined: nobody knows). */
  | { readonly is: 'fit'; readonly origin: Origin; readonly end: number | undefined }
  /** The whole file follows, although its middle was asked for. */
  | { readonly is: 'whole-file'; readonly origin: Origin }
  /** What is there does not go with what this host has by now. */
  | { readonly is: 'unfit'; readonly origin: Origin | undefined; readonly found: string }
  | Refusal

export type Refusal =
  /** Worth another try. `pauseMs`: what the host asked for; undefined leaves it to us. */
  | {
      readonly is: 'try-again'
      readonly problem: Problem
      readonly pauseMs: number | undefined
      readonly crowded: boolean
    }
  /** This address cannot help. */
  | { readonly is: 'refused'; readonly problem: Problem }

/** Failures that say nothing against the bytes that came. */
const transient: ReadonlySet<Code> = new Set(['connection-failed', 'connection-cut', 'stalled'])

export const isTransient = (error: unknown): error is Problem =>
  error instanceof Problem && transient.has(error.code)

/** What came is of no use to anybody. */
export const isWrongFile = (error: unknown): boolean => error instanceof Problem && !isTransient(error)

export interface Asked {
  readonly params: DownloadParams
  readonly source: WebSource
  /** First byte that was asked for, within the file of the address. */
  readonly from: number
  /** Whether a range was asked for. */
  readonly isPart: boolean
  /** Of the bytes that are there. */
  readonly was: Origin | undefined
  /** Where the first byte of the address lies in the file. */
  readonly at: number
}

export function judgeAnswer(answer: Answer, asked: Asked): Judgement {
  const { status, headers } = answer
  if (status === 206 && asked.isPart) return judgePart(answer, asked)
  if (status === 200) {
    const origin = originOf(answer, asked, readLength(headers))
    // The first piece of several; for later ones the whole file is the answer that tells.
    if (asked.isPart && asked.from === 0 && asked.was && isAnother(asked.was, origin))
      return { is: 'unfit', origin, found: 'another version of the file' }
    return asked.from > 0 ? { is: 'whole-file', origin } : { is: 'fit', origin, end: origin.total }
  }
  if (status === 416 && asked.isPart) return { is: 'unfit', origin: undefined, found: 'status 416' }
  return judgeRefusal(answer, asked)
}

function judgePart(answer: Answer, asked: Asked): Judgement {
  const header = answer.headers['content-range']
  const range = readContentRange(header)
  const origin = originOf(answer, asked, range?.total ?? asked.was?.total)
  if (range?.start !== asked.from)
    return { is: 'unfit', origin: undefined, found: `Content-Range: ${header ?? 'absent'}` }
  if (asked.was && isAnother(asked.was, origin))
    return { is: 'unfit', origin, found: 'another version of the file' }
  return { is: 'fit', origin, end: range.end }
}

/** Of an answer that brings no byte of the file. */
export function judgeRefusal(answer: Answer, { params, source }: Pick<Asked, 'params' | 'source'>): Refusal {
  const { status, headers } = answer
  const refused = (problem: Problem): Refusal => ({ is: 'refused', problem })
  if (status === 401 || status === 403) return refused(problems.unauthorized(params, source, answer))
  if (status === 404 || status === 410) return refused(problems.notFound(params, source, status))
  if (status !== 429 && status < 500 && status !== 408) return refused(problems.serverError(source, status))
  return {
    is: 'try-again',
    problem: status === 429 ? problems.rateLimited(source) : problems.serverError(source, status),
    pauseMs: askedPauseMs(headers, Date.now()),
    crowded: status === 429 || status === 503,
  }
}

function originOf(
  { headers, linked }: { readonly headers: IncomingHttpHeaders; readonly linked: Answer['linked'] },
  { source, at }: Asked,
  total: number | undefined,
): Origin {
  const validator = validatorOf(headers)
  return {
    identity: source.identity,
    at,
    ...(validator !== undefined && { validator }),
    ...(linked.sha256 !== undefined && { sha256: linked.sha256 }),
    ...(total !== undefined && { total }),
  }
}

/** Whether the bytes to come are of another file than those that are there. An answer may leave its validator out. */
export function isAnother(was: Origin, now: Origin): boolean {
  if (was.total !== undefined && now.total !== undefined && was.total !== now.total) return true
  if (was.sha256 !== undefined && now.sha256 !== undefined) return was.sha256 !== now.sha256
  return was.identity === now.identity && now.validator !== undefined && was.validator !== now.validator
}
