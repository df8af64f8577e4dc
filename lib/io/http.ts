/**
 * The one door to HTTP: opens a GET, follows redirects, and gives the answer's bytes as they arrive. Every failure of
 * the network is a Problem. Does not know what a good answer is, does not try again, and never prints credentials.
 */

import { once } from 'node:events'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { unescape } from 'node:querystring'
import type { Got, Request } from 'got'
import card from '../../package.json' with { type: 'json' }
import type { HeadersOf } from '../model/host.ts'
import { Problem } from '../model/problem.ts'
import { errorCode } from './disk.ts'
import { agents } from './http/agents.ts'
import { Inbox, Stall } from './inbox.ts'

export interface Ask {
  /** May hold `USER:PASSWORD@`, which becomes an `Authorization` header. */
  readonly url: string
  readonly method?: 'GET' | 'HEAD'
  /** Sent to the host of `url` only. */
  readonly authorization?: string
  /** What each host on the way is sent beside. */
  readonly headersOf?: HeadersOf
  /** First byte wanted; 0 asks for the whole file, without a range. */
  readonly from: number
  /** Behind the last byte wanted; undefined: all that follow. */
  readonly to?: number
  /** Only if the file is still this one (a strong ETag or a date); else the whole file is wanted. */
  readonly ifRange?: string
  readonly signal: AbortSignal
  /** Called for each request that is sent, redirects included. */
  readonly onRequest: () => void
}

/** How long a host may be silent, in milliseconds. */
export interface Patience {
  readonly connectMs: number
  readonly firstByteMs: number
  readonly stallMs: number
}

export const patient: Patience = { connectMs: 30_000, firstByteMs: 30_000, stallMs: 30_000 }

export interface Answer {
  readonly status: number
  /** Where it came from after all redirects. May be signed: not for messages. */
  readonly url: string
  /** Of the answer after all redirects. */
  readonly headers: IncomingHttpHeaders
  /** What the hub of Hugging Face tells of the file before it redirects to the bytes. */
  readonly linked: { readonly sha256?: string; readonly size?: number }
  /** Throws a Problem where the host cuts or stalls. Ends the connection when it is left early. */
  readonly body: AsyncIterable<Buffer>
  /** For an answer whose body is of no interest. */
  close(): void
}

const mostRedirects = 10

export async function get(ask: Ask, patience: Patience = patient): Promise<Answer> {
  let { url, authorization = ask.authorization } = withoutCredentials(new URL(ask.url))
  let linked: Answer['linked'] = {}
  for (let hops = 0; ; hops++) {
    ask.signal.throwIfAborted()
    ask.onRequest()
    const opened = await open(url, ask, headersFor(url, ask, authorization), patience)
    const { stream, response } = opened
    linked = { ...linkedOf(response.headers), ...linked }
    if (!isRedirect(response.statusCode)) {
      return {
        status: response.statusCode ?? 0,
        url: url.href,
        headers: response.headers,
        linked,
        body: pour(opened, url, ask.signal, patience),
        close: () => void stream.destroy(),
      }
    }
    stream.destroy()
    const next = withoutCredentials(nextHop(url, response.headers.location, hops))
    // A signed address of another host carries its own permission; ours is none of its business.
    authorization = next.authorization ?? (next.url.host === url.host ? authorization : undefined)
    url = next.url
  }
}

/** Where a redirect leads. Never from https to http, where anybody on the way could answer. */
export function nextHop(from: URL, location: string | undefined, hops: number): URL {
  const refuse = (message: string, found?: string): Problem =>
    new Problem({
      code: 'bad-redirect',
      message,
      evidence: [
        { label: 'from', text: shownUrl(from) },
        ...(found === undefined ? [] : [{ label: 'to', text: found }]),
      ],
      next: 'open the address in a browser, and put the one that it ends at into the spec.',
    })
  if (hops >= mostRedirects) throw refuse(`${from.host} redirects more than ${mostRedirects} times.`)
  if (location === undefined) throw refuse(`${from.host} redirects without saying where.`)
  if (!URL.canParse(location, from.href))
    throw refuse(`${from.host} redirects to something that is no address.`)
  const to = new URL(location, from)
  if (to.protocol !== 'http:' && to.protocol !== 'https:') {
    throw refuse(`${from.host} redirects to something that is not on the web.`, `a ${to.protocol} address`)
  }
  if (from.protocol === 'https:' && to.protocol === 'http:') {
    throw refuse(`${from.host} redirects from https to http, which could be forged.`, shownUrl(to))
  }
  return to
}

/** Fit for messages: without user, password and query, which may hold a signature. */
export const shownUrl = (url: URL): string => `${url.origin}${url.pathname}`

export function withoutCredentials(url: URL): { readonly url: URL; readonly authorization?: string } {
  const bare = new URL(url)
  bare.username = ''
  bare.password = ''
  if (url.username === '' && url.password === '') return { url: bare }
  const pair = `${unescape(url.username)}:${unescape(url.password)}`
  return { url: bare, authorization: `Basic ${Buffer.from(pair).toString('base64')}` }
}

const isRedirect = (status: number | undefined): boolean => [301, 302, 303, 307, 308].includes(status ?? 0)

function headersFor(url: URL, ask: Ask, authorization: string | undefined): Record<string, string> {
  const { from, to, ifRange } = ask
  const isPart = from > 0 || to !== undefined
  return {
    'user-agent': `groundwork/${card.version}`,
    'accept-encoding': 'identity',
    ...ask.headersOf?.(url.hostname),
    ...(authorization !== undefined && { authorization }),
    ...(isPart && { range: `bytes=${from}-${to === undefined ? '' : to - 1}` }),
    ...(isPart && ifRange !== undefined && { 'if-range': ifRange }),
  }
}

function linkedOf(headers: IncomingHttpHeaders): Answer['linked'] {
  const sha256 = /^"?([0-9a-f]{64})"?$/.exec(String(headers['x-linked-etag']))?.[1]
  const size = /^\d+$/.exec(String(headers['x-linked-size']))?.[0]
  return { ...(sha256 !== undefined && { sha256 }), ...(size !== undefined && { size: Number(size) }) }
}

interface Opened {
  readonly stream: Request
  readonly response: IncomingMessage
  readonly inbox: Inbox
}

/** Loaded once, when there is something to ask: each import is a round trip to the loader's thread. */
let library: Promise<{ readonly got: Got }> | undefined

/** Sends one request and waits for the head of its answer. */
async function open(
  url: URL,
  { method = 'GET', signal }: Ask,
  headers: Record<string, string>,
  { connectMs, firstByteMs }: Patience,
): Promise<Opened> {
  const { got } = await (library ??= import('got'))
  const stream = got.stream(url, {
    method,
    headers,
    signal,
    agent: agents,
    retry: { limit: 0 },
    followRedirect: false,
    throwHttpErrors: false,
    decompress: false,
    timeout: { lookup: connectMs, connect: connectMs, secureConnect: connectMs, response: firstByteMs },
  })
  const inbox = new Inbox(stream)
  try {
    const [response] = (await once(stream, 'response')) as [IncomingMessage]
    return { stream, response, inbox }
  } catch (error) {
    stream.destroy()
    signal.throwIfAborted()
    throw unanswered(url, error, firstByteMs)
  }
}

/** The watchdog counts only the time in which the host owes us bytes, not the time that the disk takes. */
async function* pour(
  { stream, inbox }: Opened,
  url: URL,
  signal: AbortSignal,
  { stallMs }: Patience,
): AsyncGenerator<Buffer> {
  try {
    yield* inbox.pieces(stallMs)
  } catch (error) {
    signal.throwIfAborted()
    throw error instanceof Stall ? silent(url, stallMs, 'in the middle of the file') : cut(url, error)
  } finally {
    stream.destroy()
  }
}

function unanswered(url: URL, error: unknown, firstByteMs: number): Problem {
  const code = errorCode(error) ?? 'unknown'
  const event = error instanceof Error && 'event' in error ? error.event : undefined
  if (code === 'ETIMEDOUT' && event === 'response') return silent(url, firstByteMs, 'before its answer')
  if (code === 'ECONNRESET' || code === 'EPIPE') return cut(url, error)
  return new Problem({
    code: 'connection-failed',
    message: `${url.host} could not be reached.`,
    evidence: [{ label: 'found', text: `${inWords[code] ?? 'no connection'} (${code})` }],
    next: 'run the same command again; if the host is gone, add a mirror to the spec.',
  })
}

const inWords: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'no host has this name',
  EAI_AGAIN: 'the name server did not answer',
  ETIMEDOUT: 'no answer in time',
  EHOSTUNREACH: 'no way to the host',
  ENETUNREACH: 'no way to its network',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
}

const cut = (url: URL, error: unknown): Problem =>
  new Problem({
    code: 'connection-cut',
    message: `${url.host} closed the connection before the end of the file.`,
    evidence: [{ label: 'found', text: `an answer that ends early (${errorCode(error) ?? 'no reason'})` }],
    next: 'run the same command again: it goes on where it stopped.',
  })

const silent = (url: URL, milliseconds: number, when: string): Problem =>
  new Problem({
    code: 'stalled',
    message: `${url.host} stopped sending ${when}.`,
    evidence: [{ label: 'found', text: `no byte for ${milliseconds / 1000} s` }],
    next: 'run the same command again: it goes on where it stopped.',
  })
