/** One file over several connections, from one address or in parts: what is asked, and how it is joined. */

import { describe, expect, test } from 'vitest'
import { asked, body, drip, hostsOf, path, pinned } from './connections.ts'
import { addressAt, fetched, fileName, hostThatSays, mirrorOf, paramsOf, ranges, small } from './rig.ts'

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
