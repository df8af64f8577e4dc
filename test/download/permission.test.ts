/** Who is shown which credentials, and that nobody ever reads them. */

import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Behaviour } from '../../demo/behaviour.ts'
import type { Mirror } from '../../demo/mirror.ts'
import { get, nextHop } from '../../lib/io/http.ts'
import {
  content,
  fetched,
  fileName,
  interrupted,
  mirrorOf,
  paramsOf,
  ranges,
  type Shelf,
  sha256,
  shelfOf,
} from './rig.ts'

const body = content(50_000)
const repository = 'datasets/liuhaotian/LLaVA-Pretrain'
const address = `hf://${repository}@70f9d1e/images.zip`
const path = `/${repository}/resolve/70f9d1e/images.zip`

afterEach(() => {
  vi.unstubAllEnvs()
})

/** A hub that keeps the file at another host. */
async function hubOf(hub: Partial<Behaviour> = {}, token = 'hf_averysecrettoken') {
  const mirror = await mirrorOf()
  const cdn = await mirrorOf()
  mirror.serve(path, body, { does: 'huggingface', cdn: cdn.url, ...hub } as Behaviour)
  cdn.serve(path, body)
  vi.stubEnv('HF_ENDPOINT', `${mirror.url}/`)
  vi.stubEnv('HF_TOKEN', token)
  return { mirror, cdn }
}

const authorizations = (mirror: Mirror) => mirror.requests.map(request => request.headers.authorization)

describe('the hub of Hugging Face', () => {
  test('sees the token, and the host that it redirects to does not', async () => {
    const { mirror, cdn } = await hubOf()
    const { bench, bytes } = await fetched(paramsOf(address, { sha256: sha256(body) }))
    expect(bytes?.equals(body)).toBe(true)
    expect(authorizations(mirror)).toEqual(['Bearer hf_averysecrettoken'])
    expect(authorizations(cdn)).toEqual([undefined])
    expect(bench.counts.requests).toBe(2)
    expect(bench.remarks['host']).toBe(new URL(mirror.url).host)
  })

  test('is asked without a token when there is none', async () => {
    const { mirror } = await hubOf({}, '')
    await fetched(paramsOf(address))
    expect(authorizations(mirror)).toEqual([undefined])
  })

  describe('finds its token where its own command line does', () => {
    const file = (...path: readonly string[]): string => {
      const token = join(mkdtempSync(join(tmpdir(), 'groundwork-home-')), ...path)
      mkdirSync(dirname(token), { recursive: true })
      writeFileSync(token, 'hf_fromthefile\n')
      return token
    }
    test.each<[string, () => Readonly<Record<string, string>>, string | undefined]>([
      ['the second variable', () => ({ HUGGING_FACE_HUB_TOKEN: 'hf_old' }), 'Bearer hf_old'],
      ['the named file', () => ({ HF_TOKEN_PATH: file('t'), HF_HOME: '/nowhere' }), 'Bearer hf_fromthefile'],
      ['its home', () => ({ HF_HOME: dirname(file('token')) }), 'Bearer hf_fromthefile'],
      [
        'the cache',
        () => ({ HF_HOME: '', XDG_CACHE_HOME: dirname(dirname(file('huggingface', 'token'))) }),
        'Bearer hf_fromthefile',
      ],
      ['nowhere', () => ({ HF_HOME: '/nowhere' }), undefined],
      ['a folder', () => ({ HF_TOKEN_PATH: tmpdir() }), undefined],
      [
        'HF_TOKEN, which may not be used unasked',
        () => ({ HF_TOKEN: 'hf_a', HF_HUB_DISABLE_IMPLICIT_TOKEN: 'YES' }),
        undefined,
      ],
    ])('%s', async (_, environment, sent) => {
      const { mirror } = await hubOf({}, '')
      for (const [name, value] of Object.entries(environment())) vi.stubEnv(name, value)
      await fetched(paramsOf(address))
      expect(authorizations(mirror)).toEqual([sent])
    })
  })

  test('is asked for spaces, and for revisions with a slash', async () => {
    const { mirror } = await hubOf()
    await fetched(paramsOf('hf://spaces/owner/name@refs/pr/1/app.py'))
    expect(mirror.requests[0]?.path).toBe('/spaces/owner/name/resolve/refs/pr/1/app.py')
  })

  test('is asked for models below no folder, and for names with special characters', async () => {
    const { mirror } = await hubOf()
    await fetched(paramsOf('hf://models/owner/name@main/a folder/50%#.zip'))
    expect(mirror.requests[0]?.path).toBe('/owner/name/resolve/main/a folder/50%#.zip')
  })

  test('tells a digest that is not the pinned one: no byte of the file is read', async () => {
    await hubOf({ sha256: '0'.repeat(64) })
    const { bench, problem } = await fetched(paramsOf(address, { sha256: sha256(body) }))
    expect(problem?.code).toBe('digest-mismatch')
    expect(bench.counts.received).toBe(0)
  })

  test('tells a size that is not the one of the spec: no byte of the file is read', async () => {
    await hubOf({ size: 49_999 })
    const { bench, problem } = await fetched(paramsOf(address, { size: { bytes: 50_000, exact: true } }))
    expect(problem?.code).toBe('size-mismatch')
    expect(bench.counts.received).toBe(0)
  })

  test('tells a size that the file does not have', async () => {
    await hubOf({ size: 49_999 })
    expect((await fetched(paramsOf(address))).problem?.code).toBe('size-mismatch')
  })

  test('tells a digest that its file does not have, although the spec pins none', async () => {
    const { cdn } = await hubOf()
    cdn.serve(`/cdn${path}`, body, { does: 'wrong-bytes' })
    const { problem } = await fetched(paramsOf(address))
    expect(problem?.code).toBe('digest-mismatch')
    expect(problem?.diagnostics[0]?.message).toContain('announced')
  })

  test('is named wrongly', async () => {
    await hubOf()
    vi.stubEnv('HF_ENDPOINT', 'hf-mirror')
    expect((await fetched(paramsOf(address))).problem?.code).toBe('bad-address')
  })
})

describe('user and password of an address', () => {
  const secret = (mirror: Mirror): string =>
    `${mirror.url.replace('http://', 'http://zoe:s3cr%25t@')}/${fileName}?token=t0ken`

  test('become a header of that host only', async () => {
    const [mirror, other] = [await mirrorOf(), await mirrorOf(body)]
    mirror.serve(`/${fileName}`, body, { does: 'redirect', to: `${other.url}/${fileName}` })
    await fetched(paramsOf(secret(mirror)))
    expect(authorizations(mirror)).toEqual([`Basic ${Buffer.from('zoe:s3cr%t').toString('base64')}`])
    expect(authorizations(other)).toEqual([undefined])
  })

  test('stay with the host over a redirect of its own', async () => {
    const mirror = await mirrorOf(body)
    mirror.serve('/here', body, { does: 'redirect', to: `/${fileName}` })
    await fetched(paramsOf(secret(mirror).replace(fileName, 'here')))
    const [first, second] = authorizations(mirror)
    expect(second).toBe(first)
    expect(second).toBeDefined()
  })

  test.each<Behaviour>([
    { does: 'status', status: 401 },
    { does: 'status', status: 404 },
    { does: 'status', status: 500 },
    { does: 'html', title: 'Sign in' },
    { does: 'wrong-bytes' },
    { does: 'redirect-loop' },
    { does: 'cut', after: 10, ranges: 'ignored' },
  ])('are in no message: %o', async behaviour => {
    const mirror = await mirrorOf()
    mirror.serve(`/${fileName}`, body, behaviour)
    const params = paramsOf(secret(mirror), { mirrors: [secret(mirror)], sha256: sha256(body) })
    const { bench, problem } = await fetched(params)
    expect(problem).toBeDefined()
    const said = JSON.stringify([problem?.diagnostics, problem?.message, bench.told, bench.remarks])
    expect(said).not.toMatch(/zoe|s3cr|t0ken|Basic/)
  })

  test('are not on the shelf, and a new token does not change the file', async () => {
    const large = content(2_000_000)
    const mirror = await mirrorOf(large)
    const { shelf } = await interrupted(paramsOf(secret(mirror)), 1)
    const { notePath } = shelfOf({ shelf }) as Shelf
    expect(`${notePath.slice(shelf.length)} ${readFileSync(notePath, 'utf8')}`).not.toMatch(
      /zoe|s3cr|t0ken|Basic|127\.0\.0\.1/,
    )

    const { bytes } = await fetched(paramsOf(secret(mirror).replace('t0ken', 'other')), { shelf })
    expect(bytes?.equals(large)).toBe(true)
    expect(ranges(mirror)[1]).toMatch(/^bytes=[1-9]/)
  })
})

describe('redirects', () => {
  const from = new URL('https://data.example/a/b.zip?sig=secret')

  test.each([
    ['/c.zip', 'https://data.example/c.zip'],
    ['c.zip', 'https://data.example/a/c.zip'],
    ['//cdn.example/c.zip?x=1', 'https://cdn.example/c.zip?x=1'],
  ])('%s leads to %s', (location, to) => {
    expect(nextHop(from, location, 0).href).toBe(to)
  })

  test('from http to https are followed', () => {
    expect(nextHop(new URL('http://data.example/'), 'https://data.example/', 0).protocol).toBe('https:')
  })

  test.each([
    ['http://data.example/b.zip?sig=secret', 0],
    ['ftp://data.example/b.zip', 0],
    ['file:///etc/passwd', 0],
    ['http://[', 0],
    [undefined, 0],
    ['/b.zip', 10],
  ])('%s after %i redirects is refused', (location, hops) => {
    let problem: unknown
    try {
      nextHop(from, location, hops)
    } catch (error) {
      problem = error
    }
    expect(problem).toMatchObject({ code: 'bad-redirect' })
    expect(JSON.stringify(problem)).not.toContain('secret')
  })

  test('a cancelled run asks nobody', async () => {
    const mirror = await mirrorOf(body)
    const signal = AbortSignal.abort(new Error('cancelled'))
    const asked = get({ url: `${mirror.url}/${fileName}`, from: 0, signal, onRequest: () => {} })
    await expect(asked).rejects.toThrow('cancelled')
    expect(mirror.requests).toEqual([])
  })
})
