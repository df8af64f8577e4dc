/** What `hosts:` and netrc send: to whom, before what else, and that no state and no message holds it. */

import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Mirror } from '../../demo/mirror.ts'
import { filesBelow } from '../../lib/io/disk.ts'
import { parseNetrc } from '../../lib/io/http/netrc.ts'
import type { HostBudget } from '../../lib/model/spec.ts'
import { headersOfHosts } from '../../lib/run/headers.ts'
import { mirror as closing, ground } from '../rig/playground.ts'
import { content, fetched, fileName, mirrorOf, paramsOf, small } from './rig.ts'

const body = content(20_000)
const path = `/${fileName}`

afterEach(() => {
  vi.unstubAllEnvs()
})

const headersOf = (hosts: Readonly<Record<string, HostBudget>>, environment = {}) =>
  headersOfHosts({ file: 'datasets.yaml', hosts, places: {} }, environment)
const sent = (mirror: Mirror, header: string) => mirror.requests.map(({ headers }) => headers[header])
const named = (mirror: Mirror, host: string): string => mirror.url.replace('127.0.0.1', host)
const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString('base64')}`

describe('hosts: of the spec', () => {
  const hosts = { '127.0.0.1': { token: '${DATA_TOKEN}', headers: { 'X-Team': 'vision-${TEAM}' } } }
  const environment = { DATA_TOKEN: 's3cret\n', TEAM: '7' }

  test('sends headers and token to that host only, at each hop anew', async () => {
    const [first, second] = [await mirrorOf(body), await mirrorOf(body)]
    first.serve('/start', body, { does: 'redirect', to: `${named(second, 'localhost')}/middle` })
    second.serve('/middle', body, { does: 'redirect', to: `${first.url}${path}` })
    const { bytes } = await fetched(paramsOf(`${first.url}/start`), {
      headersOf: headersOf(hosts, environment),
    })
    expect(bytes?.equals(body)).toBe(true)
    expect(sent(first, 'authorization')).toEqual(['Bearer s3cret', 'Bearer s3cret'])
    expect(sent(first, 'x-team')).toEqual(['vision-7', 'vision-7'])
    expect([sent(second, 'authorization'), sent(second, 'x-team')]).toEqual([[undefined], [undefined]])
  })

  test('gives way to user and password of an address, not to a token of the environment', async () => {
    const mirror = await mirrorOf(body)
    const bench = { headersOf: headersOf(hosts, environment) }
    await fetched(paramsOf(`${mirror.url.replace('//', '//ann:pw@')}${path}`), bench)
    vi.stubEnv('HF_ENDPOINT', mirror.url)
    vi.stubEnv('HF_TOKEN', 'hf_personal')
    await fetched(paramsOf('hf://datasets/o/n@main/a.zip'), bench)
    expect(sent(mirror, 'authorization')).toEqual([basic('ann:pw'), 'Bearer s3cret'])
  })

  test('with a variable that is not set asks nobody, and the next mirror has its turn', async () => {
    const [mirror, other] = [await mirrorOf(body), await mirrorOf(body)]
    const params = paramsOf(`${mirror.url}${path}`, { mirrors: [`${named(other, 'localhost')}${path}`] })
    const { bench, bytes } = await fetched(params, {
      headersOf: headersOf(hosts, { TEAM: '7', DATA_TOKEN: ' ' }),
    })
    expect(bytes?.equals(body)).toBe(true)
    expect(mirror.requests).toEqual([])
    expect(bench.counts.requests).toBe(1)
    expect(bench.told).toMatchObject([{ code: 'unset-variable' }])
  })

  test('is filled in from the environment of the build, and its place is told', async () => {
    const [place, mirror] = [ground(), await closing()]
    mirror.serve('/a.txt', Buffer.from('a'))
    place.spec(`hosts:
  127.0.0.1: { headers: { X-Api-Key: "\${DATA_KEY}" } }
targets: { a: { sources: [{ url: ${mirror.url}/a.txt, file: a.txt }] } }
`)
    const unset = await place.run('build')
    expect(unset).toMatchObject({ exitCode: 1, summary: { requests: 0 }, codes: ['unset-variable'] })
    expect(unset.diagnostics[0]).toMatchObject({ place: { line: 4, column: 38 } })
    vi.stubEnv('DATA_KEY', 'k3y')
    expect(await place.run('build')).toMatchObject({ exitCode: 0 })
    expect(sent(mirror, 'x-api-key')).toEqual(['k3y'])
  })

  test('leaves no secret in the state or in what is told, written out or not', async () => {
    const [place, mirror] = [ground(), await closing()]
    mirror.serve('/a.txt', Buffer.from('a'), { does: 'status', status: 403 })
    mirror.script('/a.txt', [{ does: 'normal' }])
    vi.stubEnv('DATA_KEY', 's3cret-of-the-environment')
    const spec = (name: string): void =>
      place.spec(`hosts:
  127.0.0.1: { token: s3cret-written-out, headers: { X-Api-Key: "\${DATA_KEY}", X-Other: s3cret-too } }
targets: { ${name}: { sources: [{ url: ${mirror.url}/a.txt, file: a.txt }] } }
`)
    spec('a')
    const built = await place.run('build')
    const failed = await place.run('build', '--force')
    const asText = await place.text('build', '--force')
    expect([built.exitCode, failed.exitCode]).toEqual([0, 1])
    expect(sent(mirror, 'authorization')[0]).toBe('Bearer s3cret-written-out')
    const state = [...filesBelow(join(place.root, '.groundwork'))].map(file =>
      readFileSync(join(place.root, '.groundwork', file), 'latin1'),
    )
    const all = [
      built.stdout,
      built.stderr,
      failed.stdout,
      failed.stderr,
      asText.stdout,
      asText.stderr,
      ...state,
    ]
    expect(all.join('\n')).not.toContain('s3cret')
  })
})

describe('netrc', () => {
  let mirror: Mirror
  beforeEach(async () => {
    mirror = await mirrorOf(body)
  })
  const write = (text: string): void => {
    const file = join(mkdtempSync(join(tmpdir(), 'groundwork-netrc-')), 'netrc')
    writeFileSync(file, text)
    vi.stubEnv('NETRC', file)
  }

  test('vouches for a host that nothing else vouches for', async () => {
    write('machine 127.0.0.1 login ann password "pass word"')
    await fetched(paramsOf(`${mirror.url}${path}`))
    await fetched(paramsOf(`${mirror.url.replace('//', '//bob:pw@')}${path}`))
    await fetched(paramsOf(`${mirror.url}${path}`), { headersOf: headersOf({ '127.0.0.1': { token: 't' } }) })
    await fetched(paramsOf(`${named(mirror, 'localhost')}${path}`))
    expect(sent(mirror, 'authorization')).toEqual([
      basic('ann:pass word'),
      basic('bob:pw'),
      'Bearer t',
      undefined,
    ])
  })

  test('is applied at each hop by the host of that hop, its default only at the first', async () => {
    write('machine 127.0.0.1 login ann password a default login anybody password b')
    mirror.serve('/start', body, { does: 'redirect', to: `${mirror.url}/middle` })
    mirror.serve('/middle', body, { does: 'redirect', to: `${named(mirror, 'localhost')}${path}` })
    await fetched(paramsOf(`${named(mirror, 'localhost')}/start`))
    expect(sent(mirror, 'authorization')).toEqual([basic('anybody:b'), basic('ann:a'), undefined])
  })

  test('and its default is not shown to where pieces are asked for straight away', async () => {
    write('default login anybody password b')
    const large = content(200_000)
    mirror.serve('/start', large, { does: 'redirect', to: `${mirror.url}/far` })
    mirror.serve('/far', large, { does: 'drip', bytesPerSecond: 2_000_000 })
    const { bytes } = await fetched(paramsOf(`${named(mirror, 'localhost')}/start`), {}, small)
    expect(bytes?.equals(large)).toBe(true)
    const [first, ...others] = sent(mirror, 'authorization')
    expect(first).toBe(basic('anybody:b'))
    expect(others.length).toBeGreaterThan(3)
    expect(new Set(others)).toEqual(new Set([undefined]))
  })

  test('that is not there is no mistake, unless it is asked for by name', async () => {
    vi.stubEnv('NETRC', '')
    vi.stubEnv('HOME', '/nowhere')
    expect((await fetched(paramsOf(`${mirror.url}${path}`))).problem).toBeUndefined()
    vi.stubEnv('NETRC', tmpdir())
    expect((await fetched(paramsOf(`${mirror.url}${path}`))).problem?.code).toBe('file-not-found')
    expect(mirror.requests).toHaveLength(1)
  })

  test.each<[string, Readonly<Record<string, string>>]>([
    ['machine a.org login ann password pw', { 'a.org': 'ann:pw' }],
    ['machine A.org\n\tlogin ann\n\tpassword pw\n', { 'a.org': 'ann:pw' }],
    ['machine a login "an\\"n" password "p\\\\w\\t"', { a: 'an"n:p\\w\t' }],
    ['machine a login ann password #pw', { a: 'ann:#pw' }],
    ['# machine x login y password z\nmachine a login b password c # of the team', { a: 'b:c' }],
    ['machine a account x login b password c machine d login e password f', { a: 'b:c', d: 'e:f' }],
    ['macdef init\nmachine x login y password z\n\nmachine a login b password c', { a: 'b:c' }],
    ['machine a password c', { a: ':c' }],
    ['machine a login b', {}],
    ['machine a login b password c machine a login d password e', { a: 'b:c' }],
    ['default login d password e', { '': 'd:e' }],
    ['machine a login b password c\ndefault\nlogin d password e', { a: 'b:c', '': 'd:e' }],
    ['what is this? login x password y machine a login b password c', { a: 'b:c' }],
    ['machine', {}],
    ['machine a login b password "open', { a: 'b:open' }],
    ['', {}],
  ])('%j', (text, logins) => {
    const { machines, others } = parseNetrc(text)
    const all = [...machines, ...(others ? [['', others] as const] : [])]
    expect(
      Object.fromEntries(all.map(([host, { login, password }]) => [host, `${login}:${password}`])),
    ).toEqual(logins)
  })
})
