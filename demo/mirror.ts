/**
 * A host on loopback that serves files, and lies on command: it cuts, stalls, drips, redirects and forgets ranges.
 * Every request is logged, so that a test can say what was asked. Knows nothing of Groundwork.
 *
 *     const mirror = await startMirror()
 *     mirror.serve('/images.zip', { file: 'images.zip' })
 *     mirror.script('/images.zip', [{ does: 'cut', after: 1000 }, { does: 'status', status: 503, retryAfter: '2' }])
 */

import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createReadStream, statSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Behaviour } from './behaviour.ts'

type Body = Buffer | { readonly file: string }

interface LoggedRequest {
  readonly method: string
  readonly path: string
  /** With its question mark, or empty. */
  readonly query: string
  readonly headers: IncomingHttpHeaders
  readonly range: string | undefined
  /** Undefined until it is answered. */
  status: number | undefined
  /** Bytes of the body that were sent. */
  bytes: number
}

export interface Mirror {
  /** `http://127.0.0.1:PORT` */
  readonly url: string
  readonly requests: readonly LoggedRequest[]
  serve(path: string, body: Body, behaviour?: Behaviour): void
  /** One behaviour a request, in order; then what `serve` said. */
  script(path: string, behaviours: readonly Behaviour[]): void
  close(): Promise<void>
}

export interface MirrorOptions {
  /** 0, the default, takes a free one. */
  readonly port?: number
}

interface Served {
  readonly body: Body
  readonly usual: Behaviour
  readonly script: Behaviour[]
}

const lastModified = 'Thu, 01 Feb 2024 00:00:00 GMT'

export async function startMirror(options: MirrorOptions = {}): Promise<Mirror> {
  const served = new Map<string, Served>()
  const requests: LoggedRequest[] = []
  const server = createServer((request, response) => {
    const { pathname, search } = new URL(request.url ?? '/', 'http://mirror')
    const path = decodeURIComponent(pathname)
    const entry: LoggedRequest = {
      method: request.method ?? 'GET',
      path,
      query: search,
      headers: request.headers,
      range: request.headers.range,
      status: undefined,
      bytes: 0,
    }
    requests.push(entry)
    const serial = requests.length
    response.on('error', () => {})
    answer(request, response, entry, find(served, path), serial).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : new Error(String(error)))
    })
  })
  server.listen(options.port ?? 0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    serve: (path, body, usual = { does: 'normal' }) => void served.set(path, { body, usual, script: [] }),
    script: (path, behaviours) => {
      const entry = served.get(path)
      if (!entry) throw new Error(`${path} is not served: call serve before script`)
      entry.script.push(...behaviours)
    },
    close: async () => {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

/** The file of a path, with the behaviour of this request. `/cdn/…` gives the same file, and always properly. */
function find(
  served: ReadonlyMap<string, Served>,
  path: string,
): { body: Body; behaviour: Behaviour } | undefined {
  const entry = served.get(path)
  if (entry) return { body: entry.body, behaviour: entry.script.shift() ?? entry.usual }
  const behindCdn = served.get(path.replace(/^\/cdn\//, '/'))
  return behindCdn && { body: behindCdn.body, behaviour: { does: 'normal' } }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  entry: LoggedRequest,
  found: { body: Body; behaviour: Behaviour } | undefined,
  serial: number,
): Promise<void> {
  const reply = (status: number, headers: Record<string, string | number> = {}, text = ''): void => {
    entry.status = status
    entry.bytes = Buffer.byteLength(text)
    response.writeHead(status, { 'content-length': entry.bytes, ...headers }).end(text)
  }
  if (!found) return reply(404, { 'content-type': 'text/plain' }, 'not here\n')

  const { body, behaviour } = found
  const file: Sent = { request, response, entry, body, size: sizeOf(body), etag: `"${sizeOf(body)}-1"` }
  switch (behaviour.does) {
    case 'normal':
      return send(file)
    case 'no-ranges':
      return send({ ...file, ranges: 'unknown' })
    case 'range-ignored':
      return send({ ...file, ranges: 'ignored' })
    case 'wrong-range':
      return send({ ...file, ranges: 'shifted' })
    case 'chunked':
      return send({ ...file, ranges: 'unknown', lengthless: true })
    case 'status': {
      const { status, retryAfter } = behaviour
      return reply(
        status,
        retryAfter === undefined ? {} : { 'retry-after': retryAfter },
        `status ${status}\n`,
      )
    }
    case 'cut':
      return send({
        ...file,
        ...(behaviour.ranges && { ranges: behaviour.ranges }),
        stopAfter: behaviour.after,
        stop: () => response.socket?.destroySoon(),
      })
    case 'drip':
      return send({ ...file, bytesPerSecond: behaviour.bytesPerSecond })
    case 'stall':
      return send({ ...file, stopAfter: behaviour.after, stop: () => {} })
    case 'wait':
      return send({ ...file, pauseAt: behaviour })
    case 'wrong-bytes':
      return send({ ...file, alter: chunk => chunk.map(byte => byte ^ 0xff) })
    case 'wrong-length': {
      const other = Buffer.alloc(behaviour.bytes, 'x')
      return send({ ...file, body: other, size: other.length })
    }
    case 'html': {
      const page = `<!DOCTYPE html>\n<html><head><title>${behaviour.title}</title></head><body></body></html>\n`
      return reply(200, { 'content-type': 'text/html; charset=utf-8' }, page)
    }
    case 'page':
      return reply(behaviour.status ?? 200, { 'content-type': 'text/html; charset=utf-8' }, behaviour.html)
    case 'redirect':
      return reply(302, { location: behaviour.to })
    case 'redirect-loop':
      return reply(302, { location: entry.path })
    case 'huggingface':
      return reply(302, {
        location: `${behaviour.cdn ?? ''}/cdn${entry.path}?Signature=secret`,
        'x-linked-etag': `"${behaviour.sha256 ?? (await digestOf(body))}"`,
        'x-linked-size': behaviour.size ?? file.size,
        'x-repo-commit': behaviour.commit ?? '0123456789abcdef0123456789abcdef01234567',
      })
    case 'etag-changes':
      return send({ ...file, etag: `"changed-${serial}"` })
    case 'tagged':
      return send({ ...file, etag: behaviour.etag })
    case 'no-head':
      return request.method === 'HEAD' ? reply(behaviour.status) : send(file)
  }
}

/** One answer with a body, and how it departs from a good one. */
interface Sent {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly entry: LoggedRequest
  readonly body: Body
  readonly size: number
  readonly etag: string
  /** Undefined: served as asked. */
  readonly ranges?: 'unknown' | 'ignored' | 'shifted'
  readonly lengthless?: boolean
  readonly stopAfter?: number
  readonly stop?: () => void
  readonly bytesPerSecond?: number
  readonly pauseAt?: Behaviour & { readonly does: 'wait' }
  readonly alter?: (chunk: Buffer) => Uint8Array
}

async function send(sent: Sent): Promise<void> {
  const { request, response, entry, size, etag } = sent
  const asked =
    sent.ranges === undefined || sent.ranges === 'shifted' ? rangeOf(request.headers, size, etag) : undefined
  if (asked === 'unsatisfiable') {
    entry.status = 416
    response.writeHead(416, { 'content-range': `bytes */${size}`, 'content-length': 0 }).end()
    return
  }
  const range = asked && sent.ranges === 'shifted' ? ([0, asked[1] - asked[0]] as const) : asked
  const [start, end] = range ?? [0, size]
  entry.status = range ? 206 : 200
  response.writeHead(entry.status, {
    'content-type': 'application/octet-stream',
    ...(!sent.lengthless && { 'content-length': end - start }),
    ...(etag !== '' && { etag }),
    'last-modified': lastModified,
    ...(sent.ranges !== 'unknown' && { 'accept-ranges': 'bytes' }),
    ...(range && { 'content-range': `bytes ${start}-${end - 1}/${size}` }),
  })
  response.flushHeaders()
  if (request.method === 'HEAD') return void response.end()

  const stopAt = Math.min(end, start + (sent.stopAfter ?? size))
  for await (const chunk of slices(sent, start, stopAt)) {
    if (response.destroyed) return
    const at = start + entry.bytes
    const { pauseAt } = sent
    if (pauseAt && at + chunk.length > pauseAt.from && at < pauseAt.to) await pauseAt.until
    const bytes = sent.alter ? sent.alter(chunk) : chunk
    await new Promise(resolve => response.write(bytes, resolve))
    entry.bytes += bytes.length
    if (sent.bytesPerSecond !== undefined) await sleep((bytes.length / sent.bytesPerSecond) * 1000)
  }
  if (sent.stop) sent.stop()
  else response.end()
}

/** Pieces of the body from `start` up to `end`: small enough to be dripped evenly. */
async function* slices({ body, bytesPerSecond }: Sent, start: number, end: number): AsyncGenerator<Buffer> {
  if (end <= start) return
  const most = Math.max(1, Math.min(65_536, Math.floor((bytesPerSecond ?? Infinity) / 20)))
  if (Buffer.isBuffer(body)) {
    for (let at = start; at < end; at += most) yield body.subarray(at, Math.min(end, at + most))
  } else {
    yield* createReadStream(body.file, { start, end: end - 1, highWaterMark: most })
  }
}

/** The asked range as `[start, end)`; undefined for the whole file: none was asked, or `If-Range` names another one. */
function rangeOf(
  headers: IncomingHttpHeaders,
  size: number,
  etag: string,
): readonly [number, number] | 'unsatisfiable' | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(headers.range ?? '')
  const condition = headers['if-range']
  if (!match || (condition !== undefined && condition !== etag && condition !== lastModified))
    return undefined
  const [, first = '', last = ''] = match
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first)
  const end = first === '' || last === '' ? size : Math.min(size, Number(last) + 1)
  return start < end ? [start, end] : 'unsatisfiable'
}

const sizeOf = (body: Body): number => (Buffer.isBuffer(body) ? body.length : statSync(body.file).size)

async function digestOf(body: Body): Promise<string> {
  const hash = createHash('sha256')
  if (Buffer.isBuffer(body)) return hash.update(body).digest('hex')
  for await (const chunk of createReadStream(body.file)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}
