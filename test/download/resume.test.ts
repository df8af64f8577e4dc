/** A download that was interrupted goes on where it stopped, and only where that is safe. */

import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { remove } from '../../lib/io/disk.ts'
import { PartialFile } from '../../tasks/download/partial.ts'
import { usual } from '../../tasks/download/tuning.ts'
import {
  addressAt,
  content,
  fetched,
  fileName,
  hostThatSays,
  interrupted,
  mirrorOf,
  paramsOf,
  ranges,
  type Shelf,
  sha256,
  shelfOf,
} from './rig.ts'

const body = content(3_000_000)
const pinned = { sha256: sha256(body) }
const path = `/${fileName}`

/** A run that was interrupted about in the middle, and what it left. */
async function left(download = {}) {
  const mirror = await mirrorOf(body)
  const params = paramsOf(addressAt(mirror), download)
  const { shelf } = await interrupted(params, 1_000_000)
  const found = shelfOf({ shelf }) as Shelf
  return { mirror, params, shelf, found }
}

const rewrite = ({ notePath, note }: Shelf, change: object): void =>
  writeFileSync(notePath, JSON.stringify({ ...note, ...change }))

describe('after an interruption', () => {
  test.each([
    ['unpinned', {}],
    ['pinned', pinned],
  ])('exactly the missing bytes are asked for (%s)', async (_, download) => {
    const { mirror, params, shelf, found } = await left(download)
    expect(found.part.equals(body.subarray(0, found.part.length))).toBe(true)
    expect(found.part.length).toBeGreaterThanOrEqual(1_000_000)
    expect(found.note).toMatchObject({ kept: [[0, found.part.length]], origins: [{ total: body.length }] })

    const { bench, bytes } = await fetched(params, { shelf })
    expect(bytes?.equals(body)).toBe(true)
    expect(ranges(mirror)).toEqual([undefined, `bytes=${found.part.length}-`])
    expect(mirror.requests[1]?.headers['if-range']).toBe('"3000000-1"')
    expect(bench.counts.received).toBe(body.length - found.part.length)
    expect(bench.told).toEqual([])
    expect(readdirSync(shelf)).toEqual([])
  })

  test('what was written and not synced counts while the machine runs, and not after it was started again', async () => {
    const options = {
      ...usual,
      md5: false,
      audience: () => 'later' as const,
      signal: new AbortController().signal,
    }
    const shelf = mkdtempSync(join(tmpdir(), 'groundwork-shelf-'))
    const killed = await PartialFile.open(shelf, { ...options, syncMs: Number.POSITIVE_INFINITY })
    await killed.continueFrom({ identity: 'here', at: 0, validator: '"1"', total: body.length })
    for (let at = 0; at < 2 ** 21; at += 2 ** 20) await killed.write(at, [body.subarray(at, at + 2 ** 20)])
    const [folder = ''] = readdirSync(shelf)
    const recent = join(shelf, folder, 'recent.json')
    await vi.waitFor(() => expect(existsSync(recent)).toBe(true))
    cpSync(shelf, `${shelf}-2`, { recursive: true })
    const next = await PartialFile.open(shelf, options)
    expect(next.length).toBe(2 ** 21)

    const rebooted = join(`${shelf}-2`, folder, 'recent.json')
    writeFileSync(rebooted, readFileSync(rebooted, 'utf8').replace(/"boot":"./, '"boot":"-'))
    const other = await PartialFile.open(`${shelf}-2`, options)
    expect(other.length).toBeLessThan(2 ** 21)
    await Promise.all([next.close(), other.close()])
    // Its folder belongs to another by now.
    await killed.close().catch(() => {})
  })

  test('a whole part asks for its last byte, and so for the version it is of', async () => {
    const { mirror, params, shelf, found } = await left()
    writeFileSync(found.partPath, body)
    rewrite(found, { kept: [[0, body.length]] })
    const { bytes } = await fetched(params, { shelf })
    expect(bytes?.equals(body)).toBe(true)
    expect(ranges(mirror)).toEqual([undefined, 'bytes=2999999-'])
  })
})

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

describe('bytes count as kept', () => {
  test.each([
    ['unpinned', {}],
    ['pinned', pinned],
  ])('%s: those that were synced before the machine went down', async (_, download) => {
    const { mirror, params, shelf, found } = await left(download)
    rewrite(found, { kept: [[0, 500_000]] })
    const { bytes } = await fetched(params, { shelf })
    expect(bytes?.equals(body)).toBe(true)
    expect(ranges(mirror)).toEqual([undefined, 'bytes=500000-'])
  })

  test('wherever they lie: the holes are filled', async () => {
    const { mirror, params, shelf, found } = await left(pinned)
    writeFileSync(found.partPath, body)
    rewrite(found, {
      kept: [
        [100_000, 1_000_000],
        [1_500_000, 2_900_000],
      ],
    })
    const { bench, bytes } = await fetched(params, { shelf })
    expect(bytes?.equals(body)).toBe(true)
    expect(bench.recorded.get(fileName)?.sha256).toBe(pinned.sha256)
    expect(ranges(mirror)).toEqual([undefined, undefined, 'bytes=1000000-1499999', 'bytes=2900000-2999999'])
    expect(bench.told).toEqual([])
  })

  test.each([
    ['without its note', (shelf: Shelf) => remove(shelf.notePath)],
    ['with half a note', (shelf: Shelf) => truncateSync(shelf.notePath, 20)],
    ['with a note from the future', (shelf: Shelf) => rewrite(shelf, { version: 4 })],
    ['with a note of nonsense', (shelf: Shelf) => rewrite(shelf, { kept: [['0', 5]] })],
    ['with a note of null', (shelf: Shelf) => writeFileSync(shelf.notePath, 'null')],
  ])('%s: none', async (_, harm) => {
    const { mirror, params, shelf, found } = await left()
    harm(found)
    expect((await fetched(params, { shelf })).bytes?.equals(body)).toBe(true)
    expect(ranges(mirror)).toEqual([undefined, undefined])
  })

  test('longer than the file: asked for the last byte', async () => {
    const { mirror, params, shelf, found } = await left()
    writeFileSync(found.partPath, Buffer.concat([body, body]))
    rewrite(found, { kept: [[0, 2 * body.length]] })
    expect((await fetched(params, { shelf })).bytes?.equals(body)).toBe(true)
    expect(ranges(mirror)).toEqual([undefined, 'bytes=2999999-'])
  })

  test('beyond the end of a file whose length nobody knew: status 416 begins anew', async () => {
    const { mirror, params, shelf, found } = await left(pinned)
    const origins = found.note.origins.map(origin => ({ ...origin, total: undefined }))
    rewrite(found, { origins, kept: [[0, 2 * body.length]] })
    writeFileSync(found.partPath, Buffer.concat([body, body, body]))
    const { bytes, bench } = await fetched(params, { shelf })
    expect(bytes?.equals(body)).toBe(true)
    expect(ranges(mirror)).toEqual([undefined, 'bytes=5999999-', undefined])
    expect(bench.pauses).toEqual([0])
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

describe('faults', () => {
  const small = content(40)

  test.each(Array.from({ length: 41 }, (_, after) => after))(
    'a cut after %i bytes converges',
    async after => {
      const mirror = await mirrorOf(small)
      mirror.script(path, [{ does: 'cut', after }])
      const { bytes } = await fetched(paramsOf(addressAt(mirror), { sha256: sha256(small) }))
      expect(bytes?.equals(small)).toBe(true)
      const rest = after === 0 || after === small.length ? [] : [`bytes=${after}-`]
      expect(ranges(mirror).slice(1)).toEqual(after === 0 ? [undefined] : rest)
    },
  )

  test('an interruption after each piece, one run after the other, converges to the same bytes', async () => {
    const mirror = await mirrorOf()
    mirror.serve(path, body, { does: 'drip', bytesPerSecond: 1e9 })
    const params = paramsOf(addressAt(mirror))
    let { shelf } = await interrupted(params, 1)
    for (let at = shelfOf({ shelf })?.part.length ?? 0; at < 1_400_000; ) {
      const run = new AbortController()
      const target = at + 400_000
      const progress = (done: number): void => {
        if (done >= target) run.abort(new Error('interrupted by the test'))
      }
      await expect(fetched(params, { shelf, signal: run.signal, progress })).rejects.toThrow('interrupted')
      at = shelfOf({ shelf })?.part.length ?? 0
      expect(at).toBeGreaterThanOrEqual(target)
    }
    const { bytes } = await fetched(params, { shelf })
    expect(bytes?.equals(body)).toBe(true)
    const received = mirror.requests.map(request => Number(request.range?.slice(6, -1) ?? 0))
    expect(received).toEqual(received.toSorted((a, b) => a - b))
  })
})
