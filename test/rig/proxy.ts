/** A proxy on loopback, for plain requests and tunnels, that logs what it is asked and may refuse. */

import { once } from 'node:events'
import { request as ask, createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import type { Duplex } from 'node:stream'

export interface Proxy {
  /** `http://127.0.0.1:PORT` */
  readonly url: string
  /** `GET http://host/path`, `CONNECT host:port`, in order. */
  readonly asked: readonly string[]
  readonly authorizations: readonly (string | undefined)[]
  /** Answers with this status from now on. */
  refuse(status: number): void
  close(): Promise<void>
}

export async function startProxy(): Promise<Proxy> {
  const asked: string[] = []
  const authorizations: (string | undefined)[] = []
  let refusal: number | undefined
  const note = ({ method, url, headers }: IncomingMessage): void => {
    asked.push(`${method} ${url}`)
    authorizations.push(headers['proxy-authorization'])
  }
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    note(request)
    if (refusal !== undefined) return void response.writeHead(refusal, { 'content-length': 0 }).end()
    const { 'proxy-connection': _, 'proxy-authorization': __, ...headers } = request.headers
    ask(request.url ?? '', { method: request.method, headers })
      .on('response', answer => answer.pipe(response.writeHead(answer.statusCode ?? 502, answer.headers)))
      .on('error', () => response.writeHead(502).end())
      .end()
  })
  const sockets = new Set<Duplex>()
  server.on('connect', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    note(request)
    sockets.add(socket)
    socket.on('error', () => {})
    if (refusal !== undefined) return void socket.end(`HTTP/1.1 ${refusal} No\r\ncontent-length: 0\r\n\r\n`)
    const [host = '', port = ''] = (request.url ?? '').split(':')
    const behind = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      behind.write(head)
      behind.pipe(socket).pipe(behind)
    })
    behind.on('error', () => void socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'))
    sockets.add(behind)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    authorizations,
    refuse: status => {
      refusal = status
    },
    close: async () => {
      for (const socket of sockets) socket.destroy()
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}
