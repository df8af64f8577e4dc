/** The servers that all contestants fetch from: nginx, and one that throttles. Knows no contestant. */

import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { formatBytes } from '../lib/model/units.ts'
import { ending } from './ending.ts'
import type { Line } from './throttled.ts'

/** Bytes a second. What serves less may itself be what is measured. */
const leastServed = 700e6

export interface Hosts<L extends string> {
  /** Addresses without a slash at their end. */
  readonly at: Readonly<Record<'nginx' | L, string>>
  /** How fast the throttling server gives this file to one connection when it does not throttle. */
  readonly sayServed: (name: string) => Promise<void>
}

interface ServerAt {
  readonly url: string
  close(): Promise<void>
}

/** Serves what lies in `published` as long as `use` runs. Files of the servers lie in `folder`. */
export async function withHosts<L extends string, T>(
  folder: string,
  published: string,
  lines: Readonly<Record<L, Line>>,
  use: (hosts: Hosts<L>) => Promise<T>,
): Promise<T> {
  const nginx = await startNginx(folder, published)
  try {
    const throttling = await startThrottling(published, { ...lines, free: {} })
    try {
      const at = { ...throttling.at, nginx: nginx.url }
      return await use({ at, sayServed: name => sayServed(`${throttling.at.free}/${name}`) })
    } finally {
      await throttling.close()
    }
  } finally {
    await nginx.close()
  }
}

async function startNginx(folder: string, published: string): Promise<ServerAt> {
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
  const close = (): Promise<void> => ended(server)
  try {
    await answers(url)
  } catch (error) {
    await close()
    throw error
  }
  return { url, close }
}

async function startThrottling<L extends string>(
  published: string,
  lines: Readonly<Record<L, Line>>,
): Promise<{ readonly at: Readonly<Record<L, string>>; close(): Promise<void> }> {
  const program = fileURLToPath(new URL('throttled.ts', import.meta.url))
  const words = ['--import', 'tsx', program, published, JSON.stringify(lines)]
  const server = execa('node', words, { reject: false })
  try {
    const [line] = (await once(server.stdout, 'data', { signal: ending })) as [Buffer]
    const ports = Object.entries<number>(JSON.parse(line.toString('utf8')))
    const at = ports.map(([name, port]) => [name, `http://127.0.0.1:${port}`] as const)
    return { at: Object.fromEntries(at) as Record<L, string>, close: () => ended(server) }
  } catch (error) {
    await ended(server)
    throw error
  }
}

/** Only then it has priority. */
const isRoot = process.getuid?.() === 0

async function sayServed(url: string): Promise<void> {
  const words = ['-s', '-o', '/dev/null', '-w', '%{speed_download}', url]
  const { stdout } = await execa('curl', words, { cancelSignal: ending })
  const isEnough = Number(stdout) >= leastServed
  console.log(
    `  the throttling server, not throttled${isRoot ? ', before everybody else' : ''}: ${formatBytes(Number(stdout))}/s` +
      (isEnough ? '' : `; less than ${formatBytes(leastServed)}/s: it may be what is measured here`),
  )
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
    await pause(50, undefined, { signal: ending })
  }
  throw new Error(`nobody answers at ${url}`)
}
