/**
 * A process of its own: serves a folder over HTTP at three ports, as fast as it can, at a rate for each connection, and
 * at a rate for all together. Prints the ports. Buckets belong to sockets, not to requests: small ranges evade nothing.
 */

import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { basename, join } from 'node:path'
import { Bucket } from './bucket.ts'

const [folder = '', perConnection = '', inAll = ''] = process.argv.slice(2)
const pieceBytes = 256 << 10

type Buckets = (socket: Socket) => readonly Bucket[]

const ofSockets = new WeakMap<Socket, Bucket>()
const shared = new Bucket(Number(inAll))
const limits: Readonly<Record<string, Buckets>> = {
  free: () => [],
  connection: socket => {
    const bucket = ofSockets.get(socket) ?? new Bucket(Number(perConnection))
    ofSockets.set(socket, bucket)
    return [bucket]
  },
  total: () => [shared],
}

async function answer(request: IncomingMessage, response: ServerResponse, buckets: Buckets): Promise<void> {
  const file = openSync(join(folder, basename(request.url ?? '')), 'r')
  const total = fstatSync(file).size
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '')
  const from = Number(range?.[1] ?? 0)
  const to = Math.min(total, range?.[2] ? Number(range[2]) + 1 : total)
  response.writeHead(range ? 206 : 200, {
    'accept-ranges': 'bytes',
    'content-length': to - from,
    'content-type': 'application/octet-stream',
    etag: `"${total}"`,
    ...(range && { 'content-range': `bytes ${from}-${to - 1}/${total}` }),
  })
  if (request.method !== 'HEAD') await send(file, from, to, response, buckets(request.socket))
  closeSync(file)
  response.end()
}

async function send(
  file: number,
  from: number,
  to: number,
  response: ServerResponse,
  buckets: readonly Bucket[],
): Promise<void> {
  const piece = Buffer.allocUnsafe(Math.min(pieceBytes, to - from))
  for (let at = from; at < to && !response.destroyed; ) {
    const length = readSync(file, piece, 0, Math.min(piece.length, to - at), at)
    for (const bucket of buckets) await bucket.take(length)
    await new Promise<unknown>(written => response.write(piece.subarray(0, length), written))
    at += length
  }
}

const ports = Object.entries(limits).map(async ([name, buckets]) => {
  const server = createServer((request, response) => void answer(request, response, buckets))
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening))
  return [name, (server.address() as AddressInfo).port] as const
})
console.log(JSON.stringify(Object.fromEntries(await Promise.all(ports))))
