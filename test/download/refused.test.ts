/** Answers that are not the file: what is refused, how early, and the next mirror that is asked. */

import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Behaviour } from '../../demo/behaviour.ts'
import {
  addressAt,
  codes,
  content,
  fetched,
  fileName,
  md5,
  mirrorOf,
  paramsOf,
  ranges,
  sha256,
} from './rig.ts'

const body = content(300_000)
const pins = { size: { bytes: body.length, exact: true }, sha256: sha256(body) }

describe('a host that cannot help is left at once for the next mirror', () => {
  const afterFirst = async (behaviour: Behaviour, download = {}) => {
    const bad = await mirrorOf()
    bad.serve(`/${fileName}`, body, behaviour)
    const good = await mirrorOf(body)
    const params = paramsOf(addressAt(bad), { mirrors: [addressAt(good)], ...download })
    return { bad, good, ...(await fetched(params)) }
  }

  test.each<[string, Behaviour, object]>([
    ['not-found', { does: 'status', status: 404 }, {}],
    ['not-found', { does: 'status', status: 410 }, {}],
    ['unauthorized', { does: 'status', status: 401 }, {}],
    ['unauthorized', { does: 'status', status: 403 }, {}],
    ['server-error', { does: 'status', status: 418 }, {}],
    ['html-instead-of-data', { does: 'html', title: 'Sign in' }, {}],
    ['digest-mismatch', { does: 'wrong-bytes' }, pins],
    ['digest-mismatch', { does: 'wrong-bytes' }, { md5: md5(body) }],
    ['size-mismatch', { does: 'wrong-length', bytes: 299_999 }, { size: pins.size }],
    ['size-mismatch', { does: 'wrong-length', bytes: 400_000 }, { size: { bytes: 300_000, exact: false } }],
    ['bad-redirect', { does: 'redirect-loop' }, {}],
    ['bad-redirect', { does: 'redirect', to: 'ftp://elsewhere.example/images.zip' }, {}],
  ])('%s: %o', async (code, behaviour, download) => {
    const { bad, good, bench, bytes } = await afterFirst(behaviour, download)
    expect(bytes?.equals(body)).toBe(true)
    expect(bench.told).toMatchObject([
      { severity: 'warning', code, disk: 'Nothing was placed. The next mirror is tried.' },
    ])
    expect(bench.pauses).toEqual([])
    expect(bad.requests.length).toBe(behaviour.does === 'redirect-loop' ? 11 : 1)
    expect(ranges(good)).toEqual([undefined])
    expect(bench.remarks['host']).toBe(new URL(good.url).host)
  })

  test('a wrong size is seen before the bytes are read', async () => {
    const { bench } = await afterFirst({ does: 'wrong-length', bytes: 50_000_000 }, { size: pins.size })
    expect(codes(bench.told)).toEqual(['size-mismatch'])
    expect(bench.counts.received).toBe(body.length)
  })

  test('a size that was rounded by its writer may be wrong by a tenth', async () => {
    const mirror = await mirrorOf(body)
    const { problem } = await fetched(paramsOf(addressAt(mirror), { size: { bytes: 280_000, exact: false } }))
    expect(problem).toBeUndefined()
  })

  test('all of them fail: each is told, and one problem names them', async () => {
    const [one, two] = [await mirrorOf(), await mirrorOf()]
    const { bench, problem } = await fetched(paramsOf(addressAt(one), { mirrors: [addressAt(two)] }))
    expect(codes(bench.told)).toEqual(['not-found', 'not-found'])
    expect(problem?.code).toBe('all-sources-failed')
    expect(problem?.diagnostics[0]?.evidence).toEqual([
      { label: 'url', text: 'not-found', from: new URL(one.url).host },
      { label: 'mirror', text: 'not-found', from: new URL(two.url).host },
    ])
  })

  test('nothing listens there', async () => {
    const mirror = await mirrorOf()
    await mirror.close()
    const { bench, problem } = await fetched(paramsOf(addressAt(mirror)))
    expect(problem?.code).toBe('connection-failed')
    expect(bench.pauses).toHaveLength(4)
  })
})

describe('a host that does not tell the length', () => {
  const chunked = async (sent: Buffer, download = {}) => {
    const mirror = await mirrorOf()
    mirror.serve(`/${fileName}`, sent, { does: 'chunked' })
    return fetched(paramsOf(addressAt(mirror), download))
  }

  test('gives the file all the same', async () => {
    expect((await chunked(body, pins)).bytes?.equals(body)).toBe(true)
  })

  test('is left as soon as it sends more than the file has', async () => {
    const { bench, problem } = await chunked(content(20_000_000), { size: { bytes: 300_000, exact: true } })
    expect(problem?.code).toBe('size-mismatch')
    expect(problem?.diagnostics[0]?.evidence?.[1]?.from).toMatch(/^and more/)
    expect(bench.counts.received).toBeLessThan(1_000_000)
    expect(readdirSync(bench.shelf)).toEqual([])
  })

  test.each([[{ bytes: 300_001, exact: true }], [{ bytes: 400_000, exact: false }]])(
    'is not believed when it ends before %o',
    async size => {
      const { bench, problem } = await chunked(body, { size })
      expect(problem?.code).toBe('size-mismatch')
      expect(readdirSync(bench.shelf)).toEqual([])
    },
  )
})

describe('pages instead of data', () => {
  const page = Buffer.from(`\n<!DOCTYPE html><html><title> Quota
    exceeded </title>${'x'.repeat(5_000)}`)

  test('are known by how they begin, and leave nothing behind', async () => {
    const mirror = await mirrorOf(page)
    const { bench, problem } = await fetched(paramsOf(addressAt(mirror)))
    expect(problem?.code).toBe('html-instead-of-data')
    expect(problem?.diagnostics[0]?.evidence?.[0]?.text).toBe('a page titled "Quota exceeded"')
    expect(readdirSync(bench.shelf)).toEqual([])
  })

  test('are known by how they begin, although they drip', async () => {
    const mirror = await mirrorOf()
    mirror.serve(`/${fileName}`, page, { does: 'drip', bytesPerSecond: 2_000 })
    const { problem } = await fetched(paramsOf(addressAt(mirror)))
    expect(problem?.code).toBe('html-instead-of-data')
    expect(mirror.requests[0]?.bytes).toBeLessThan(page.length)
  })

  test('are data where a page is asked for', async () => {
    const mirror = await mirrorOf()
    mirror.serve('/index.html', page, { does: 'html', title: 'Index' })
    const { problem, bytes } = await fetched(
      paramsOf(`${mirror.url}/index.html`, {}, { fileName: 'index.html' }),
    )
    expect(problem).toBeUndefined()
    expect(bytes?.toString()).toContain('Index')
  })
})
