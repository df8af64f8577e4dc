/** The servers that all contestants fetch from: nginx, and one that throttles. Knows no contestant. */

import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'

export interface ServerAt {
  readonly url: string
  close(): Promise<void>
}

export interface ThrottlingServer {
  readonly free: string
  readonly connection: string
  readonly total: string
  close(): Promise<void>
}

/** Serves what lies in `published`; its own files lie in `folder`. */
export async function startNginx(folder: string, published: string): Promise<ServerAt> {
  const port = await freePort()
  const config = join(folder, 'nginx.conf')
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  writeFileSync(
    config,
    `daemon off; pid ${folder}/nginx.pid; error_log ${folder}/nginx.log; worker_processes 2;
events { worker_connections 1024; }
http {
  access_log off; sendfile on; tcp_nopush on; keepalive_timeout 60; keepalive_requests 1000000;
  types { image/jpeg jpg; } default_type application/octet-stream;
  ${temporary.map(name => `${name}_temp_path ${folder}/nginx-${name};`).join(' ')}
  server { listen 127.0.0.1:${port} backlog=1024; root ${published}; }
}
`,
  )
  const server = execa('nginx', ['-e', join(folder, 'nginx.log'), '-c', config], { reject: false })
  const url = `http://127.0.0.1:${port}`
  await answers(url)
  return { url, close: () => ended(server) }
}

/** Serves what lies in `published`. Rates in bytes a second, for each connection and for all together. */
export async function startThrottling(
  published: string,
  rates: { readonly connection: number; readonly total: number },
): Promise<ThrottlingServer> {
  const program = fileURLToPath(new URL('throttled.ts', import.meta.url))
  const words = ['--import', 'tsx', program, published, String(rates.connection), String(rates.total)]
  const server = execa('node', words, { reject: false })
  const [line] = (await once(server.stdout, 'data')) as [Buffer]
  const ports = JSON.parse(line.toString('utf8')) as Record<string, number>
  const at = (name: string): string => `http://127.0.0.1:${ports[name]}`
  return {
    free: at('free'),
    connection: at('connection'),
    total: at('total'),
    close: () => ended(server),
  }
}

async function ended(server: PromiseLike<unknown> & { kill(): boolean }): Promise<void> {
  server.kill()
  await server
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  await new Promise(closed => server.close(closed))
  return port
}

async function answers(url: string): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    if (
      await fetch(url).then(
        () => true,
        () => false,
      )
    )
      return
    await pause(50)
  }
  throw new Error(`nobody answers at ${url}`)
}
