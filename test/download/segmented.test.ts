/** One file over several connections: what is asked, what is taken over, and what is never put together. */

import { describe, expect, test } from 'vitest'
import type { Behaviour } from '../../demo/behaviour.ts'
import type { Mirror } from '../../demo/mirror.ts'
import type { Host } from '../../lib/model/host.ts'
import type { Workbench } from '../../lib/model/task.ts'
import { freeHost } from '../rig/workbench.ts'
import {
  addressAt,
  content,
  fetched,
  fileName,
  hostThatSays,
  mirrorOf,
  paramsOf,
  ranges,
  sha256,
  small,
} from './rig.ts'

const body = content(400_000)
const pinned = { sha256: sha256(body) }
const path = `/${fileName}`

/** A bench whose hosts take so many connections; says how many were held at most. */
function hostsOf(connections: number, overrides: Partial<Host> = {}) {
  const seen = { most: 0, rests: [] as number[], crowded: 0 }
  let held = 0
  const host: Workbench['host'] = name =>
    freeHost(name, {
      connections,
      async connect(work) {
        held += 1
        seen.most = Math.max(seen.most, held)
        try {
          return await work()
        } finally {
          held -= 1
        }
      },
      rest: milliseconds => void seen.rests.push(milliseconds),
      crowded: () => void (seen.crowded += 1),
      ...overrides,
    })
  return { host, seen }
}

/** First and last byte of each range that was asked for; the first request asks for none. */
const asked = (mirror: Mirror): readonly (readonly [number, number])[] =>
  ranges(mirror)
    .slice(1)
    .map(range => /^bytes=(\d+)-(\d+)$/.exec(range ?? '') ?? ['', '-1', '-1'])
    .map(([, from, to]) => [Number(from), Number(to)] as const)

/** Slow enough that connections overlap. */
const drip: Behaviour = { does: 'drip', bytesPerSecond: 1_000_000 }

describe('a file that is worth several connections', () => {
  test('is fetched over as many as its host is given, each byte once', async () => {
    const mirror = await mirrorOf()
    mirror.serve(path, body, drip)
    const { host, seen } = hostsOf(4)
    const { bench, bytes } = await fetched(paramsOf(addressAt(mirror), pinned), { host }, small)
    expect(bytes?.equals(body)).toBe(true)
    expect(seen.most).toBe(4)
    expect(bench.recorded.get(fileName)?.sha256).toBe(pinned.sha256)
    expect(ranges(mirror)[0]).toBeUndefined()
    const covered = asked(mirror).toSorted(([a], [b]) => a - b)
    expect(covered.every(([from, to]) => from >= 0 && to < body.length)).toBe(true)
    expect(mirror.requests.slice(1).every(({ status }) => status === 206)).toBe(true)
    // The first request is left when its claim is full; a little of its body may have been on its way.
    expect(bench.counts.received).toBeLessThan(body.length + 4 * 65_536)
  })

  test('is asked for by whole bytes, whatever a connection brought', async () => {
    const mirror = await mirrorOf()
    mirror.serve(path, body, { does: 'drip', bytesPerSecond: 300_000 })
    const adapting = { ...small, claimBytes: 10_000, claimSeconds: 0.1, mostClaimBytes: body.length }
    await fetched(paramsOf(addressAt(mirror), pinned), { host: hostsOf(4).host }, adapting)
    expect(ranges(mirror).filter(range => range?.includes('.'))).toEqual([])
  })

  test('is asked for front to back, so that its beginning is there early', async () => {
    const mirror = await mirrorOf()
    mirror.serve(path, body, drip)
    await fetched(paramsOf(addressAt(mirror), pinned), { host: hostsOf(3).host }, small)
    const starts = asked(mirror).map(([from]) => from)
    // Of three that are on their way, any may arrive first.
    const half = starts.slice(0, starts.length / 2)
    expect(half.every((start, i) => start < (half[i + 3] ?? body.length))).toBe(true)
  })

  test('with one connection it is one request', async () => {
    const mirror = await mirrorOf(body)
    const { bytes } = await fetched(paramsOf(addressAt(mirror), pinned), { host: hostsOf(1).host }, small)
    expect(bytes?.equals(body)).toBe(true)
    expect(ranges(mirror)).toEqual([undefined])
  })

  test('every piece names the version that it goes with', async () => {
    const mirror = await mirrorOf()
    mirror.serve(path, body, drip)
    await fetched(paramsOf(addressAt(mirror)), { host: hostsOf(4).host }, small)
    expect(mirror.requests.length).toBeGreaterThan(3)
    expect(mirror.requests.slice(1).every(({ headers }) => headers['if-range'] === '"400000-1"')).toBe(true)
  })
})

describe('what goes wrong on one of several connections', () => {
  const with4 = async (script: readonly Behaviour[], download: object = pinned) => {
    const mirror = await mirrorOf()
    mirror.serve(path, body, drip)
    mirror.script(path, [drip, ...script])
    const { host, seen } = hostsOf(4)
    return { mirror, seen, ...(await fetched(paramsOf(addressAt(mirror), download), { host }, small)) }
  }

  test.each<[string, Behaviour]>([
    ['a cut', { does: 'cut', after: 3_000 }],
    ['a cut before the first byte', { does: 'cut', after: 0 }],
    ['a stall', { does: 'stall', after: 5_000 }],
    ['status 500', { does: 'status', status: 500 }],
  ])('%s: the others go on, and its rest is fetched', async (_, behaviour) => {
    const { bytes, bench, problem } = await with4([behaviour])
    expect(problem).toBeUndefined()
    expect(bytes?.equals(body)).toBe(true)
    // Nobody waits where others are at work; who stalls may be the last one.
    expect(bench.pauses.length).toBeLessThanOrEqual(behaviour.does === 'stall' ? 1 : 0)
    expect(bench.told).toEqual([])
  })

  test('status 429: the host is given fewer connections, and rests as long as it asked', async () => {
    const { bytes, seen } = await with4([{ does: 'status', status: 429, retryAfter: '2' }])
    expect(bytes?.equals(body)).toBe(true)
    expect(seen.rests).toEqual([2_000])
    expect(seen.crowded).toBe(1)
  })

  test('a connection that crawls is sent away, and its bytes are fetched by another', async () => {
    const mirror = await mirrorOf()
    mirror.serve(path, body, { does: 'drip', bytesPerSecond: 400_000 })
    mirror.script(path, [drip, { does: 'drip', bytesPerSecond: 500 }])
    const tuning = { ...small, tickMs: 100 }
    const { bytes } = await fetched(paramsOf(addressAt(mirror), pinned), { host: hostsOf(4).host }, tuning)
    expect(bytes?.equals(body)).toBe(true)
    const [crawler] = asked(mirror)
    const again = asked(mirror)
      .slice(1)
      .some(([from, to]) => from >= (crawler?.[0] ?? 0) && from <= (crawler?.[1] ?? 0) && to >= from)
    expect(again).toBe(true)
  })

  test('a range that is ignored: begun anew over one connection, and said once', async () => {
    const { mirror, bench, bytes } = await with4([{ does: 'range-ignored' }])
    expect(bytes?.equals(body)).toBe(true)
    expect(bench.told).toMatchObject([{ severity: 'note', code: 'range-ignored' }])
    expect(ranges(mirror).at(-1)).toBeUndefined()
  })

  test('the bytes of another range: begun anew', async () => {
    const { bytes } = await with4([{ does: 'wrong-range' }])
    expect(bytes?.equals(body)).toBe(true)
  })

  test('another version in the middle: begun anew, never put together', async () => {
    const { bench, bytes } = await with4([{ does: 'etag-changes' }], {})
    expect(bytes?.equals(body)).toBe(true)
    expect(bench.told).toMatchObject([{ severity: 'note', code: 'source-changed' }])
  })

  test.each([
    ['pinned', pinned],
    ['unpinned', {}],
  ])('an ETag that is another one each time: fetched over one connection (%s)', async (_, download) => {
    const mirror = await mirrorOf()
    mirror.serve(path, body, { does: 'etag-changes' })
    const { bench, bytes } = await fetched(
      paramsOf(addressAt(mirror), download),
      { host: hostsOf(4).host },
      small,
    )
    expect(bytes?.equals(body)).toBe(true)
    expect(bench.told).toMatchObject([{ code: 'source-changed' }])
    expect(ranges(mirror).at(-1)).toBeUndefined()
  })

  test('status 404 for one piece ends the address', async () => {
    const { problem, bytes } = await with4([{ does: 'status', status: 404 }])
    expect(problem?.code).toBe('not-found')
    expect(bytes).toBeUndefined()
  })
})

test('a host that says that it has nothing left for us is left alone until it has', async () => {
  const headers = { 'content-type': 'application/octet-stream', ratelimit: '"api";r=0;t=7' }
  const host = await hostThatSays(() => ({ status: 200, headers, body }))
  const { host: hosts, seen } = hostsOf(1)
  const { bytes } = await fetched(paramsOf(host.address), { host: hosts }, small)
  expect(bytes?.equals(body)).toBe(true)
  expect(seen.rests).toEqual([7_000])
})

test('an address that led to a signed one: pieces go there, and the whole way again when it expired', async () => {
  const mirror = await mirrorOf()
  mirror.serve(path, body, { does: 'huggingface' })
  mirror.serve(`/cdn${path}`, body, drip)
  mirror.script(`/cdn${path}`, [drip, drip, { does: 'status', status: 403 }])
  const { host } = hostsOf(2)
  const { bytes, bench } = await fetched(paramsOf(addressAt(mirror)), { host }, small)
  expect(bytes?.equals(body)).toBe(true)
  expect(bench.told).toEqual([])
  const ways = mirror.requests.map(request => request.path)
  expect(ways.slice(0, 3)).toEqual([path, `/cdn${path}`, `/cdn${path}`])
  expect(ways.filter(way => way === path)).toHaveLength(2)
})

test('a host without a version and without a digest is not fetched in pieces', async () => {
  const mirror = await mirrorOf()
  mirror.serve(path, body, { does: 'no-ranges' })
  const { bytes } = await fetched(paramsOf(addressAt(mirror)), { host: hostsOf(4).host }, small)
  expect(bytes?.equals(body)).toBe(true)
  expect(mirror.requests).toHaveLength(1)
})

describe('a host under its floor', () => {
  const slow: Behaviour = { does: 'drip', bytesPerSecond: 50_000 }
  const budget = { floorBytesPerSecond: 200_000 }

  test('is left for the next mirror, which goes on where it was', async () => {
    const first = await mirrorOf()
    first.serve(path, body, slow)
    const second = await mirrorOf(body)
    const params = paramsOf(addressAt(first), { ...pinned, mirrors: [addressAt(second)] })
    const { bench, bytes } = await fetched(
      params,
      { host: name => freeHost(name, { connections: 1, budget }) },
      small,
    )
    expect(bytes?.equals(body)).toBe(true)
    expect(bench.told).toMatchObject([{ severity: 'warning', code: 'too-slow' }])
    expect(ranges(second)[0]).toMatch(/^bytes=[1-9]/)
    expect(bench.remarks['host']).toBe(new URL(second.url).host)
  })

  test('is not left where we hold ourselves back', async () => {
    const first = await mirrorOf()
    first.serve(path, content(40_000), slow)
    const second = await mirrorOf(content(40_000))
    const params = paramsOf(addressAt(first), { mirrors: [addressAt(second)] })
    const host = (name: string) => freeHost(name, { connections: 1, budget, isRationed: true })
    await fetched(params, { host }, small)
    expect(second.requests).toEqual([])
  })

  test('is good enough where nothing else is left', async () => {
    const first = await mirrorOf()
    first.serve(path, content(40_000), slow)
    const gone = await mirrorOf()
    const params = paramsOf(addressAt(first), { mirrors: [addressAt(gone)] })
    const { bench, bytes } = await fetched(
      params,
      { host: name => freeHost(name, { connections: 1, budget }) },
      small,
    )
    expect(bytes).toEqual(content(40_000))
    expect(bench.told.map(({ code }) => code)).toEqual(['too-slow', 'not-found'])
  })
})

describe('a file in parts', () => {
  const cut = [0, 130_000, 130_001, 400_000] as const
  const parts = async () => {
    const mirror = await mirrorOf()
    const urls = cut.slice(1).map((end, i) => {
      mirror.serve(`/part${i}`, body.subarray(cut[i], end), drip)
      return `${mirror.url}/part${i}`
    })
    return { mirror, urls }
  }

  test('is joined as it comes', async () => {
    const { mirror, urls } = await parts()
    const { bench, bytes } = await fetched(paramsOf(urls, pinned), { host: hostsOf(4).host }, small)
    expect(bytes?.equals(body)).toBe(true)
    expect(bench.recorded.get(fileName)).toEqual({ bytes: body.length, ...pinned })
    expect(new Set(mirror.requests.map(request => request.path)).size).toBe(3)
  })

  test('a failing part is told by its address, and what came of the others is kept', async () => {
    const { mirror, urls } = await parts()
    mirror.serve('/part2', body, { does: 'status', status: 404 })
    const { bench, problem } = await fetched(paramsOf(urls), {}, small)
    expect(problem?.code).toBe('not-found')
    mirror.serve('/part2', body.subarray(130_001), drip)
    const before = mirror.requests.length
    const { bytes } = await fetched(paramsOf(urls), { shelf: bench.shelf }, small)
    expect(bytes?.equals(body)).toBe(true)
    const again = mirror.requests.slice(before).filter(request => request.path !== '/part2')
    expect(again.reduce((sum, request) => sum + request.bytes, 0)).toBeLessThan(10)
  })

  test('a mirror may have it in parts as well, and goes on where the first stopped', async () => {
    const { mirror, urls } = await parts()
    mirror.serve('/part1', body, { does: 'status', status: 404 })
    const second = await mirrorOf()
    cut.slice(1).forEach((end, i) => second.serve(`/copy${i}`, body.subarray(cut[i], end)))
    const params = paramsOf(urls, { ...pinned, mirrors: [`${second.url}/copy{0..2}`] })
    const { bench, bytes } = await fetched(params, { host: hostsOf(4).host }, small)
    expect(bytes?.equals(body)).toBe(true)
    expect(bench.told).toMatchObject([{ severity: 'warning', code: 'not-found' }])
    const again = second.requests.filter(request => request.path === '/copy0')
    expect(again.reduce((sum, request) => sum + request.bytes, 0)).toBeLessThan(10)
  })

  test('a wrong whole is told', async () => {
    const { urls } = await parts()
    const { problem } = await fetched(paramsOf(urls.toReversed(), pinned), {}, small)
    expect(problem?.code).toBe('digest-mismatch')
  })
})
