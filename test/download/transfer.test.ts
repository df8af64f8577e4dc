/** What is asked of hosts that answer well, or fail for a while, and what comes of it. */

import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Behaviour } from '../../demo/behaviour.ts'
import { freeHost } from '../rig/workbench.ts'
import {
  addressAt,
  codes,
  content,
  fetched,
  fileName,
  hostThatSays,
  md5,
  mirrorOf,
  paramsOf,
  ranges,
  sha256,
} from './rig.ts'

const body = content(300_000)
const pins = { size: { bytes: body.length, exact: true }, sha256: sha256(body) }

describe('a host that answers well', () => {
  test('is asked once, and its file is staged, recorded and remembered', async () => {
    const mirror = await mirrorOf(body)
    const { bench, bytes } = await fetched(paramsOf(addressAt(mirror), { ...pins, md5: md5(body) }))
    expect(bytes?.equals(body)).toBe(true)
    expect(bench.recorded.get(fileName)).toEqual({ bytes: body.length, sha256: sha256(body) })
    expect(bench.remarks).toEqual({ host: new URL(mirror.url).host, etag: '"300000-1"', md5: md5(body) })
    expect(bench.counts).toEqual({ requests: 1, received: body.length })
    expect(readdirSync(bench.shelf)).toEqual([])
    expect(mirror.requests).toMatchObject([{ method: 'GET', range: undefined, status: 200 }])
    expect(mirror.requests[0]?.headers['user-agent']).toMatch(/^groundwork\/\d+\.\d+\.\d+$/)
  })

  test('an empty file is a file', async () => {
    const mirror = await mirrorOf(Buffer.alloc(0))
    const { bench, bytes } = await fetched(paramsOf(addressAt(mirror)))
    expect(bytes).toEqual(Buffer.alloc(0))
    expect(bench.recorded.get(fileName)?.sha256).toBe(sha256(Buffer.alloc(0)))
  })

  test('tells how far it is, takes its ration before each piece, and holds one connection', async () => {
    const mirror = await mirrorOf(body)
    const log: string[] = []
    let held = 0
    await fetched(paramsOf(addressAt(mirror)), {
      host: name =>
        freeHost(name, {
          connect: async work => {
            held += 1
            try {
              return await work()
            } finally {
              held -= 1
              log.push(`released ${name}`)
            }
          },
          ration: async bytes => void log.push(`${held} ${name} ${bytes > 0}`),
        }),
      progress: (done, total) => void (done === total && log.push('whole')),
    })
    expect(log[0]).toBe('1 127.0.0.1 true')
    expect(log.slice(-2)).toEqual(['whole', 'released 127.0.0.1'])
  })
})

describe('a host that fails for a while is asked again', () => {
  const once = async (behaviour: Behaviour, pinned = false) => {
    const mirror = await mirrorOf(body)
    mirror.script(`/${fileName}`, [behaviour])
    return { mirror, ...(await fetched(paramsOf(addressAt(mirror), pinned ? pins : {}))) }
  }

  test.each<[string, Behaviour]>([
    ['a cut before the first byte', { does: 'cut', after: 0 }],
    ['status 500', { does: 'status', status: 500 }],
    ['status 502', { does: 'status', status: 502 }],
    ['status 504', { does: 'status', status: 504 }],
    ['status 429', { does: 'status', status: 429 }],
  ])('after %s, with a pause of about a second', async (_, behaviour) => {
    const { mirror, bench, bytes } = await once(behaviour)
    expect(bytes?.equals(body)).toBe(true)
    expect(ranges(mirror)).toEqual([undefined, undefined])
    expect(bench.pauses).toHaveLength(1)
    expect(bench.pauses[0]).toBeGreaterThanOrEqual(500)
    expect(bench.pauses[0]).toBeLessThanOrEqual(1000)
  })

  test('Retry-After in seconds is honoured', async () => {
    const { bench } = await once({ does: 'status', status: 503, retryAfter: '7' })
    expect(bench.pauses).toEqual([7000])
  })

  test('a wait of minutes is told and waited for; one of hours is not worth it', async () => {
    const told = await once({ does: 'status', status: 429, retryAfter: '240' })
    expect(told.bench.pauses).toEqual([240_000])
    expect(told.bench.told).toMatchObject([{ severity: 'note', code: 'rate-limited' }])
    const retryAfter = new Date(Date.now() + 86_400_000).toUTCString()
    const { bench, problem } = await once({ does: 'status', status: 429, retryAfter })
    expect([problem?.code, bench.pauses]).toEqual(['rate-limited', []])
  })

  test('where a mirror is left, nobody waits for minutes', async () => {
    const busy = await mirrorOf()
    busy.serve(`/${fileName}`, body, { does: 'status', status: 503, retryAfter: '240' })
    const good = await mirrorOf(body)
    const { bench, bytes } = await fetched(paramsOf(addressAt(busy), { mirrors: [addressAt(good)] }))
    expect(bytes?.equals(body)).toBe(true)
    expect(bench.pauses).toEqual([])
    expect(busy.requests).toHaveLength(1)
  })

  test('a pinned file that is called a page is judged by its bytes', async () => {
    const headers = { 'content-type': 'text/html' }
    const host = await hostThatSays(() => ({ status: 200, headers, body }))
    expect((await fetched(paramsOf(host.address, pins))).bytes?.equals(body)).toBe(true)
    expect((await fetched(paramsOf(host.address))).problem?.code).toBe('html-instead-of-data')
  })

  test('a file that is packed on the way is refused, unless its name says that it is packed', async () => {
    const headers = { 'content-type': 'application/octet-stream', 'content-encoding': 'gzip' }
    const host = await hostThatSays(() => ({ status: 200, headers, body }))
    expect((await fetched(paramsOf(host.address))).problem?.code).toBe('encoded-content')
    const packed = paramsOf(host.address, {}, { fileName: 'images.tar.gz' })
    expect((await fetched(packed)).bytes?.equals(body)).toBe(true)
  })

  test.each<[string, Behaviour]>([
    ['a cut', { does: 'cut', after: 100_000 }],
    ['a stall', { does: 'stall', after: 100_000 }],
  ])('after %s it is asked for the rest only', async (_, behaviour) => {
    const { mirror, bench, bytes } = await once(behaviour)
    expect(bytes?.equals(body)).toBe(true)
    expect(ranges(mirror)).toEqual([undefined, 'bytes=100000-'])
    expect(mirror.requests[1]).toMatchObject({ status: 206, bytes: 200_000 })
    expect(mirror.requests[1]?.headers['if-range']).toBe('"300000-1"')
    expect(bench.counts.received).toBe(body.length)
  })

  test('five times in a row, then it is given up', async () => {
    const mirror = await mirrorOf(body)
    mirror.script(
      `/${fileName}`,
      Array.from({ length: 9 }, () => ({ does: 'status', status: 503 })),
    )
    const { bench, problem } = await fetched(paramsOf(addressAt(mirror)))
    expect(problem?.code).toBe('server-error')
    expect(mirror.requests).toHaveLength(5)
    expect(bench.pauses).toHaveLength(4)
    for (const [i, pause] of bench.pauses.entries()) expect(pause).toBeGreaterThanOrEqual(2 ** i * 500)
  })

  test('without end, as long as each answer brings something', async () => {
    const mirror = await mirrorOf(body)
    mirror.script(
      `/${fileName}`,
      Array.from({ length: 12 }, () => ({ does: 'cut', after: 20_000 })),
    )
    const { bench, bytes } = await fetched(paramsOf(addressAt(mirror)))
    expect(bytes?.equals(body)).toBe(true)
    expect(ranges(mirror).slice(1)).toEqual(
      Array.from({ length: 12 }, (_, i) => `bytes=${(i + 1) * 20_000}-`),
    )
    expect(Math.max(...bench.pauses)).toBeLessThanOrEqual(1000)
  })

  test('five times, where it always cuts at the same place and begins at the first byte', async () => {
    const mirror = await mirrorOf()
    mirror.serve(`/${fileName}`, body, { does: 'cut', after: 20_000, ranges: 'ignored' })
    const { bench, problem } = await fetched(paramsOf(addressAt(mirror)))
    expect(problem?.code).toBe('connection-cut')
    expect(mirror.requests).toHaveLength(5)
    expect(codes(bench.told)).toEqual(Array(4).fill('range-ignored'))
  })
})
