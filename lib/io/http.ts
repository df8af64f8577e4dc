/**
 * The one door to HTTP: opens a GET or HEAD, follows redirects, and gives the answer's bytes as they arrive. Every failure of
 * the network is a Problem. Does not know what a good answer is, does not try again, and never prints credentials.
 */

import { once } from 'node:events'
import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { unescape } from 'node:querystring'
import type { Got, Request } from 'got'
import card from '../../package.json' with { type: 'json' }
import type { HeadersOf } from '../model/host.ts'
import { Problem } from '../model/problem.ts'
import { refusedByProxy, wayTo } from './http/agents.ts'
import { cut, silent, unanswered } from './http/failures.ts'
import { netrcAuthorization } from './http/netrc.ts'
import { getPiece } from './http/piece.ts'
import { Inbox, Stall } from './inbox.ts'

export interface Ask {
  /** May hold `USER:PASSWORD@`, which becomes an `Authorization` header. */
  readonly url: string
  /** A HEAD follows redirects only until size and digest are told. */
  readonly method?: 'GET' | 'HEAD'
  /** False where the spec does not name this address: somebody else led to it, or a list holds it. */
  readonly isNamed?: boolean
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
  /** What the last host was sent to be let in. */
  readonly permission: Permission
  /** What the hub of Hugging Face tells of the file before it redirects to the bytes. */
  readonly linked: { readonly sha256?: string; readonly size?: number; readonly commit?: string }
  /** Throws a Problem where the host cuts or stalls. Ends the connection when it is left early. */
  readonly body: AsyncIterable<Buffer>
  /** The same body for who writes it: all that came since the last time at once. */
  readonly batches: AsyncIterable<readonly Buffer[]>
  /** For an answer whose body is of no interest. */
  close(): void
}

/** Who vouched for us at a host: the address or the one who asked, `hosts:` of the spec, netrc, or nobody. */
type Permission = 'asker' | 'hosts' | 'netrc' | 'nothing'

const mostRedirects = 10

export async function get(ask: Ask, patience: Patience = patient): Promise<Answer> {
  let { url, authorization = ask.authorization } = withoutCredentials(new URL(ask.url))
  let linked: Answer['linked'] = {}
  for (let hops = 0; ; hops++) {
    ask.signal.throwIfAborted()
    const [permission, authorizing] = permissionFor(
      url,
      ask,
      authorization,
      hops === 0 && ask.isNamed !== false,
    )
    const headers = headersFor(url, ask, authorizing)
    ask.onRequest()
    const opened = await open(url, ask, headers, patience)
    const { stream, response } = opened
    linked = { ...linkedOf(response.headers), ...linked }
    // The address behind it is signed for fetching, and often for nothing else.
    const toldAll = ask.method === 'HEAD' && linked.sha256 !== undefined && linked.size !== undefined
    if (!isRedirect(response.statusCode) || toldAll) {
      return {
        status: response.statusCode ?? 0,
        url: url.href,
        headers: response.headers,
        permission,
        linked,
        body: pour(opened, opened.inbox.pieces(patience.stallMs), url, ask.signal, patience),
        batches: pour(opened, opened.inbox.batches(patience.stallMs), url, ask.signal, patience),
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

/**
 * The same for a piece of a file whose address redirects no more: without copying its bytes, where that can be.
 * `connections`: how many fetch at once, and share the memory for what comes.
 */
export async function getStraight(
  ask: Ask,
  connections: number,
  patience: Patience = patient,
): Promise<Answer> {
  const { url, authorization = ask.authorization } = withoutCredentials(new URL(ask.url))
  const [permission, authorizing] = permissionFor(url, ask, authorization, ask.isNamed !== false)
  const headers = headersFor(url, ask, authorizing)
  const answer = await getPiece({ ...ask, url: url.href }, headers, permission, connections, patience)
  return answer ?? get(ask, patience)
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

/**
 * The nearest one counts: user and password of the address, then what the spec says of the host, then the token that
 * the environment holds for it, then netrc.
 */
function permissionFor(
  { hostname }: URL,
  { headersOf }: Ask,
  own: string | undefined,
  isNamed: boolean,
): readonly [Permission, string | undefined] {
  const sent = headersOf?.(hostname) ?? {}
  const ofSpec = sent['authorization']
  if (own !== undefined && (own.startsWith('Basic ') || ofSpec === undefined)) return ['asker', own]
  if (ofSpec !== undefined) return ['hosts', ofSpec]
  const login = netrcAuthorization(hostname, { isNamed })
  if (login !== undefined) return ['netrc', login]
  return [Object.keys(sent).length > 0 ? 'hosts' : 'nothing', undefined]
}

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
  const commit = /^[0-9a-f]{40}$/.exec(String(headers['x-repo-commit']))?.[0]
  return {
    ...(sha256 !== undefined && { sha256 }),
    ...(size !== undefined && { size: Number(size) }),
    ...(commit !== undefined && { commit }),
  }
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
  const { agents, proxy } = await wayTo(url)
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
  let tunnel: number | undefined
  if (proxy !== undefined)
    stream.once('request', (request: ClientRequest) =>
      request.once('proxyConnect', (answer: { statusCode?: number }) => {
        tunnel = answer.statusCode
      }),
    )
  const inbox = new Inbox(stream)
  try {
    const [response] = (await once(stream, 'response')) as [IncomingMessage]
    const refusal = proxy === undefined ? undefined : proxyRefusal(url, tunnel, response.statusCode)
    if (proxy !== undefined && refusal !== undefined) throw refusedByProxy(url, proxy, refusal)
    return { stream, response, inbox }
  } catch (error) {
    stream.destroy()
    signal.throwIfAborted()
    throw error instanceof Problem ? error : unanswered(url, error, firstByteMs, proxy)
  }
}

/** A tunnel that did not open; without one, a status that proxies give of their own accord. */
function proxyRefusal(
  { protocol }: URL,
  tunnel: number | undefined,
  status: number | undefined,
): number | undefined {
  if (protocol === 'https:') return tunnel === undefined || tunnel === 200 ? undefined : tunnel
  return [407, 502, 504].includes(status ?? 0) ? status : undefined
}

/** The watchdog counts only the time in which the host owes us bytes, not the time that the disk takes. */
async function* pour<T>(
  { stream }: Opened,
  body: AsyncIterable<T>,
  url: URL,
  signal: AbortSignal,
  { stallMs }: Patience,
): AsyncGenerator<T> {
  try {
    yield* body
  } catch (error) {
    signal.throwIfAborted()
    throw error instanceof Stall ? silent(url, stallMs, 'in the middle of the file') : cut(url, error)
  } finally {
    stream.destroy()
  }
}
