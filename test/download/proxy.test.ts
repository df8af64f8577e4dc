/** The proxies of the environment: who is asked through which, and what they are told when they refuse. */

import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { selfSigned } from '../rig/certificate.ts'
import { ground } from '../rig/playground.ts'
import { type Proxy, startProxy } from '../rig/proxy.ts'
import { content, fetched, fileName, mirrorOf, paramsOf } from './rig.ts'

const body = content(50_000)
const path = `/${fileName}`
let proxy: Proxy

beforeEach(async () => {
  proxy = await startProxy()
})

afterEach(async () => {
  vi.unstubAllEnvs()
  await proxy.close()
})

/** A host with TLS whose certificate signs itself; `authority` names the file that vouches for it. */
async function secureHost(answer: Buffer): Promise<{ readonly port: number; readonly authority: string }> {
  const { key, cert, authority } = await selfSigned()
  const server = createServer({ key, cert }, (_, response) =>
    response.writeHead(200, { 'content-length': answer.length }).end(answer),
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => server.close().closeAllConnections())
  return { port: (server.address() as AddressInfo).port, authority }
}

describe('http', () => {
  test.each(['HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy'])('goes through %s', async variable => {
    const mirror = await mirrorOf(body)
    vi.stubEnv(variable, proxy.url)
    const { bytes } = await fetched(paramsOf(`${mirror.url}${path}`))
    expect(bytes?.equals(body)).toBe(true)
    expect(proxy.asked).toEqual([`GET ${mirror.url}${path}`])
    expect(mirror.requests).toHaveLength(1)
  })

  test('shows who we are to the proxy, and to nobody else', async () => {
    const mirror = await mirrorOf(body)
    vi.stubEnv('HTTP_PROXY', proxy.url.replace('//', '//ann:s3cr%25t@'))
    const { bench } = await fetched(paramsOf(`${mirror.url}${path}`))
    expect(proxy.authorizations).toEqual([`Basic ${Buffer.from('ann:s3cr%t').toString('base64')}`])
    expect(mirror.requests[0]?.headers).not.toHaveProperty('authorization')
    expect(mirror.requests[0]?.headers).not.toHaveProperty('proxy-authorization')
    proxy.refuse(407)
    const { problem } = await fetched(paramsOf(`${mirror.url}${path}`))
    expect(JSON.stringify([problem?.diagnostics, bench.told, bench.remarks])).not.toMatch(/ann|s3cr/)
  })

  test.each(['127.0.0.1', '*', 'example.org, 127.0.0.1'])(
    'goes straight to what NO_PROXY names: %s',
    async hosts => {
      const mirror = await mirrorOf(body)
      vi.stubEnv('HTTP_PROXY', proxy.url)
      vi.stubEnv('NO_PROXY', hosts)
      expect((await fetched(paramsOf(`${mirror.url}${path}`))).problem).toBeUndefined()
      expect(proxy.asked).toEqual([])
    },
  )

  test('is asked for by the proxy of each hop', async () => {
    const [mirror, other] = [await mirrorOf(body), await mirrorOf(body)]
    mirror.serve('/start', body, {
      does: 'redirect',
      to: `${other.url.replace('127.0.0.1', 'localhost')}${path}`,
    })
    vi.stubEnv('HTTP_PROXY', proxy.url)
    vi.stubEnv('NO_PROXY', 'localhost')
    expect((await fetched(paramsOf(`${mirror.url}/start`))).problem).toBeUndefined()
    expect(proxy.asked).toEqual([`GET ${mirror.url}/start`])
    expect(other.requests).toHaveLength(1)
  })

  test.each(['socks5://127.0.0.1:1', 'http://['])('through %s is refused', async address => {
    const mirror = await mirrorOf(body)
    vi.stubEnv('HTTP_PROXY', address)
    expect((await fetched(paramsOf(`${mirror.url}${path}`))).problem?.code).toBe('bad-address')
    expect(mirror.requests).toEqual([])
  })
})

describe('https', () => {
  test('goes through a tunnel that the proxy cannot look into', async () => {
    const [place, host] = [ground(), await secureHost(body)]
    vi.stubEnv('NODE_EXTRA_CA_CERTS', host.authority)
    // Without a scheme the proxy is spoken to without TLS.
    vi.stubEnv('HTTPS_PROXY', proxy.url.replace('http://', 'ann:s3cret@'))
    place.spec(`targets: { a: { sources: [{ url: "https://localhost:${host.port}/a.bin", file: a.bin }] } }`)
    const ran = await place.run('build')
    expect(ran).toMatchObject({ exitCode: 0, summary: { ran: 2, bytesDownloaded: body.length } })
    expect(proxy.asked).toEqual([`CONNECT localhost:${host.port}`])
    expect(proxy.authorizations).toEqual([`Basic ${Buffer.from('ann:s3cret').toString('base64')}`])
    expect(ran.stdout + ran.stderr).not.toContain('s3cret')
  })

  test('does not trust a certificate because a proxy brings it', async () => {
    const host = await secureHost(body)
    vi.stubEnv('HTTPS_PROXY', proxy.url)
    const { problem } = await fetched(paramsOf(`https://localhost:${host.port}/a.bin`))
    expect(problem?.code).toBe('connection-failed')
    expect(JSON.stringify(problem?.diagnostics)).toContain('vouches for its certificate')
  })

  test.each([407, 403, 502])('with a tunnel that is refused with status %i names the proxy', async status => {
    vi.stubEnv('HTTPS_PROXY', proxy.url)
    proxy.refuse(status)
    const { problem } = await fetched(paramsOf('https://data.example/images.zip'))
    expect(problem?.code).toBe('connection-failed')
    expect(problem?.diagnostics[0]?.message).toContain(new URL(proxy.url).host)
    expect(JSON.stringify(problem?.diagnostics)).toContain(`status ${status}`)
  })

  test('with a proxy that is not there names it', async () => {
    vi.stubEnv('HTTPS_PROXY', proxy.url)
    await proxy.close()
    const { problem } = await fetched(paramsOf('https://data.example/images.zip'))
    expect(problem?.code).toBe('connection-failed')
    expect(JSON.stringify(problem?.diagnostics)).toContain(`the proxy ${new URL(proxy.url).host}`)
    proxy = await startProxy()
  })
})
