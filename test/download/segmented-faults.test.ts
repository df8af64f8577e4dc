/** What goes wrong on one of several connections: what is taken over, and what is never put together. */

import { describe, expect, test } from 'vitest'
import type { Behaviour } from '../../demo/behaviour.ts'
import { freeHost } from '../rig/workbench.ts'
import { asked, body, drip, hostsOf, path, pinned } from './connections.ts'
import { addressAt, content, fetched, mirrorOf, paramsOf, ranges, small } from './rig.ts'

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
