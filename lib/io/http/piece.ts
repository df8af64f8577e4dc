/**
 * Asks for a piece of a file at the address where its bytes were found: plain HTTP/1.1 over connections that copy nothing.
 * What is not a plain answer (a redirect, a body of unknown length, a proxy on the way) is left to the door for everything
 * else. Does not know what a good answer is.
 */

import type { Answer, Ask, Patience } from '../http.ts'
import { wayTo } from './agents.ts'
import { cut, silent, unanswered } from './failures.ts'
import { type Head, readHead } from './head.ts'
import { Silent, Wire } from './wire.ts'

/** By origin: connections that nobody uses now. */
const idle = new Map<string, Wire[]>()

/** Undefined where this is not the way to ask. `connections`: how many fetch at once. Throws the Problems of `get`. */
export async function getPiece(
  ask: Ask,
  headers: Readonly<Record<string, string>>,
  permission: Answer['permission'],
  connections: number,
  patience: Patience,
): Promise<Answer | undefined> {
  const url = new URL(ask.url)
  if ((await wayTo(url)).proxy !== undefined) return undefined
  ask.signal.throwIfAborted()
  ask.onRequest()
  const [wire, head, rest] = await askOver(url, requestOf(url, headers), ask.signal, connections, patience)
  const bytes = Number(head.headers['content-length'] ?? Number.NaN)
  const isPlain = Number.isSafeInteger(bytes) && head.headers['transfer-encoding'] === undefined
  if (!isPlain || (head.status >= 300 && head.status < 400)) {
    wire.close()
    return undefined
  }
  const body = new Body(wire, rest, bytes, isKept(head))
  const batches = body.batches(url, ask.signal, patience.stallMs)
  return {
    status: head.status,
    url: url.href,
    headers: head.headers,
    permission,
    linked: {},
    batches,
    body: oneByOne(batches),
    close: () => body.close(url),
  }
}

async function* oneByOne(batches: AsyncIterable<readonly Buffer[]>): AsyncGenerator<Buffer> {
  for await (const batch of batches) yield* batch
}

function requestOf(url: URL, headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries({ host: url.host, connection: 'keep-alive', ...headers })
  return `GET ${url.pathname}${url.search} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`
}

const isKept = ({ headers, isOld }: Head): boolean => !isOld && !/\bclose\b/i.test(headers.connection ?? '')

/** Sends the request over a connection that is open already, or a new one, and waits for the head of the answer. */
async function askOver(
  url: URL,
  request: string,
  signal: AbortSignal,
  connections: number,
  patience: Patience,
): Promise<readonly [Wire, Head, Buffer]> {
  for (;;) {
    const wire = idleAt(url.origin) ?? (await opened(url, signal, connections, patience))
    const { isUsed } = wire
    const stop = (): void => wire.close()
    signal.addEventListener('abort', stop, { once: true })
    try {
      wire.send(request)
      return [wire, ...(await headOver(wire, patience.firstByteMs))]
    } catch (error) {
      wire.close()
      signal.throwIfAborted()
      // A host closes connections that were idle for long: the next one is asked.
      if (isUsed && !(error instanceof Silent)) continue
      throw error instanceof Silent ? silent(url, patience.firstByteMs, 'before its answer') : cut(url, error)
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }
}

function idleAt(origin: string): Wire | undefined {
  const wires = idle.get(origin) ?? []
  for (let wire = wires.pop(); wire; wire = wires.pop()) if (wire.isOpen) return wire
  return undefined
}

async function opened(
  url: URL,
  signal: AbortSignal,
  connections: number,
  { connectMs, firstByteMs }: Patience,
): Promise<Wire> {
  const isTls = url.protocol === 'https:'
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const port = Number(url.port) || (isTls ? 443 : 80)
  try {
    return await Wire.open({ host, port, isTls, connectMs, connections }, signal)
  } catch (error) {
    signal.throwIfAborted()
    const late = Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' })
    throw unanswered(url, error instanceof Silent ? late : error, firstByteMs, undefined)
  }
}

const mostHeadBytes = 65_536

/** With what came of the body behind it. */
async function headOver(wire: Wire, silentMs: number): Promise<readonly [Head, Buffer]> {
  let bytes = Buffer.alloc(0)
  for (;;) {
    bytes = Buffer.concat([bytes, await wire.take(silentMs, 1)])
    const head = readHead(bytes)
    if (head && head.status >= 200) return [head, bytes.subarray(head.bytes)]
    // One that only says that another one follows.
    if (head) bytes = bytes.subarray(head.bytes)
    else if (bytes.length > mostHeadBytes) throw new Error('an answer whose head has no end')
  }
}

class Body {
  readonly #wire: Wire
  #first: Buffer
  #left: number
  #isKept: boolean

  constructor(wire: Wire, first: Buffer, bytes: number, isKept: boolean) {
    this.#wire = wire
    this.#first = first
    this.#left = bytes
    this.#isKept = isKept
  }

  async *batches(url: URL, signal: AbortSignal, stallMs: number): AsyncGenerator<readonly Buffer[]> {
    const stop = (): void => this.#wire.close()
    signal.addEventListener('abort', stop, { once: true })
    try {
      while (this.#left > 0) {
        const taken = this.#first.length > 0 ? this.#first : await this.#wire.take(stallMs, this.#left)
        this.#first = Buffer.alloc(0)
        // More than it announced: nobody knows what comes next on this connection.
        if (taken.length > this.#left) this.#isKept = false
        const piece = taken.subarray(0, this.#left)
        this.#left -= piece.length
        yield [piece]
      }
    } catch (error) {
      signal.throwIfAborted()
      throw error instanceof Silent ? silent(url, stallMs, 'in the middle of the file') : cut(url, error)
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }

  /** A connection of which all was read serves the next one who asks. */
  close({ origin }: URL): void {
    if (this.#left > 0 || !this.#isKept || !this.#wire.isOpen) return this.#wire.close()
    this.#left = Number.POSITIVE_INFINITY
    this.#wire.rest()
    // Those that their host closed meanwhile hold memory for nothing.
    const open = (idle.get(origin) ?? []).filter(wire => wire.isOpen)
    idle.set(origin, [...open, this.#wire])
  }
}
