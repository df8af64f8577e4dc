/**
 * What `hosts:` of the spec sends to each host: its headers, its token, with environment variables filled in when the
 * host is asked for the first time. Knows no request.
 */

import type { HeadersOf } from '../model/host.ts'
import { Problem } from '../model/problem.ts'
import { below, type HostBudget, placeOf, type Spec } from '../model/spec.ts'
import { variablePattern } from '../model/variables.ts'

type Environment = Readonly<Record<string, string | undefined>>
type Hosts = Pick<Spec, 'hosts' | 'file' | 'places'>

/** Names in small letters. Throws `unset-variable`, before that host is asked for anything. */
export function headersOfHosts(spec: Hosts, environment: Environment): HeadersOf {
  const filled = new Map<string, Readonly<Record<string, string>>>()
  return host => {
    const budget = Object.hasOwn(spec.hosts, host) ? spec.hosts[host] : undefined
    if (budget === undefined) return {}
    const known = filled.get(host) ?? headersFor(host, budget, spec, environment)
    filled.set(host, known)
    return known
  }
}

function headersFor(
  host: string,
  { headers = {}, token }: HostBudget,
  spec: Hosts,
  environment: Environment,
): Readonly<Record<string, string>> {
  const value = (text: string, ...keys: readonly string[]): string =>
    text.replace(variablePattern, (_, name: string) => {
      const found = environment[name]?.trim()
      const pointer = below('hosts', host, ...keys)
      if (!found) throw unset(name, host, keys, spec, pointer)
      if (!/^[\t\u0020-\u007e\u0080-\u00ff]*$/.test(found)) throw unfit(name, host, spec, pointer)
      return found
    })
  const written = Object.entries(headers).map(
    ([name, text]) => [name.toLowerCase(), value(text, 'headers', name)] as const,
  )
  return {
    ...Object.fromEntries(written),
    ...(token !== undefined && { authorization: `Bearer ${value(token, 'token')}` }),
  }
}

const unset = (name: string, host: string, keys: readonly string[], spec: Hosts, pointer: string): Problem =>
  new Problem({
    code: 'unset-variable',
    message: `The environment variable ${name} is not set.`,
    place: placeOf(spec, pointer),
    evidence: [
      { label: 'wanted', text: `the ${keys[0] === 'token' ? 'token' : `header ${keys[1]}`} of ${host}` },
    ],
    disk: `${host} was not asked.`,
    next: `set it (export ${name}=…), then run the same command again.`,
  })

const unfit = (name: string, host: string, spec: Hosts, pointer: string): Problem =>
  new Problem({
    code: 'bad-value',
    message: `The environment variable ${name} holds a character that no header can have.`,
    place: placeOf(spec, pointer),
    disk: `${host} was not asked.`,
    next: 'set it anew: one line, without quotes and without control characters.',
  })
