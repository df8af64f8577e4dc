/** Bodies that come over a landing buffer: whole, in order, and never in the memory that the next read overwrites. */

import { once } from 'node:events'
import { createServer, get, type IncomingMessage, type Server } from 'node:http'
import { createServer as createTlsServer, get as getOverTls } from 'node:https'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { isLanding, LandingHttpAgent, LandingHttpsAgent } from '../../lib/io/http/landing.ts'
import { content } from '../download/rig.ts'
import { selfSigned } from '../rig/certificate.ts'

const body = content(3_000_000)
const keeping = { keepAlive: true }
let server: Server | undefined

afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

async function portOf(of: Server): Promise<number> {
  server = of
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

/** Reads with rests, in which the socket has to wait, and could overwrite what was not read yet. */
async function readSlowly(response: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of response as AsyncIterable<Buffer>) {
    expect(isLanding(piece)).toBe(false)
    pieces.push(piece)
    if (pieces.length % 8 === 0) await pause(1)
  }
  return Buffer.concat(pieces)
}

async function answers(ask: () => ReturnType<typeof get>): Promise<readonly Buffer[]> {
  const both: Buffer[] = []
  for (let requests = 0; requests < 2; requests += 1) {
    const [response] = (await once(ask(), 'response')) as [IncomingMessage]
    both.push(await readSlowly(response))
  }
  return both
}

test('over HTTP, two on one connection', async () => {
  let connections = 0
  const port = await portOf(createServer((_, response) => void response.end(body)))
  server?.on('connection', () => (connections += 1))
  const agent = new LandingHttpAgent(keeping)
  const both = await answers(() => get({ port, agent }))
  agent.destroy()
  expect(both.every(got => got.equals(body))).toBe(true)
  expect(connections).toBe(1)
})

test('over TLS, two on one connection', async () => {
  let connections = 0
  const port = await portOf(createTlsServer(await selfSigned(), (_, response) => void response.end(body)))
  server?.on('secureConnection', () => (connections += 1))
  const agent = new LandingHttpsAgent({ ...keeping, rejectUnauthorized: false })
  const both = await answers(() => getOverTls({ port, agent }))
  agent.destroy()
  expect(both.every(got => got.equals(body))).toBe(true)
  expect(connections).toBe(1)
})
