/**
 * The way to a host: connections that are kept open for the next request, straight or through the proxy that the
 * environment names. How many there may be is the budget of a host, not theirs.
 */

import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { Problem } from '../../model/problem.ts'

interface Agents {
  readonly http: HttpAgent
  readonly https: HttpsAgent
}

export interface Way {
  readonly agents: Agents
  /** Host and port, without user and password; undefined for a straight way. */
  readonly proxy?: string
}

const keeping = { keepAlive: true, scheduling: 'lifo' } as const

const straight: Way = { agents: { http: new HttpAgent(keeping), https: new HttpsAgent(keeping) } }

/** By the whole address of the proxy. */
const ways = new Map<string, Way>()

const variables = ['http_proxy', 'https_proxy', 'all_proxy'].flatMap(name => [name, name.toUpperCase()])

/** `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`, in capitals or small letters. Throws `bad-address`. */
export async function wayTo(url: URL): Promise<Way> {
  if (!variables.some(name => process.env[name])) return straight
  const { getProxyForUrl } = await import('proxy-from-env')
  const proxy = withScheme(getProxyForUrl(url.href))
  if (proxy === '') return straight
  const way = ways.get(proxy) ?? (await wayThrough(proxy))
  ways.set(proxy, way)
  return way
}

/** `proxy.example:3128` is spoken to without TLS, whatever it is asked for, as curl does it. */
const withScheme = (proxy: string): string =>
  variables.some(name => process.env[name] && `https://${process.env[name]}` === proxy)
    ? proxy.replace('https:', 'http:')
    : proxy

async function wayThrough(proxy: string): Promise<Way> {
  if (!/^https?:/i.test(proxy) || !URL.canParse(proxy)) throw unusable(proxy)
  const [{ HttpProxyAgent }, { HttpsProxyAgent }] = await Promise.all([
    import('http-proxy-agent'),
    import('https-proxy-agent'),
  ])
  return {
    agents: {
      http: new HttpProxyAgent(proxy, keeping),
      https: new HttpsProxyAgent(proxy, keeping),
    },
    proxy: new URL(proxy).host,
  }
}

const unusable = (proxy: string): Problem =>
  new Problem({
    code: 'bad-address',
    message: 'The proxy that the environment names cannot be used.',
    evidence: [
      { label: 'found', text: `a ${/^[a-z0-9+.-]+(?=:)/i.exec(proxy)?.[0] ?? 'nameless'}: address` },
    ],
    next: 'set HTTP_PROXY and HTTPS_PROXY to something like http://proxy.example:3128, or unset them.',
  })

/** The proxy itself answers, and not the host behind it. */
export const refusedByProxy = (url: URL, proxy: string, status: number): Problem =>
  new Problem({
    code: 'connection-failed',
    message: `The proxy ${proxy} does not let us through to ${url.host}.`,
    evidence: [{ label: 'found', text: `status ${status}${says[status] ?? ''}` }],
    next:
      status === 407
        ? 'write USER:PASSWORD@ before the name of the proxy in HTTP_PROXY or HTTPS_PROXY.'
        : 'run the same command again; if it stays so, ask who runs the proxy, or name the host in NO_PROXY.',
  })

const says: Readonly<Record<number, string>> = {
  407: ': it wants to know who asks',
  502: ': it cannot reach the host',
  503: ': it is too busy',
  504: ': the host does not answer it',
}
