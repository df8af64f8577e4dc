/** What hosts are asked, and what is believed of their answers, before a file is fetched. */

import { afterEach, expect, test, vi } from 'vitest'
import type { Behaviour } from '../../demo/behaviour.ts'
import type { Mirror } from '../../demo/mirror.ts'
import type { Found } from '../../lib/model/lock-file.ts'
import type { DownloadParams } from '../../lib/model/params.ts'
import { Problem } from '../../lib/model/problem.ts'
import { downloadKind } from '../../tasks/download.ts'
import { type TestBench, testBench } from '../rig/workbench.ts'
import { addressAt, content, fileName, mirrorOf, paramsOf, sha256 } from './rig.ts'

const body = content(1_000)
const path = `/${fileName}`
const hubPath = `/datasets/owner/name/resolve/main/${fileName}`
const hubAddress = `hf://datasets/owner/name@main/${fileName}`

afterEach(() => {
  vi.unstubAllEnvs()
})

async function inquired(params: DownloadParams): Promise<{
  readonly found: Found | undefined
  readonly code: string | undefined
  readonly bench: TestBench
}> {
  const bench = testBench()
  try {
    const found = await downloadKind().inquire?.(params, bench)
    return { found, code: undefined, bench }
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return { found: undefined, code: error.code, bench }
  }
}

const asked = ({ requests }: Mirror): readonly string[] =>
  requests.map(({ method, range, status }) => `${method}${range === undefined ? '' : ` ${range}`} ${status}`)

const hostOf = ({ url }: Mirror): string => new URL(url).host

async function serving(does: Behaviour, script: readonly Behaviour[] = []): Promise<Mirror> {
  const mirror = await mirrorOf()
  mirror.serve(path, body, does)
  mirror.script(path, script)
  return mirror
}

const modified = 'Thu, 01 Feb 2024 00:00:00 GMT'

test.each<[string, Behaviour, readonly string[], Omit<Found, 'from'>]>([
  ['a good host', { does: 'normal' }, ['HEAD 200'], { size: 1_000, etag: '"1000-1"' }],
  [
    'no HEAD: 405',
    { does: 'no-head', status: 405 },
    ['HEAD 405', 'GET bytes=0-0 206'],
    { size: 1_000, etag: '"1000-1"' },
  ],
  [
    'no HEAD: 403',
    { does: 'no-head', status: 403 },
    ['HEAD 403', 'GET bytes=0-0 206'],
    { size: 1_000, etag: '"1000-1"' },
  ],
  [
    'no HEAD: 501',
    { does: 'no-head', status: 501 },
    ['HEAD 501', 'GET bytes=0-0 206'],
    { size: 1_000, etag: '"1000-1"' },
  ],
  ['no length at all', { does: 'chunked' }, ['HEAD 200', 'GET bytes=0-0 200'], { etag: '"1000-1"' }],
  ['a weak ETag', { does: 'tagged', etag: 'W/"1"' }, ['HEAD 200'], { size: 1_000, modified }],
  ['no ETag', { does: 'tagged', etag: '' }, ['HEAD 200'], { size: 1_000, modified }],
])('%s', async (_, does, requests, told) => {
  const mirror = await serving(does)
  const { found, bench } = await inquired(paramsOf(addressAt(mirror)))
  expect(found).toEqual({ ...told, from: hostOf(mirror) })
  expect(asked(mirror)).toEqual(requests)
  expect(bench.counts).toEqual({ requests: requests.length, received: 0 })
})

test('a file without a byte has no first one', async () => {
  const mirror = await mirrorOf()
  mirror.serve(path, Buffer.alloc(0), { does: 'no-head', status: 405 })
  expect((await inquired(paramsOf(addressAt(mirror)))).found).toMatchObject({ size: 0 })
})

test('the hub tells all in its first answer; nothing is asked of the signed address behind it', async () => {
  const mirror = await mirrorOf()
  mirror.serve(hubPath, body, { does: 'huggingface' })
  vi.stubEnv('HF_ENDPOINT', mirror.url)
  const commit = '0123456789abcdef0123456789abcdef01234567'
  const { found } = await inquired(paramsOf(hubAddress))
  expect(found).toEqual({ size: 1_000, sha256: sha256(body), revision: commit, from: hostOf(mirror) })
  expect(asked(mirror)).toEqual(['HEAD 302'])
  mirror.serve(hubPath.replace('main', commit), body, { does: 'huggingface' })
  const pinned = await inquired(paramsOf(hubAddress.replace('main', commit)))
  expect(pinned.found).not.toHaveProperty('revision')
})

test('a host in trouble is asked again, as long as it wants to be left alone', async () => {
  const mirror = await serving({ does: 'normal' }, [
    { does: 'status', status: 503 },
    { does: 'status', status: 429, retryAfter: '7' },
  ])
  const { found, bench } = await inquired(paramsOf(addressAt(mirror)))
  expect(found).toMatchObject({ size: 1_000 })
  expect(bench.pauses).toEqual([expect.any(Number), 7_000])
  expect(asked(mirror)).toEqual(['HEAD 503', 'HEAD 429', 'HEAD 200'])
})

test.each<[string, Behaviour, number]>([
  ['not-found', { does: 'status', status: 404 }, 1],
  ['unauthorized', { does: 'status', status: 401 }, 1],
  ['unauthorized', { does: 'status', status: 403 }, 2],
  ['server-error', { does: 'status', status: 400 }, 1],
  ['server-error', { does: 'status', status: 502 }, 5],
  ['html-instead-of-data', { does: 'html', title: 'Sign in' }, 1],
  ['bad-redirect', { does: 'redirect-loop' }, 11],
])('%s: %j', async (code, does, requests) => {
  const mirror = await serving(does)
  expect(await inquired(paramsOf(addressAt(mirror)))).toMatchObject({ code, found: undefined })
  expect(mirror.requests).toHaveLength(requests)
})

test('mirrors are asked in order, and what was wrong with those before is told', async () => {
  const gone = await serving({ does: 'status', status: 404 })
  const good = await mirrorOf(body)
  const { found, bench } = await inquired(paramsOf(addressAt(gone), { mirrors: [addressAt(good)] }))
  expect(found).toMatchObject({ size: 1_000, from: hostOf(good) })
  expect(bench.told.map(({ code, severity }) => [code, severity])).toEqual([['not-found', 'warning']])
  const none = await inquired(paramsOf(addressAt(gone), { mirrors: [addressAt(gone)] }))
  expect(none.code).toBe('all-sources-failed')
})

test('parts have the size of all of them', async () => {
  const [one, two] = [await mirrorOf(body), await mirrorOf(content(234))]
  const { found } = await inquired(paramsOf([addressAt(one), addressAt(two)]))
  expect(found).toEqual({ size: 1_234, from: hostOf(one) })
})
