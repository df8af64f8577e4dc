/** The mirror itself: a test that trusts it has to know that it lies as it was told, and only then. */

import { createHash } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { type IncomingHttpHeaders, get as request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Behaviour } from '../demo/behaviour.ts'
import { type Mirror, startMirror } from '../demo/mirror.ts'

const body = Buffer.from('0123456789'.repeat(10_000))
let mirror: Mirror

beforeEach(async () => {
  mirror = await startMirror()
})
afterEach(() => mirror.close())

interface Got {
  readonly status: number | undefined
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  readonly cut: boolean
}

const ask = (path: string, headers: Record<string, string> = {}): Promise<Got> =>
  new Promise((resolve, reject) => {
    const asked = request(`${mirror.url}${path}`, { headers, agent: false }, response => {
      const pieces: Buffer[] = []
      const done = (cut: boolean): void =>
        resolve({
          status: response.statusCode,
          headers: response.headers,
          body: Buffer.concat(pieces),
          cut,
        })
      response.on('data', (piece: Buffer) => pieces.push(piece))
      response.on('end', () => done(false))
      response.on('error', () => done(true))
    })
    asked.on('error', reject)
  })

const asked = (behaviour: Behaviour, headers: Record<string, string> = {}): Promise<Got> => {
  mirror.serve('/a', body, behaviour)
  return ask('/a', headers)
}

describe.each(['from memory', 'from a file'])('a good answer %s', from => {
  beforeEach(() => {
    const file = join(mkdtempSync(join(tmpdir(), 'groundwork-mirror-')), 'a')
    writeFileSync(file, body)
    mirror.serve('/a', from === 'from memory' ? body : { file })
  })

  test.each([
    [undefined, 200, 0, 100_000],
    ['bytes=0-', 206, 0, 100_000],
    ['bytes=99990-', 206, 99_990, 100_000],
    ['bytes=5-8', 206, 5, 9],
    ['bytes=-3', 206, 99_997, 100_000],
    ['bytes=5-999999', 206, 5, 100_000],
    ['bytes=100000-', 416, 0, 0],
    ['lines=1-2', 200, 0, 100_000],
  ])('to the range %s', async (range, status, start, end) => {
    const got = await ask('/a', range === undefined ? {} : { range })
    expect(got.status).toBe(status)
    expect(got.body.equals(body.subarray(start, end))).toBe(true)
    if (status === 206) expect(got.headers['content-range']).toBe(`bytes ${start}-${end - 1}/100000`)
    expect(mirror.requests).toMatchObject([{ path: '/a', status, bytes: end - start, range }])
  })

  test('keeps to If-Range', async () => {
    const { etag = '', 'last-modified': date = '' } = (await ask('/a')).headers
    const statusFor = async (condition: string) =>
      (await ask('/a', { range: 'bytes=5-', 'if-range': condition })).status
    expect([await statusFor(etag), await statusFor(date), await statusFor('"other"')]).toEqual([
      206, 206, 200,
    ])
  })
})

describe('lies', () => {
  test('no ranges', async () => {
    const { status, headers } = await asked({ does: 'no-ranges' }, { range: 'bytes=5-' })
    expect([status, headers['accept-ranges']]).toEqual([200, undefined])
  })

  test('ranges promised and ignored', async () => {
    const { status, headers } = await asked({ does: 'range-ignored' }, { range: 'bytes=5-' })
    expect([status, headers['accept-ranges']]).toEqual([200, 'bytes'])
  })

  test('another range than asked', async () => {
    const { status, headers } = await asked({ does: 'wrong-range' }, { range: 'bytes=99995-' })
    expect([status, headers['content-range']]).toEqual([206, 'bytes 0-4/100000'])
  })

  test('no length', async () => {
    const got = await asked({ does: 'chunked' })
    expect(got.headers['content-length']).toBeUndefined()
    expect(got.body.equals(body)).toBe(true)
  })

  test.each([0, 1, 65_536, 99_999])('a cut after %i bytes', async after => {
    const got = await asked({ does: 'cut', after })
    expect([got.cut, got.body.length, got.headers['content-length']]).toEqual([true, after, '100000'])
    expect(mirror.requests[0]?.bytes).toBe(after)
  })

  test('a cut counts from the beginning of the range', async () => {
    const got = await asked({ does: 'cut', after: 7 }, { range: 'bytes=50000-' })
    expect([got.status, got.body.length]).toEqual([206, 7])
  })

  test('a stall sends so much, then nothing, until the mirror closes', async () => {
    const stalled = asked({ does: 'stall', after: 70_000 })
    while (mirror.requests[0]?.bytes !== 70_000) await new Promise(setImmediate)
    await mirror.close()
    expect((await stalled).cut).toBe(true)
  })

  test('a drip keeps its rate', async () => {
    const started = performance.now()
    const { body: dripped } = await asked({ does: 'drip', bytesPerSecond: 500_000 })
    expect(dripped.length).toBe(body.length)
    expect(performance.now() - started).toBeGreaterThan(100)
  })

  test('other bytes, another length, a page', async () => {
    const other = await asked({ does: 'wrong-bytes' })
    expect([other.body.length, other.body.equals(body)]).toEqual([body.length, false])
    const longer = await asked({ does: 'wrong-length', bytes: 7 })
    expect([longer.body.length, longer.headers['content-length']]).toEqual([7, '7'])
    const page = await asked({ does: 'html', title: 'Sign in' })
    expect(page.status).toBe(200)
    expect(page.headers['content-type']).toMatch('text/html')
    expect(page.body.toString()).toContain('<title>Sign in</title>')
  })

  test('a status, with a word on when to come back', async () => {
    const { status, headers } = await asked({ does: 'status', status: 429, retryAfter: '3' })
    expect([status, headers['retry-after']]).toEqual([429, '3'])
  })

  test('redirects', async () => {
    expect((await asked({ does: 'redirect', to: '/b' })).headers.location).toBe('/b')
    expect((await asked({ does: 'redirect-loop' })).headers.location).toBe('/a')
  })

  test('the hub: a redirect with size and digest, to where the bytes are', async () => {
    const { status, headers } = await asked({ does: 'huggingface' })
    expect(status).toBe(302)
    expect(headers['x-linked-etag']).toBe(`"${createHash('sha256').update(body).digest('hex')}"`)
    expect(headers['x-linked-size']).toBe('100000')
    expect((await ask(headers.location ?? '')).body.equals(body)).toBe(true)
  })

  test('an ETag that changes', async () => {
    const first = (await asked({ does: 'etag-changes' })).headers.etag
    expect((await ask('/a')).headers.etag).not.toBe(first)
  })

  test('one behaviour a request, then the usual one; what is not served is not there', async () => {
    mirror.serve('/a', body)
    mirror.script('/a', [
      { does: 'status', status: 503 },
      { does: 'status', status: 404 },
    ])
    const statuses = [(await ask('/a')).status, (await ask('/a')).status, (await ask('/a')).status]
    expect([...statuses, (await ask('/b')).status]).toEqual([503, 404, 200, 404])
    expect(() => mirror.script('/b', [])).toThrow('call serve before script')
  })
})
