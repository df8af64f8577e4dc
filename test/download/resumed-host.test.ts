/** A download that goes on at a host which contradicts itself, or at another: only where that is safe. */

import { readdirSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { body, left, path, pinned, rewrite } from './interruption.ts'
import {
  addressAt,
  content,
  fetched,
  hostThatSays,
  interrupted,
  mirrorOf,
  paramsOf,
  ranges,
  shelfOf,
} from './rig.ts'

describe('the file is fetched anew, and that is said,', () => {
  test('where the host has another version by now', async () => {
    const { mirror, params, shelf } = await left()
    const other = content(3_100_000, 2)
    mirror.serve(path, other)
    const { bench, bytes } = await fetched(params, { shelf })
    expect(bytes?.equals(other)).toBe(true)
    expect(bench.told).toMatchObject([{ severity: 'note', code: 'source-changed' }])
    expect(mirror.requests).toHaveLength(2)
  })

  test('where its ETag changes each time', async () => {
    const { mirror, params, shelf } = await left()
    mirror.serve(path, body, { does: 'etag-changes' })
    const { bench, bytes } = await fetched(params, { shelf })
    expect(bytes?.equals(body)).toBe(true)
    expect(bench.told).toMatchObject([{ code: 'source-changed' }])
  })

  test.each(['no-ranges', 'range-ignored'] as const)('where the host does this: %s', async does => {
    const { mirror, params, shelf } = await left()
    mirror.script(path, [{ does }])
    const { bench, bytes } = await fetched(params, { shelf })
    expect(bytes?.equals(body)).toBe(true)
    expect(bench.told).toMatchObject([{ severity: 'note', code: 'range-ignored' }])
    expect(mirror.requests).toHaveLength(2)
  })

  test('where the parts do not make the file that is pinned: the host is not to blame', async () => {
    const { mirror, params, shelf, found } = await left(pinned)
    writeFileSync(
      found.partPath,
      found.part.map(byte => byte ^ 1),
    )
    const { bench, bytes, problem } = await fetched(params, { shelf })
    expect(problem).toBeUndefined()
    expect(bytes?.equals(body)).toBe(true)
    expect(bench.told).toMatchObject([{ severity: 'note', code: 'digest-mismatch' }])
    expect(ranges(mirror)).toEqual([undefined, `bytes=${found.part.length}-`, undefined])
  })
})

describe('another address', () => {
  const elsewhere = async (download: object) => {
    const { mirror, params, shelf, found } = await left(download)
    mirror.serve(path, body, { does: 'status', status: 404 })
    const second = await mirrorOf(body)
    const both = { ...params, download: { ...params.download, mirrors: [addressAt(second)] } }
    return { found, second, ...(await fetched(both, { shelf })) }
  }

  test('goes on where the first stopped when a digest will tell', async () => {
    const { found, second, bytes } = await elsewhere(pinned)
    expect(bytes?.equals(body)).toBe(true)
    expect(ranges(second)).toEqual([`bytes=${found.part.length}-`])
    expect(second.requests[0]?.headers['if-range']).toBeUndefined()
  })

  test('begins anew when nothing would tell', async () => {
    const { second, bytes } = await elsewhere({})
    expect(bytes?.equals(body)).toBe(true)
    expect(ranges(second)).toEqual([undefined])
  })
})

describe('a host that contradicts itself or is sparing with words', () => {
  const octets = { 'content-type': 'application/octet-stream' }
  const whole = { status: 200, headers: { ...octets, etag: '"1"' }, body }
  const startOf = (range: string | undefined): number => Number(/\d+/.exec(range ?? '')?.[0] ?? 0)
  const rest = (range: string | undefined, headers = {}, end = body.length) => ({
    status: 206,
    headers: {
      ...whole.headers,
      'content-range': `bytes ${startOf(range)}-${end - 1}/${body.length}`,
      ...headers,
    },
    body: body.subarray(startOf(range), end),
  })

  /** An interrupted run and the one after it, against `first` and `then`. */
  const twice = async (first: typeof whole, then: (range: string | undefined) => typeof whole) => {
    let runs = 0
    const host = await hostThatSays(range => (runs === 0 ? first : then(range)))
    const params = paramsOf(host.address)
    const { shelf } = await interrupted(params, 1_000_000)
    runs += 1
    const kept = 1_000_000
    const found = shelfOf({ shelf })
    if (found && found.part.length > 0) rewrite(found, { kept: [[0, kept]] })
    return { host, kept, ...(await fetched(params, { shelf })) }
  }

  test('names no version: nothing is continued', async () => {
    const nameless = { ...whole, headers: octets as typeof whole.headers }
    const { host, bytes } = await twice(nameless, () => nameless)
    expect(bytes?.equals(body)).toBe(true)
    expect(host.ranges).toEqual([undefined, undefined])
  })

  test('sends the rest of another version: begun anew', async () => {
    const { host, kept, bench, bytes } = await twice(whole, range =>
      range === undefined ? whole : rest(range, { etag: '"2"' }),
    )
    expect(bytes?.equals(body)).toBe(true)
    expect(host.ranges).toEqual([undefined, `bytes=${kept}-`, undefined])
    expect(bench.told).toMatchObject([{ code: 'source-changed' }])
  })

  test('leaves the version out of its answer to If-Range: continued', async () => {
    const { host, kept, bytes } = await twice(whole, range => {
      const { headers, ...answer } = rest(range)
      const { etag: _, ...nameless } = headers
      return { ...answer, headers: nameless as typeof headers }
    })
    expect(bytes?.equals(body)).toBe(true)
    expect(host.ranges).toEqual([undefined, `bytes=${kept}-`])
  })

  test('sends less than asked: asked for the rest of the rest', async () => {
    const { host, kept, bytes } = await twice(whole, range =>
      rest(range, {}, Math.min(body.length, startOf(range) + 900_000)),
    )
    expect(bytes?.equals(body)).toBe(true)
    expect(host.ranges).toEqual([
      undefined,
      `bytes=${kept}-`,
      `bytes=${kept + 900_000}-2999999`,
      `bytes=${kept + 1_800_000}-2999999`,
    ])
  })

  test('sends more than it announced: refused', async () => {
    const { bench, problem } = await twice(whole, range => {
      const answer = rest(range, { 'content-range': `bytes ${startOf(range)}-9999999/*` })
      return { ...answer, body: Buffer.concat([answer.body, body]) }
    })
    expect(problem?.code).toBe('size-mismatch')
    expect(readdirSync(bench.shelf)).toEqual([])
  })
})
