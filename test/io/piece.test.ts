/** Pieces read without a copy: heads as a table, bodies against hosts that send them in every way. */

import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { readHead } from '../../lib/io/http/head.ts'
import { getStraight } from '../../lib/io/http.ts'
import { content } from '../download/rig.ts'

describe('a head', () => {
  test('is read when it is whole', () => {
    const text =
      'HTTP/1.1 206 Partial Content\r\nContent-Length: 5\r\nETag: "a:b"\r\nX-A:\r\nx-a:  two \r\n\r\nhello'
    for (let length = 0; length < text.length - 5; length += 1)
      expect(readHead(Buffer.from(text.slice(0, length)))).toBeUndefined()
    expect(readHead(Buffer.from(text))).toEqual({
      status: 206,
      headers: { 'content-length': '5', etag: '"a:b"', 'x-a': ', two' },
      bytes: text.length - 5,
      isOld: false,
    })
  })

  test.each(['<html>\r\n\r\n', 'HTTP/2 200\r\n\r\n', 'HTTP/1.1 200 OK\r\nno header\r\n\r\n', '\r\n\r\n'])(
    '%j is none',
    text => {
      expect(() => readHead(Buffer.from(text))).toThrow()
    },
  )
})

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

/** A host that answers each request as it is told, byte by byte if it likes; counts its connections. */
async function hostOf(answer: (socket: Socket, request: string, serial: number) => void | Promise<void>) {
  const seen = { connections: 0, requests: [] as string[] }
  const server = createServer(socket => {
    seen.connections += 1
    socket.on('error', () => {})
    socket.on('data', bytes => {
      seen.requests.push(String(bytes))
      void answer(socket, String(bytes), seen.requests.length)
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  closing.push(() => void server.close())
  return { seen, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/a%20b?c=d` }
}

const body = content(1_500_000)
const head = (bytes: number, rest = ''): string =>
  `HTTP/1.1 206 Partial Content\r\nContent-Length: ${bytes}\r\n${rest}\r\n`

const patience = { connectMs: 2_000, firstByteMs: 2_000, stallMs: 200 }

async function piece(url: string, signal = new AbortController().signal) {
  const answer = await getStraight({ url, from: 10, to: 20, signal, onRequest: () => {} }, 8, patience)
  const taken: Buffer[] = []
  try {
    // Bytes are good until the next ones are taken.
    for await (const batch of answer.batches) taken.push(Buffer.concat([...batch]))
  } finally {
    answer.close()
  }
  return { answer, bytes: Buffer.concat(taken) }
}

describe('a piece', () => {
  test('is what was sent, however it came; the connection serves the next one', async () => {
    const { seen, url } = await hostOf(
      socket => void socket.write(Buffer.concat([Buffer.from(head(body.length)), body])),
    )
    expect((await piece(url)).bytes.equals(body)).toBe(true)
    expect((await piece(url)).bytes.equals(body)).toBe(true)
    expect(seen.requests[0]).toMatch(/^GET \/a%20b\?c=d HTTP\/1\.1\r\nhost: 127\.0\.0\.1:\d+\r\n/)
    expect(seen.requests[0]).toMatch(/\r\nrange: bytes=10-19\r\n/)
    expect(seen.connections).toBe(1)
  })

  test('in many small reads, behind a head that comes in two, after one that only says wait', async () => {
    const { seen, url } = await hostOf(async socket => {
      socket.write('HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 206 Par')
      await new Promise(resolve => setImmediate(resolve))
      socket.write(`tial\r\nContent-Length: 50000\r\n\r\n`)
      for (let at = 0; at < 50_000; at += 1_000) {
        socket.write(body.subarray(at, at + 1_000))
        await new Promise(resolve => setImmediate(resolve))
      }
    })
    for (let i = 0; i < 3; i += 1)
      expect((await piece(url)).bytes.equals(body.subarray(0, 50_000))).toBe(true)
    expect(seen.connections).toBe(1)
  })

  test('a host that closed the idle connection is asked over another', async () => {
    const { seen, url } = await hostOf((socket, _, serial) => {
      if (serial === 2) socket.destroy()
      else socket.write(head(3) + 'abc')
    })
    expect(String((await piece(url)).bytes)).toBe('abc')
    expect(String((await piece(url)).bytes)).toBe('abc')
    expect(seen.connections).toBe(2)
  })

  test.each<[string, (socket: Socket) => void, string]>([
    ['cut in its body', socket => void socket.end(head(100) + 'abc'), 'connection-cut'],
    ['cut in its head', socket => void socket.end('HTTP/1.1 2'), 'connection-cut'],
    ['that is no HTTP', socket => void socket.write('SSH-2.0\r\n\r\n'), 'connection-cut'],
    ['that stalls', socket => void socket.write(head(100) + 'abc'), 'stalled'],
  ])('%s is told', async (_, answer, code) => {
    const { url } = await hostOf(answer)
    await expect(piece(url)).rejects.toMatchObject({ code })
  })

  test('more than was announced ends the connection, and is not taken', async () => {
    const { seen, url } = await hostOf(socket => void socket.write(head(3) + 'abcdef'))
    expect(String((await piece(url)).bytes)).toBe('abc')
    expect(String((await piece(url)).bytes)).toBe('abc')
    expect(seen.connections).toBe(2)
  })

  test('a body of unknown length is asked for the usual way', async () => {
    const chunked = 'HTTP/1.1 206 Partial Content\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n'
    const { seen, url } = await hostOf(socket => void socket.write(chunked))
    expect(String((await piece(url)).bytes)).toBe('abc')
    expect(seen.requests).toHaveLength(2)
  })

  test('is left when the run is cancelled', async () => {
    const run = new AbortController()
    const { url } = await hostOf(socket => {
      socket.write(head(100) + 'abc')
      setImmediate(() => run.abort(new Error('cancelled')))
    })
    await expect(piece(url, run.signal)).rejects.toThrow('cancelled')
  })
})
