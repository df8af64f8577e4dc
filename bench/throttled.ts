/**
 * A process of its own: serves a folder over HTTP at a port for each line that it is told. Prints the ports. Buckets
 * belong to sockets, not to requests: small ranges evade nothing.
 */

import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { setPriority } from 'node:os'
import { basename, join } from 'node:path'
import { Bucket } from './bucket.ts'

/** Rates in bytes a second: for each connection, or for all together; neither is as fast as it can. */
export interface Line {
  readonly each?: number
  readonly all?: number
}

const [folder = '', lines = '{}'] = process.argv.slice(2)
const pieceBytes = 256 << 10

type BucketOf = (socket: Socket) => Bucket | undefined

function bucketsOf({ each, all }: Line): BucketOf {
  if (all !== undefined) {
    const shared = new Bucket(all)
    return () => shared
  }
  if (each === undefined) return () => undefined
  const ofSockets = new WeakMap<Socket, Bucket>()
  return socket => {
    const bucket = ofSockets.get(socket) ?? new Bucket(each)
    ofSockets.set(socket, bucket)
    return bucket
  }
}

async function answer(request: IncomingMessage, response: ServerResponse, bucketOf: BucketOf): Promise<void> {
  const file = openSync(join(folder, basename(request.url ?? '')), 'r')
  const total = fstatSync(file).size
  const range = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? '')
  const [first, last] = [range?.[1] ?? '', range?.[2] ?? '']
  const from = first === '' && last !== '' ? Math.max(0, total - Number(last)) : Number(first)
  const to = first === '' || last === '' ? total : Math.min(total, Number(last) + 1)
  response.writeHead(range ? 206 : 200, {
    'accept-ranges': 'bytes',
    'content-length': to - from,
    'content-type': 'application/octet-stream',
    etag: `"${total}"`,
    ...(range && { 'content-range': `bytes ${from}-${to - 1}/${total}` }),
  })
  if (request.method !== 'HEAD') await send(file, from, to, response, bucketOf(request.socket))
  closeSync(file)
  response.end()
}

async function send(
  file: number,
  from: number,
  to: number,
  response: ServerResponse,
  bucket: Bucket | undefined,
): Promise<void> {
  const piece = Buffer.allocUnsafe(Math.min(pieceBytes, to - from))
  for (let at = from; at < to && !response.destroyed; ) {
    const length = readSync(file, piece, 0, Math.min(piece.length, to - at), at)
    await bucket?.take(length)
    await new Promise<unknown>(written => response.write(piece.subarray(0, length), written))
    at += length
  }
}

// A line is not slower because the machine at its end is busy. Only root may ask for that.
try {
  setPriority(-10)
} catch {}

const ports = Object.entries(JSON.parse(lines) as Record<string, Line>).map(async ([name, line]) => {
  const bucketOf = bucketsOf(line)
  const server = createServer((request, response) => void answer(request, response, bucketOf))
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening))
  return [name, (server.address() as AddressInfo).port] as const
})
console.log(JSON.stringify(Object.fromEntries(await Promise.all(ports))))
